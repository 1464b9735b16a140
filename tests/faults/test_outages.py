"""The database cannot be written to for a while: what was not kept is refused, and it goes on by itself afterwards."""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine import about_sqlite
from tests.faults.checker import End
from tests.faults.day import ROOMY
from tests.faults.talking import Talking
from tests.faults.visitors import a_stranger_is_told
from tests.running import RunningDesk

pytestmark = about_sqlite

SEED = 20261122


def _talking(folder: Path, seed: int = SEED) -> Talking:
    return Talking(RunningDesk(folder / "desk", settings=ROOMY), folder / "history.jsonl", seed=seed)


async def _locked_by_somebody_else(folder: Path, seconds: float) -> None:
    async with _talking(folder) as talking:
        await talking.everybody_is_answered()
        with closing(sqlite3.connect(talking.desk.database, isolation_level=None)) as other:
            other.execute("begin exclusive")
            await talking.somebody_hears(End.REFUSED)
            assert (503, True) == await a_stranger_is_told(talking.desk.url)
            await asyncio.sleep(seconds)
            other.execute("rollback")
        await talking.everybody_is_answered()


async def test_what_somebody_else_locks_is_refused_and_then_goes_on(tmp_path: Path) -> None:
    """After the five seconds of patience; nothing partial is kept."""
    await _locked_by_somebody_else(tmp_path, 0.0)


@pytest.mark.faults
async def test_what_somebody_else_locks_for_long_is_refused_and_then_goes_on(tmp_path: Path) -> None:
    await _locked_by_somebody_else(tmp_path, 15.0)


async def test_nothing_is_acknowledged_while_the_file_is_gone(tmp_path: Path) -> None:
    """Somebody moves the file of a running desk away, and back; its journal stays where it is."""
    dice = random.Random(SEED)
    async with _talking(tmp_path) as talking:
        database = talking.desk.database
        aside = database.with_suffix(".aside")
        for _ in range(5):
            await talking.everybody_is_answered()
            database.rename(aside)
            await talking.somebody_hears(End.REFUSED)
            assert (503, True) == await a_stranger_is_told(talking.desk.url)
            await asyncio.sleep(dice.uniform(0, 0.1))  # the moment of its return, drawn from the seed
            aside.rename(database)
        await talking.everybody_is_answered()


def _lengthen(log: Path) -> None:
    """So that not a line more fits."""
    with log.open("a") as file:
        file.write("-" * 4096)


async def _writes_fail(folder: Path, seed: int, rounds: int) -> None:
    """The system refuses every write beyond the first page of a file, the desk's log included."""
    dice = random.Random(seed)
    async with _talking(folder, seed) as talking:
        _lengthen(talking.desk.folder / "desk.log")
        for _ in range(rounds):
            await talking.everybody_is_answered()
            await asyncio.sleep(dice.uniform(0, 0.3))  # the moment of the fault, drawn from the seed
            whole = resource.prlimit(talking.desk.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(talking.desk.pid, resource.RLIMIT_FSIZE, (4096, whole[1]))
            await talking.somebody_hears(End.REFUSED)
            resource.prlimit(talking.desk.pid, resource.RLIMIT_FSIZE, whole)
        await talking.everybody_is_answered()


async def test_a_write_that_fails_is_not_acknowledged(tmp_path: Path) -> None:
    await _writes_fail(tmp_path, SEED, rounds=2)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
async def test_many_writes_that_fail_are_not_acknowledged(tmp_path: Path, seed: int) -> None:
    await _writes_fail(tmp_path, seed, rounds=20)
