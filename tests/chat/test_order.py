"""What a visitor says is kept in the order in which they said it, though the database goes away meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from websockets.exceptions import ConnectionClosed

from tests.chat.house import PATIENCE, House, VisitorsLine, open_house
from tickets.message import Message


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


class LostCommit:
    """The line breaks in the middle of one commit, once the story has seen enough of it: nothing of it is kept.

    On PostgreSQL its end is unknown then; a file says that it has failed.
    """

    def __init__(self) -> None:
        self._under_way, self._breaks = threading.Event(), threading.Event()
        self._taken = False

    @contextlib.contextmanager
    def of(self, house: House) -> Iterator[None]:
        engine = house.desk._lanes[0]._line.engine
        event.listen(engine, "commit", self)
        try:
            yield
        finally:
            self._breaks.set()
            event.remove(engine, "commit", self)

    def __call__(self, _: Connection) -> None:
        if not self._taken:
            self._taken = True
            self._under_way.set()
            assert self._breaks.wait(PATIENCE)
            raise OperationalError("commit", {}, psycopg.OperationalError("lost"), connection_invalidated=True)

    async def under_way(self) -> None:
        assert await asyncio.to_thread(self._under_way.wait, PATIENCE)

    async def breaks(self, house: House, *, behind: int) -> None:
        """Once so many more changes wait."""
        async with asyncio.timeout(PATIENCE):
            while house.desk.waiting < 1 + behind:  # noqa: ASYNC110  (no event of its own)
                await asyncio.sleep(0.01)
        self._breaks.set()


async def the_words(house: House) -> list[str]:
    return await house.desk.read(
        lambda session: list(session.exec(select(Message.text).order_by(col(Message.ticket_id), col(Message.seq))))
    )


async def a_chat(house: House, token: str) -> tuple[VisitorsLine, int]:
    """That goes on: its lane has all that it needs."""
    line, ticket = await house.chat(token)
    await line.say("c-1a", "Anyone?")
    await line.until("ack")
    return line, ticket


async def refused(house: House, token: str, line: VisitorsLine, *ids: str) -> VisitorsLine:
    """None of these is confirmed. Where to say them again: here or, where nobody knows what became of one, anew."""
    owed = set(ids)
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(ConnectionClosed):
            while owed:
                frame = await line.next()
                assert "ack" not in frame
                owed.discard(frame.get("refused", {}).get("id"))
            return line
    assert 1011 == line.wire.close_code
    again = await house.line(token)
    await again.until("welcome")
    return again


async def lose(
    house: House, line: VisitorsLine, commit: LostCommit, said: Sequence[dict[str, Any]], *, begun: int
) -> None:
    """The first of these, and what was said behind it; so many of those were begun by then."""
    first, *others = said
    await line.send(first)
    await commit.under_way()
    for frame in others:
        await line.send(frame)
    await commit.breaks(house, behind=begun)


async def say_again(line: VisitorsLine, *frames: dict[str, Any]) -> None:
    for frame in frames:
        await line.send(frame)
        await line.until("ack")


def say(client_id: str, text: str) -> dict[str, Any]:
    return {"say": {"id": client_id, "text": text}}


async def test_what_is_said_behind_words_that_are_lost_does_not_overtake_them(house: House) -> None:
    """It was waiting already, and was kept: then the words before it were said again, and stood behind it."""
    token = await house.token()
    line, ticket = await a_chat(house, token)
    commit, said = LostCommit(), [say("c-2", "My number is"), say("c-3", "4711"), say("c-4", "Thank you")]
    with commit.of(house):
        await lose(house, line, commit, said, begun=2)
        again = await refused(house, token, line, "c-2", "c-3", "c-4")
        await house.replies(ticket, "Hello Sam")
    await say_again(again, *said)

    assert ["Hello?", "Anyone?", "Hello Sam", "My number is", "4711", "Thank you"] == await the_words(house)


async def test_a_chat_does_not_end_before_words_that_are_lost(house: House) -> None:
    """They would have begun another ticket, and so did what was said after its end."""
    token = await house.token()
    line, _ = await a_chat(house, token)
    commit, said = LostCommit(), [say("c-2", "That is all"), {"end": {"id": "c-3"}}, say("c-4", "One more")]
    with commit.of(house):
        await lose(house, line, commit, said, begun=0)
        again = await refused(house, token, line, "c-2", "c-3", "c-4")
    assert ["Hello?", "Anyone?"] == await the_words(house)
    await say_again(again, *said)

    assert ["Hello?", "Anyone?", "That is all", "One more"] == await the_words(house)


async def test_words_behind_the_first_ones_do_not_open_the_chat_in_their_place(house: House) -> None:
    """They were on their way when the first were refused, and nobody had begun them."""
    token = await house.token()
    line = await house.line(token)
    await line.until("welcome")
    commit, said = LostCommit(), [say("c-1", "Hello?"), say("c-2", "Anyone?")]
    with commit.of(house):
        await lose(house, line, commit, said, begun=0)
        again = await refused(house, token, line, "c-1", "c-2")
    await say_again(again, *said)

    assert ["Hello?", "Anyone?"] == await the_words(house)
