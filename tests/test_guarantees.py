"""docs/guarantees.md claims no more than is tested: each row names tests that are there, and run when it says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
NAME = r"`([\w/]+\.py)::(test_\w+)`(†?)"  # with † it takes part in `make faults` alone
NAMED = sorted(set(re.findall(NAME, PAGE)))
HEADS = ("| promise", "| fault", "| invariant")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith(HEADS)]


@cache
def long_ones_in(file: str) -> dict[str, bool]:
    """By name, whether it takes part in `make faults` alone."""
    found = ast.walk(ast.parse((ROOT / "tests" / file).read_text("utf-8")))
    return {
        node.name: any("mark.faults" in ast.unparse(one) for one in node.decorator_list)
        for node in found
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize(("file", "name", "long"), NAMED, ids=lambda each: str(each))
def test_every_test_that_is_named_exists_and_runs_when_it_says(file: str, name: str, long: str) -> None:
    assert long_ones_in(file)[name] == bool(long)


def test_every_promise_names_a_test_that_runs_with_every_change() -> None:
    assert len(ROWS) > 15
    assert [] == [row for row in ROWS if all(long for _, _, long in re.findall(NAME, row))]
