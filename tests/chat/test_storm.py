"""The desk was away for a moment and everybody comes back at once: each costs little, and each is current."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from chat.limits import ChatLimits
from tests.chat.house import House, VisitorsLine, open_house

MANY = 60
SPARE = 5  # the feed's own glances
ROOMY = ChatLimits(
    visitors_per_hour_per_address=10_000,
    visitors_per_second=10_000,
    introductions_per_minute_per_address=10_000,
    connects_per_minute_per_address=10_000,
    send_per_minute_per_address=10_000,
)


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Every statement that the desk gives to its database, by its first word; but for the lock on PostgreSQL with
    which a batch begins, as it does on SQLite with its own.
    """
    found: Counter[str] = Counter()

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if "pg_advisory" not in statement:
            found[statement.split(None, 1)[0].upper()] += 1

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("away", "each"), [(20, 1), (50, 3)])
async def test_a_returning_crowd_costs_a_few_questions_each(away: int, each: int, tmp_path: Path) -> None:
    """Whose token it is; and where they were nearly given up, who they are and what they have open. The rest is asked
    or written for all of them together.
    """
    async with open_house(tmp_path, limits=ROOMY) as house:
        tokens = [await house.token() for _ in range(MANY)]
        place = await _their_place(house, tokens)
        house.clock.moves(seconds=away)
        with counting() as asked:
            lines = await asyncio.gather(*(_returns(house, token, place) for token in tokens))
        assert MANY == len(house.lobby)
        assert asked["SELECT"] <= each * MANY + SPARE, dict(asked)
        assert asked["UPDATE"] + asked["INSERT"] <= MANY // 2, dict(asked)
        await _hears(house, lines[-1], tokens[-1])


async def _their_place(house: House, tokens: list[str]) -> int:
    """All of them have a chat, and have been told the newest position before the line broke."""
    for token in tokens:
        line = await house.line(token)
        await line.until("welcome")
        await line.say("c-1", "Hello?")
        await line.until("ack")
        await line.close()
    await house.feed._step()
    return house.feed.cursor


async def _returns(house: House, token: str, place: int) -> VisitorsLine:
    line = await house.line(token, epoch="e1", cursor=place)
    await line.until("resumed")
    return line


async def _hears(house: House, line: VisitorsLine, token: str) -> None:
    """Whoever has come back is live."""
    await line.say("c-2", "Are you there?")
    assert 2 == (await line.until("ack"))["ack"]["seq"]
    while (await line.until("message"))["message"]["text"] != "Are you there?":
        pass
