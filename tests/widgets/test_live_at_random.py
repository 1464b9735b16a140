"""Whatever people do, and in whatever order: who has listened all along sees what a reload brings, on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.deeds import COME_OF_THEM, chats, house, slow_channels
from tests.widgets.scene import VIEWS, a_scene
from tests.widgets.screens import a_day
from tickets.errors import Refused
from widgets import timeline

DEEDS = {**chats.DEEDS, **slow_channels.DEEDS, **house.DEEDS}
ROUNDS = 2  # of everything that may happen


@pytest.mark.parametrize("seed", [12])
async def test_whatever_happens_a_live_page_equals_a_reloaded_one(seed: int, tmp_path: Path) -> None:
    """And all that can come of it does."""
    happened = await play(tmp_path, seed, ROUNDS, every=5)

    assert set() == COME_OF_THEM - happened


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(100, 103))
async def test_whatever_happens_for_long(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So long that a ticket's newest hundred entries are not all of it: who listened has the others on the page still,
    who loads it anew has them on request. Here a page holds them all.
    """
    monkeypatch.setattr(timeline, "MOST_ENTRIES", 10_000)
    await play(tmp_path, seed, ROUNDS * 4, every=1)


async def play(folder: Path, seed: int, rounds: int, *, every: int) -> set[str]:
    """Everything happens so often, each time in an order drawn anew; after `every` so many, screens are compared.

    The seed names the story. Returns the kinds of events that came of it.
    """
    done: list[str] = []
    async with a_day(folder) as day:
        scene = await a_scene(day, seed)
        began = day.cursor
        for deed in [deed for _ in range(rounds) for deed in scene.dice.sample(sorted(DEEDS), len(DEEDS))]:
            try:
                await DEEDS[deed](scene)
            except Refused:
                continue  # it cannot be done now, and nothing has changed
            done.append(deed)
            if len(done) % every == 0:
                scene.catch_up()
                view = VIEWS[len(done) // every % len(VIEWS)]
                scene.compare(f"{done[-12:]} (seed {seed}, step {len(done)})", [view])
        scene.catch_up()
        scene.compare(f"everything (seed {seed})", VIEWS)
        return day.kinds_since(began)
