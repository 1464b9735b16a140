"""docs/guarantees.md claims no more than is tested: every row names tests, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))
HEADS = ("| promise", "| fault", "| invariant")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith(HEADS)]


@cache
def named_in(file: str) -> set[str]:
    found = ast.walk(ast.parse((ROOT / "tests" / file).read_text("utf-8")))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda each: str(each))
def test_every_test_that_is_named_exists(file: str, name: str) -> None:
    assert name in named_in(file)


def test_every_promise_names_its_tests() -> None:
    assert len(ROWS) > 15
    assert [] == [row for row in ROWS if not re.search(r"`[\w/]+\.py::test_\w+`", row)]
