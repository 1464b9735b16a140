"""docs/guarantees.md claims no more than is tested: each row names tests that are there, and run when it says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from chat.live import BEAT, POSITION_EVERY
from server import scheduler
from server.console.line import HEARTBEAT_SECONDS
from server.doors.guard import BODY_SECONDS
from server.feed import GLANCE
from server.postgres import CHANGE_SECONDS, CONNECT_SECONDS, LOCK_SECONDS
from server.processes import workers
from server.processes.patience import DEAF_SECONDS, HEAD_SECONDS, MOST_HEAD
from server.sqlite import BUSY_SECONDS
from tickets.email.reader import BRISK, PATIENCE
from tickets.live import MOST_BYTES, MOST_FRAMES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
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


def test_every_promise_is_told_on_both_engines_with_every_change() -> None:
    """Most journeys are told on SQLite alone; not those that stand for a promise."""
    spared = re.search(r"^TELLING = .*\n\t.*", MAKEFILE, re.MULTILINE)
    assert spared
    assert {"tests/journeys/test_*.py", "tests/widgets/test_console_looks.py"} == set(
        re.findall(r"tests/\S+?\.py", spared[0])
    )
    too = re.search(r"^PROMISED = \$\(addprefix (\S+),(.*)\)$", MAKEFILE, re.MULTILINE)
    assert too
    assert {f"tests/{file}" for file, _, _ in NAMED if file.startswith("journeys/")} == {
        too[1] + name for name in too[2].split()
    }
    assert "widgets/test_console_looks.py" not in {file for file, _, _ in NAMED}


A_WORD = {0.5: "half second", 1.0: "second", 2.0: "two", 5.0: "five", 15.0: "fifteen", 20.0: "twenty", 30.0: "thirty"}
FIGURES = [
    f"a lost ring between processes costs a {A_WORD.get(GLANCE)};",
    f"a lost frame is noticed within {BEAT * POSITION_EVERY:.0f} seconds",
    f"a position every {HEARTBEAT_SECONDS:.0f} seconds",
    f"{MOST_FRAMES} frames or {MOST_BYTES / 2**20:.0f} MiB each",
    f"{A_WORD.get(HEAD_SECONDS)} seconds and {MOST_HEAD / 1024:.0f} KiB for a head",
    f"{A_WORD.get(BODY_SECONDS)} for a body, {A_WORD.get(DEAF_SECONDS)} for reading on",
    f"stands still for {workers.STANDS_STILL:.0f} seconds is killed",
    f"asks it every {workers.ASKED_EVERY:.0f} seconds",
    f"a look every {A_WORD.get(scheduler.TICK)}",
    f"503 after {A_WORD.get(BUSY_SECONDS)}",
    f"says so within {max(CONNECT_SECONDS + 1, LOCK_SECONDS, CHANGE_SECONDS)} seconds",
    f"delays others for {A_WORD.get(BRISK)} seconds ({PATIENCE:.0f} at the very most)",
]
"""Stories move these where they would take too long: so each could be another without a word."""


@pytest.mark.parametrize("figure", FIGURES)
def test_the_page_says_the_figures_of_the_code(figure: str) -> None:
    assert 1 <= PAGE.count(figure)
