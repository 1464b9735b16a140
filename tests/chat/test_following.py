"""What a line is told live, while the database is slow, or away, just then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlmodel import select

from chat.frames import greeting
from chat.visitor import Visitor
from tests.chat.house import PATIENCE, House, open_house
from tickets import log
from tickets.errors import unavailable


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


class SlowReading:
    """A database that answers these questions only when it is let, or loses them."""

    def __init__(self, house: House, *questions: Callable[..., Any]) -> None:
        self._read = house.desk.read
        self._questions = questions
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.is_away = False
        house.desk.read = self.read  # type: ignore[method-assign, assignment]

    async def read(self, question: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if question in self._questions:
            self.asked.set()
            await self.may.wait()
            if self.is_away:
                raise unavailable()
        return await self._read(question, *args, **more)

    def loses(self) -> None:
        self.is_away = True
        self.may.set()


async def lost(*_: object, **__: object) -> None:
    """A question to a database that is away."""
    raise unavailable()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  (no event of its own)
            await asyncio.sleep(0.01)


async def the_visitor(house: House) -> Visitor:
    return await house.desk.read(lambda session: session.exec(select(Visitor)).one())


async def test_a_line_whose_new_ticket_cannot_be_followed_ends_and_its_client_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stayed open and mute: the frames between the first words and the outage were on no line."""
    token = await house.token()
    line = await house.line(token)
    hello = (await line.until("welcome"))["welcome"]
    await line.silence()  # the welcome is on its way before the line is followed, and that shall not be what fails
    with monkeypatch.context() as outage:
        outage.setattr(house.feed._missed, "since", lost)
        await line.say("c-1", "Hello?", name="Sam")
        await line.until("ack")
        assert 1011 == await line.closed()
    again = await house.line(token, epoch=hello["epoch"], cursor=hello["cursor"], ticket=None)
    assert ["Hello?"] == [message["text"] for message in (await again.until("welcome"))["welcome"]["messages"]]


async def test_a_line_that_cannot_be_followed_from_its_greeting_on_ends_and_its_client_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says meanwhile is kept by nobody, and said again. That the database is away is no bug of ours."""
    token = await house.token()
    with monkeypatch.context() as outage, structlog.testing.capture_logs() as written:
        async with house.feed._stepping:
            line = await house.line(token)
            hello = (await line.until("welcome"))["welcome"]
            outage.setattr(house.feed._missed, "since", lost)
            await line.say("c-1", "Hello?", name="Sam")
        assert 1011 == await line.closed()
    assert ["info"] == [entry["log_level"] for entry in written]
    again = await house.line(token, epoch=hello["epoch"], cursor=hello["cursor"], ticket=None)
    assert {"epoch": "e1", "cursor": hello["cursor"]} == (await again.next())["resumed"]
    await again.say("c-1", "Hello?", name="Sam")
    assert 1 == (await again.until("ack"))["ack"]["seq"]


async def test_a_line_whose_second_hello_cannot_be_answered_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    with monkeypatch.context() as outage, structlog.testing.capture_logs() as written:
        outage.setattr(house.feed._missed, "since", lost)
        await line.send({"hello": {"token": token, "epoch": "e1", "cursor": 1, "ticket": ticket}})
        assert 1011 == await line.closed()
    assert {"info"} == {entry["log_level"] for entry in written}


async def test_a_line_that_cannot_be_renewed_ends(house: House) -> None:
    """Its visitor's chat is another one now, as another process says: it would have gone on with the old one."""
    line, ticket = await house.chat(await house.token())
    visitor = await the_visitor(house)
    SlowReading(house, greeting).loses()
    house.lobby.hear(f"visitor:{visitor.id}", {"ticket": ticket + 1})
    assert 1011 == await line.closed()


async def test_what_comes_live_is_not_told_where_what_was_missed_is_lost(house: House) -> None:
    """Its place would put the client's behind what it never heard."""
    token = await house.token()
    line, ticket = await house.chat(token)
    slow = SlowReading(house, house.feed._missed._filled)
    await line.send({"hello": {"token": token, "epoch": "e1", "cursor": 1, "ticket": ticket}})
    await slow.asked.wait()
    before = house.feed.cursor
    await house.replies(ticket, "Hello Sam")
    await until(lambda: house.feed.cursor > before)
    slow.loses()
    assert 1011 == await line.closed()
    assert "Hello Sam" not in str(line.heard)


