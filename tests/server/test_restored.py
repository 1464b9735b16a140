"""A desk whose database was put back from a copy never tells a screen a part as if it were the whole."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from server.app import House
from tests.engine import about_sqlite
from tests.settings import settings_in
from tickets import log
from tickets.change import Change
from tickets.events import SubjectChanged
from tickets.live import Outbox, Topic

pytestmark = about_sqlite
FOLLOWING = frozenset({Topic("agent:1", "en")})
Place = tuple[str, int]
"""What a screen holds: the epoch, and the cursor."""
Act = Callable[[dict[str, Any]], Awaitable[Place]]


class Kept:
    """The files of a desk that opens and closes, with a copy of its database in a drawer."""

    def __init__(self, folder: Path) -> None:
        self._config = settings_in(folder, url="http://desk.example")
        self._file, self._copy = folder / "desk.db", folder / "copy.db"

    def opens(self, *acts: Act) -> list[Place]:
        """A whole opening of the desk: what each act says at its end."""
        return asyncio.run(self._open(acts))

    def is_copied(self) -> None:
        shutil.copy(self._file, self._copy)

    def is_copied_by_sqlite(self) -> None:
        with closing(sqlite3.connect(self._file)) as file, closing(sqlite3.connect(self._copy)) as copy:
            file.backup(copy)

    def is_restored(self) -> None:
        for file in self._file.parent.glob("desk.db*"):
            file.unlink()
        shutil.copy(self._copy, self._file)

    async def _open(self, acts: tuple[Act, ...]) -> list[Place]:
        async with House(self._config).open(Starlette()) as state:
            return [await act(state) for act in acts]


@pytest.fixture
def desk(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def happen(times: int) -> Act:
    """So much happens; the place of a screen that saw all of it."""

    async def act(state: dict[str, Any]) -> Place:
        await state["desk"].change(_happen, times, by="system")
        return state["feed"].epoch, await state["desk"].read(log.newest)

    return act


async def nothing(state: dict[str, Any]) -> Place:
    return await happen(0)(state)


def _happen(change: Change, times: int) -> None:
    for _ in range(times):
        change.record(SubjectChanged(ticket=1))


def come_back(place: Place, complete: bool) -> Act:
    """A screen returns with this place; whether it is told all that it missed."""

    async def act(state: dict[str, Any]) -> Place:
        greeted: list[bool] = []
        epoch, cursor = place
        told = await state["feed"].follow(Outbox(), FOLLOWING, cursor=cursor, epoch=epoch, greet=greeted.append)
        assert (complete, [complete]) == (told, greeted)
        return await nothing(state)

    return act


def test_an_ordinary_start_lets_every_screen_go_on(desk: Kept) -> None:
    """However often the desk was opened meanwhile, and whatever happened since."""
    (early, late) = desk.opens(happen(3), happen(4))
    (later,) = desk.opens(happen(2))

    desk.opens(come_back(early, True), come_back(late, True), come_back(later, True))
    desk.opens(happen(5), come_back(early, True), come_back(late, True), come_back(later, True))


@pytest.mark.parametrize("since", [0, 1, 8, 30])
def test_what_was_seen_after_the_copy_is_no_place_in_the_restored_log(desk: Kept, since: int) -> None:
    """However long that log has grown: it used to say "resumed", and what happened next was never told."""
    (before,) = desk.opens(happen(5))
    desk.is_copied()
    (after,) = desk.opens(happen(8))
    assert before[1] < after[1]
    desk.is_restored()

    desk.opens(happen(since), come_back(after, False), come_back((before[0], after[1]), False))
    desk.opens(come_back(after, False), come_back(before, True))


def test_a_copy_of_an_open_desk_holds_its_epoch_and_not_all_that_was_seen_under_it(desk: Kept) -> None:
    async def copied(state: dict[str, Any]) -> Place:
        desk.is_copied_by_sqlite()
        return await nothing(state)

    before, _, after = desk.opens(happen(5), copied, happen(8))
    assert before[0] == after[0]
    desk.is_restored()

    desk.opens(happen(20), come_back(after, False), come_back(before, True))


def test_a_place_before_the_copy_is_one_in_the_restored_log_too(desk: Kept) -> None:
    (before, _) = desk.opens(happen(5), happen(1))
    desk.is_copied()
    desk.opens(happen(8))
    desk.is_restored()

    desk.opens(happen(3), come_back(before, True))


def test_a_place_that_nothing_has_reached_yet_is_none(desk: Kept) -> None:
    """And neither is one of a history that is nobody's."""
    ((epoch, cursor),) = desk.opens(happen(5))
    nowhere = [(epoch, cursor + 1), (epoch, -1), (epoch, 10**30), ("\x00" * 16, cursor)]
    desk.opens(*(come_back(place, False) for place in nowhere))
