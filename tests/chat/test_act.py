"""An end, a rating, a name: confirmed once, it has its effect once, however often and on whatever line it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from chat.act import FORGET_OLD, KEPT, Act, act
from chat.protocol import End, Introduce, Rate
from chat.visitor import Visitor
from tests.cast import UnitChange, a_change
from tests.chat.house import House, VisitorsLine, open_house
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tests.chat.test_polls import Polls, of
from tickets.errors import Conflict, Refused

END = {"end": {"id": "e-1"}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def its_next_chat(house: House, token: str) -> tuple[VisitorsLine, int]:
    """A line on the chat that Sam began after he had ended another one, with a frame END."""
    line, ticket = await house.chat(token)
    await line.send(END)
    await line.until("ack")
    await line.say("c-2", "Another thing")
    while (state := (await line.until("chat"))["chat"])["ticket"] == ticket:
        pass
    return line, int(state["ticket"])


def a_chat() -> tuple[UnitChange, Visitor]:
    change = a_change()
    a_site(change)
    sam = a_visitor(change)
    says(change, sam, name="Sam")
    return change, sam


async def test_an_end_that_is_sent_again_ends_no_other_chat(house: House) -> None:
    """Its confirmation was lost, another tab began a new chat: the resend ended that one."""
    token = await house.token()
    _, ticket = await its_next_chat(house, token)
    tab = await house.line(token)
    await tab.send(END)
    assert {"id": "e-1", "seq": None, "message": None} == (await tab.until("ack"))["ack"]
    assert (await house.ticket(ticket)).live


async def test_nor_does_one_that_comes_by_request(house: House) -> None:
    token = await house.token()
    _, ticket = await its_next_chat(house, token)
    (ack,) = of(await Polls(house, token).asks(END), "ack")
    assert ("e-1", None) == (ack["id"], ack["seq"])
    assert (await house.ticket(ticket)).live


def test_a_rating_that_is_sent_again_is_not_for_the_next_chat() -> None:
    change, sam = a_chat()
    act(change, End("e-1"), visitor_id=sam.id)
    act(change, Rate("r-1", score=5), visitor_id=sam.id)
    says(change, sam, "Another thing", client_id="c-2")
    act(change, End("e-2"), visitor_id=sam.id)
    change.events.clear()
    act(change, Rate("r-1", score=5), visitor_id=sam.id)
    assert [] == change.kinds


def test_a_name_that_is_sent_again_does_not_undo_a_later_one() -> None:
    change, sam = a_chat()
    act(change, Introduce("w-1", name="Samuel"), visitor_id=sam.id)
    act(change, Introduce("w-2", name="Sam Okafor"), visitor_id=sam.id)
    assert "Sam Okafor" == act(change, Introduce("w-1", name="Samuel"), visitor_id=sam.id).name


def test_what_was_refused_did_nothing_and_is_tried_afresh() -> None:
    change, sam = a_chat()
    with pytest.raises(Refused):
        act(change, Rate("r-1", score=5), visitor_id=sam.id)
    act(change, End("e-1"), visitor_id=sam.id)
    act(change, Rate("r-1", score=5), visitor_id=sam.id)
    assert "ChatRated" == change.kinds[-1]


def test_the_same_id_for_something_else_is_refused() -> None:
    change, sam = a_chat()
    act(change, End("e-1"), visitor_id=sam.id)
    with pytest.raises(Conflict):
        act(change, Rate("e-1", score=5), visitor_id=sam.id)


def test_an_id_is_of_one_visitor() -> None:
    change, sam = a_chat()
    priya = a_visitor(change, "priyas-token")
    says(change, priya, name="Priya")
    act(change, End("e-1"), visitor_id=sam.id)
    act(change, End("e-1"), visitor_id=priya.id)
    assert [False, False] == [ticket_of(change, each).live for each in (sam, priya)]


def test_it_is_forgotten_when_no_token_can_be_left_from_then() -> None:
    change, sam = a_chat()
    act(change, End("e-1"), visitor_id=sam.id)
    change.write()
    change.moves(seconds=KEPT.total_seconds() - 1)
    assert [] == FORGET_OLD.due(change.session, change.now)
    change.moves(seconds=1)
    for key in FORGET_OLD.due(change.session, change.now):
        FORGET_OLD.act(change, key)
    assert [] == change.rows(select(Act))