async def test_what_follows_from_the_first_words_is_told_though_the_feed_was_quicker(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ticket is followed from before they were said, not from where the feed is when they are confirmed."""
    line = await house.line(await house.token())
    await line.until("welcome")
    await line.silence()
    begin = house.desk.begin

    def answered_late(*asked: Any, **more: Any) -> asyncio.Future[Any]:
        made = begin(*asked, **more)

        async def once_the_feed_has_told_it() -> Any:
            found = await made
            newest = await house.desk.read(log.newest)
            await until(lambda: house.feed.cursor >= newest)
            return found

        return asyncio.ensure_future(once_the_feed_has_told_it())

    monkeypatch.setattr(house.desk, "begin", answered_late)
    await line.say("c-1", "Hello?", name="Sam")
    assert "Hello?" == (await line.until("message"))["message"]["text"]


async def test_a_line_that_closes_while_it_is_renewed_leaves_nothing_in_the_feed(house: House) -> None:
    """Whoever closed the tab just then was followed for as long as the process lived."""
    line, ticket = await house.chat(await house.token())
    visitor = await the_visitor(house)
    slow = SlowReading(house, greeting)
    house.lobby.hear(f"visitor:{visitor.id}", {"ticket": ticket + 1})
    await slow.asked.wait()
    await line.close()
    await until(lambda: len(house.lobby) == 0)
    slow.may.set()
    await asyncio.gather(*house.lobby._errands)
    assert ([], frozenset()) == (list(house.feed.outboxes), house.feed.topics)


async def test_no_position_overtakes_what_was_missed(house: House) -> None:
    """A line that broke between the two left its client with a place behind frames that it never got."""
    token = await house.token()
    line, ticket = await house.chat(token)
    await line.close()
    priya, _ = await house.chat(await house.token())
    before = house.feed.cursor
    await house.replies(ticket, "Hello Sam")
    await until(lambda: house.feed.cursor > before)
    slow = SlowReading(house, house.feed._missed._filled)
    again = await house.line(token, epoch="e1", cursor=before, ticket=ticket)
    await slow.asked.wait()
    await house.lobby.tell_positions()
    await priya.until("position")
    slow.may.set()
    assert {"resumed": {"epoch": "e1", "cursor": before}} == await again.next()
    await again.until("message")
    await again.silence()
    await house.lobby.tell_positions()
    assert 2 == (await again.until("position"))["position"]["seq"]


async def test_what_was_missed_of_one_chat_is_not_told_after_the_welcome_of_the_next(house: House) -> None:
    """A tab that came back while the other one began another matter showed the old words in the new chat."""
    token = await house.token()
    line, ticket = await house.chat(token, "About my parcel")
    other = await house.line(token)
    await other.send({"end": {"id": "c-2"}})
    await other.until("ack")
    slow = SlowReading(house, house.feed._missed._filled)
    await line.send({"hello": {"token": token, "epoch": "e1", "cursor": 1, "ticket": ticket}})
    await slow.asked.wait()
    await other.say("c-3", "About my bill")
    await other.until("ack")
    visitor = await the_visitor(house)
    house.lobby.hear(f"visitor:{visitor.id}", {"ticket": visitor.ticket_id})
    await other.silence()
    slow.may.set()
    welcome = (await line.until("welcome"))["welcome"]
    assert ["About my bill"] == [message["text"] for message in welcome["messages"]]
    heard = len(line.heard)
    await house.replies(visitor.ticket_id or 0, "Your bill, Sam")
    await line.until("message")
    assert "About my parcel" not in str(line.heard[heard:])
    assert not [frame for frame in line.heard[heard:] if "resumed" in frame]


async def test_whoever_leaves_after_their_first_words_takes_no_other_tab_along(house: House) -> None:
    """The other tab was on its way to the new chat, and its line was broken off with that of the first."""
    token = await house.token()
    line, other = await house.line(token), await house.line(token)
    for each in (line, other):
        await each.until("welcome")
        await each.silence()
    slow = SlowReading(house, greeting)
    await line.say("c-1", "Hello?")
    await slow.asked.wait()
    await line.close()
    await until(lambda: len(house.lobby) == 1)
    slow.may.set()
    assert ["Hello?"] == [message["text"] for message in (await other.until("welcome"))["welcome"]["messages"]]
