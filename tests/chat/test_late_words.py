"""What a tab that slept, or a queue that was away, says late is about the chat that it showed, never about the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from chat import talk
from chat.rating import Rating
from chat.visitor import Visitor
from tests.cast import UnitChange, a_change
from tests.chat.house import PATIENCE, House, VisitorsLine, open_house
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tests.chat.test_polls import Polls, of
from tickets.errors import NotFound, Refused
from tickets.ticket import Ticket

NO_SUCH = "This is not a chat of yours."


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def two_chats(house: House, token: str) -> tuple[VisitorsLine, int, int]:
    """A line of Sam, the ticket of the chat that he ended, and that of his next one. In both Ada has answered."""
    line, former = await house.chat(token)
    await house.replies(former, "Hello Sam")
    await line.send({"end": {"id": "e-1"}})
    await line.until("ack")
    await line.say("c-2", "Another thing")
    while (state := (await line.until("chat"))["chat"])["ticket"] == former:
        pass
    await house.replies(state["ticket"], "Yes?", "a-2")
    return line, former, int(state["ticket"])


async def ratings(house: House) -> dict[int, int]:
    found = await house.desk.read(lambda session: session.exec(select(Rating)).all())
    return {rating.ticket_id: rating.score for rating in found}


async def is_seen(house: House, ticket: int, seq: int) -> None:
    """Nobody is answered that it was kept; one line's are kept in their order."""
    async with asyncio.timeout(PATIENCE):
        while (await house.ticket(ticket)).customer_seen != seq:  # noqa: ASYNC110  (it has no event of its own)
            await asyncio.sleep(0.005)


async def test_a_late_end_leaves_the_next_chat_alone(house: House) -> None:
    """Said in the dialog of a tab that slept: who had begun another chat meanwhile lost their place in line."""
    line, former, present = await two_chats(house, await house.token())
    await line.send({"end": {"id": "e-2", "ticket": former}})
    assert {"id": "e-2", "seq": None, "message": None} == (await line.until("ack"))["ack"]
    assert (await house.ticket(present)).live

    await line.send({"end": {"id": "e-3", "ticket": present}})
    assert "e-3" == (await line.until("ack"))["ack"]["id"]
    assert not (await house.ticket(present)).live


async def test_a_late_rating_is_for_the_chat_that_it_names(house: House) -> None:
    """The next one went on, so the rating was refused for ever; or had ended too, and got the other one's."""
    line, former, present = await two_chats(house, await house.token())
    await line.send({"rate": {"id": "r-1", "score": 2, "ticket": former}})
    assert "r-1" == (await line.until("ack"))["ack"]["id"]
    await line.send({"end": {"id": "e-2", "ticket": present}})
    await line.send({"rate": {"id": "r-2", "score": 5, "ticket": present}})
    await line.until("ack")
    assert "r-2" == (await line.until("ack"))["ack"]["id"]
    assert {former: 2, present: 5} == await ratings(house)


async def test_what_was_seen_late_is_kept_where_it_was_seen(house: House) -> None:
    """What counts as seen is not mailed to who has left: an answer that nobody had read was never sent."""
    line, former, present = await two_chats(house, await house.token())
    await line.send({"seen": {"seq": 2, "ticket": former}})
    await is_seen(house, former, 2)
    assert 0 == (await house.ticket(present)).customer_seen
    await line.send({"seen": {"seq": 2, "ticket": present}})
    await is_seen(house, present, 2)


async def test_a_queue_that_was_away_says_the_same_by_request(house: House) -> None:
    token = await house.token()
    _, former, present = await two_chats(house, token)
    end, rate = {"end": {"id": "e-2", "ticket": former}}, {"rate": {"id": "r-1", "score": 4, "ticket": former}}
    acks = of(await Polls(house, token).asks(end, rate), "ack")
    assert ["e-2", "r-1"] == [ack["id"] for ack in acks]
    assert (await house.ticket(present)).live
    assert {former: 4} == await ratings(house)


async def test_a_strangers_chat_is_one_that_does_not_exist(house: House) -> None:
    _, former, present = await two_chats(house, await house.token())
    mallory = await house.line(await house.token())
    await mallory.say("m-1", "Let me in", name="Mallory")
    hers = int((await mallory.until("chat"))["chat"]["ticket"])
    for ticket in (former, present, 0, 2**53):
        await mallory.send({"end": {"id": f"e-{ticket}", "ticket": ticket}})
        await mallory.send({"rate": {"id": f"r-{ticket}", "score": 1, "ticket": ticket}})
        await mallory.send({"seen": {"seq": 2, "ticket": ticket}})
        for _ in range(2):
            assert f"[en] {NO_SUCH}" == (await mallory.until("refused"))["refused"]["says"]
    await mallory.send({"seen": {"seq": 1}})
    await is_seen(house, hers, 1)
    assert [True, True] == [(await house.ticket(each)).live for each in (present, hers)]
    assert [0, 0] == [(await house.ticket(each)).customer_seen for each in (former, present)]
    assert {} == await ratings(house)


async def test_who_names_no_chat_means_the_present_one(house: House) -> None:
    """A client of before says so, and goes on as it did."""
    line, _, present = await two_chats(house, await house.token())
    await line.send({"seen": {"seq": 2}})
    await line.send({"end": {"id": "e-2"}})
    await line.send({"rate": {"id": "r-1", "score": 5, "ticket": None}})
    for _ in range(2):
        await line.until("ack")
    await is_seen(house, present, 2)
    assert not (await house.ticket(present)).live
    assert {present: 5} == await ratings(house)


def a_chat() -> tuple[UnitChange, Visitor, int]:
    change = a_change()
    a_site(change)
    sam = a_visitor(change)
    return change, sam, says(change, sam, name="Sam").ticket_id


def test_a_chat_that_goes_on_is_not_rated_yet_by_its_name_either() -> None:
    change, sam, ticket = a_chat()
    with pytest.raises(Refused, match="when it has ended"):
        talk.rate(change, visitor_id=sam.id, ticket_id=ticket, score=5)


def test_an_older_chat_that_is_live_again_is_ended_by_its_name() -> None:
    """On the page of its call they chose to wait in it again, and another one had begun meanwhile."""
    change, sam, former = a_chat()
    talk.end(change, visitor_id=sam.id)
    says(change, sam, "Another thing", client_id="c-2")
    change.take(Ticket, former).begin_live(change)
    talk.end(change, visitor_id=sam.id, ticket_id=former)
    assert (False, True) == (change.take(Ticket, former).live, ticket_of(change, sam).live)
    assert not sam.over


def test_who_has_said_nothing_yet_has_no_chat_to_name() -> None:
    change, _, ticket = a_chat()
    priya = a_visitor(change, "priyas-token")
    with pytest.raises(NotFound, match=NO_SUCH):
        talk.end(change, visitor_id=priya.id, ticket_id=ticket)
    with pytest.raises(NotFound, match=NO_SUCH):
        talk.rate(change, visitor_id=priya.id, ticket_id=ticket, score=5)
