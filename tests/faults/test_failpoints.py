"""The desk dies at every place that has a name, opens again, finishes the day, and has kept every promise."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest

from tests.faults.commands import database_in, runs
from tests.faults.day import Day, hurry
from tests.faults.desk import without_tables
from tests.faults.judging import judged, stored_subjects
from tests.faults.laws import report
from tests.faults.places import places
from tests.faults.senders import SUPPORT, a_mail

SEED = 20261122
WANTED = {"says": 12, "mails": 2, "files": 2}
ELSEWHERE = ("migrate.", "backup.", "copy.", "restore.", "pipe.")  # test_migrating, test_keeping, test_kill_pipe
OF_THE_DAY = [place for place in places() if not place.startswith(ELSEWHERE)]


async def die_at(place: str, folder: Path, seed: int) -> None:
    """Once in the middle of the day; then it goes on."""
    async with Day(folder) as day:
        day.people_come(**WANTED)
        assert -9 == await asyncio.to_thread(day.desk.dies, FRONTDESK_FAILPOINT=place), f"it never came to {place}"
        _what_was_marked_is_kept(day)
        hurry(day.desk.database)
        await asyncio.to_thread(day.desk.start)
        await day.everything_is_done(**WANTED)
        await day.closes()
        lines = day.history.lines()
        found = judged(day.desk.database, lines, day.relay.taken)
        print(f"seed {seed}, died at {place}: {len(lines)} lines of history")

    assert "" == report(found, lines, seed=f"{seed}, died at {place}")


def _what_was_marked_is_kept(day: Day) -> None:
    """Elsewhere, as seen: before anybody comes back who could fetch it once more."""
    for correspondent in day.correspondents:
        assert set() == correspondent.marked - stored_subjects(day.desk.database)


async def test_every_place_is_come_to(tmp_path: Path) -> None:
    """A day, a migration, a backup, its restoring, a copy and a pipe pass each of them; so that each can be died at."""
    tour = tmp_path / "tour"
    without_tables(database_in(tmp_path / "new"))
    starter = (sys.executable, "-m", "tests.faults.tour", str(tour))
    async with Day(tmp_path / "day", starter=starter) as day:
        day.people_come(**WANTED)
        await asyncio.to_thread(day.desk.start)
        await day.everything_is_done(**WANTED)
        await day.closes()
        assert "" == report(judged(day.desk.database, day.history.lines(), day.relay.taken), [], seed=SEED)
    for folder, words in (
        ("new", ["migrate"]),
        ("day", ["backup", "kept.zip"]),
        ("new", ["restore", "../day/kept.zip"]),
        ("day", ["copy", "--to", f"sqlite:///{tmp_path}/copied.db"]),
        ("day", ["mail", "ingest", "--to", SUPPORT]),
    ):
        told = runs(tmp_path / folder, *words, starter=starter, given=a_mail("pipe", 1).decode())
        assert 0 == told.returncode, told.stderr

    assert set(places()) == set(tour.read_text().split())


@pytest.mark.parametrize("place", random.Random(SEED).sample(OF_THE_DAY, 3))
async def test_a_death_at_some_places_breaks_no_promise(tmp_path: Path, place: str) -> None:
    await die_at(place, tmp_path, SEED)


@pytest.mark.faults
@pytest.mark.parametrize("place", OF_THE_DAY)
async def test_a_death_at_any_place_breaks_no_promise(tmp_path: Path, place: str) -> None:
    await die_at(place, tmp_path, SEED)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
async def test_a_death_at_the_nth_visit_breaks_no_promise(tmp_path: Path, seed: int) -> None:
    """Places that are come to with every message, after some of them."""
    dice = random.Random(seed)
    often = [place for place in OF_THE_DAY if place.startswith(("writer.", "desk.", "chat.", "feed."))]
    once = {"writer.ids_taken", "writer.replayed", "writer.replay_committed"}
    place = dice.choice([place for place in often if place not in once])
    await die_at(f"{place}:{dice.randint(2, 8)}", tmp_path, seed)
