"""The page to which the letter leads: only the button rates, and it tells nothing but the ticket's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session, select

from chat.rating import Rating
from chat.surveys.survey import OPEN, Survey, path
from routing.queues import add_queue
from tests.cast import MovedClock, a_customer
from tests.server.doorstep import Doorstep, a_whole_house
from tickets.change import Change
from tickets.log import LogRow
from tickets.opening import open_ticket
from tickets.status import Channel

URL = "https://desk.example"
WORDS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    with a_whole_house(tmp_path_factory.mktemp("house"), url=URL, clock=MovedClock()) as step:
        yield step


@pytest.fixture
def door(house: Doorstep) -> Doorstep:
    house.comes_from("192.0.2.100")
    house.everybody_is_new()
    return house


def asked(door: Doorstep, language: str = "en") -> tuple[int, str]:
    """The ticket, and the link in the letter."""

    def asks(change: Change) -> tuple[int, str]:
        queue = add_queue(change, f"Support {change.new_id()}")
        customer = a_customer(change)
        ticket = open_ticket(
            change, customer, channel=Channel.EMAIL, subject="My cat’s parcel", language=language, queue_id=queue.id
        )
        change.add(Survey(ticket_id=ticket.id)).went("sam@customer.example", change.now)
        return ticket.id, path(change.rules.seals, ticket.id, change.now)

    found: tuple[int, str] = door.change(asks)
    return found


def rates(door: Doorstep, link: str, **form: str) -> Any:
    """With the page that follows."""
    page = door.client.post(link, data=form, headers=door.manners)
    return door.open(page.headers["location"]) if page.status_code == 303 else page


def said(door: Doorstep, ticket: int) -> list[tuple[int, str]]:
    def ratings(session: Session) -> list[tuple[int, str]]:
        return [(one.score, one.comment) for one in session.exec(select(Rating).where(Rating.ticket_id == ticket))]

    found: list[tuple[int, str]] = door.look(ratings)
    return found


def told(door: Doorstep, ticket: int) -> list[LogRow]:
    def rows(session: Session) -> list[LogRow]:
        mine = select(LogRow).where(LogRow.ticket_id == ticket, LogRow.kind == "ChatRated")
        return [*session.exec(mine)]

    found: list[LogRow] = door.look(rows)
    return found


def text_of(page: Any) -> str:
    return unescape(WORDS.sub(" ", page.text))


def test_to_open_the_link_rates_nothing_whatever_stands_in_it(door: Doorstep) -> None:
    ticket, link = asked(door)
    for address in (link, f"{link}?score=1", f"{link}?done=rated"):
        assert 200 == door.open(address).status_code
        assert 200 == door.client.head(address).status_code
    assert [] == said(door, ticket)
    page = text_of(door.open(f"{link}?done=rated"))
    assert "Thank you" not in page


def test_one_press_rates_and_another_changes_it_until_it_is_closed(door: Doorstep) -> None:
    ticket, link = asked(door)

    page = rates(door, link, score="2", comment="It took\na week.")
    assert "Thank you for the rating." in text_of(page)
    assert [(2, "It took\na week.")] == said(door, ticket)
    rates(door, link, score="2", comment="It took\na week.")
    assert 1 == len(told(door, ticket)), "a second click says nothing new"

    assert re.search(r'value="2" checked', page.text)
    door.clock.moves(days=20)
    rates(door, link, score="4", comment="")
    assert [(4, "")] == said(door, ticket)
    events: Any = [row.event for row in told(door, ticket)]
    assert [(2, "It took a week.", "letter"), (4, "", "letter")] == [
        (one.score, one.comment, one.way) for one in events
    ]
    assert told(door, ticket)[0].by.startswith("customer:")

    door.clock.moves(days=OPEN.days - 20)
    over = rates(door, link, score="1")
    assert 409 == over.status_code
    assert "This question is closed." in text_of(door.open(link))
    assert "<form" not in door.open(link).text
    assert [(4, "")] == said(door, ticket)
    door.clock.moves(days=365)
    assert 404 == door.open(link).status_code


def test_the_page_tells_the_number_and_the_question_and_nothing_else(door: Doorstep) -> None:
    ticket, link = asked(door)
    page = door.open(link)
    assert "parcel" not in page.text
    assert "Sam" not in page.text
    assert "It is about your request" in text_of(page)
    assert ("no-store", "no-referrer", "noindex") == (
        page.headers["cache-control"],
        page.headers["referrer-policy"],
        page.headers["x-robots-tag"],
    )
    id, _, rest = link.rpartition("/")[2].partition("-")
    for token in (f"{ticket + 1}-{rest}", f"{id}-{rest[:-1]}", id, "x"):
        assert 404 == door.open(f"/survey/{token}").status_code
        assert 404 == door.client.post(f"/survey/{token}", data={"score": "1"}, headers=door.manners).status_code
    assert 404 == door.open(link.replace("/survey/", "/complaint/")).status_code


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(door: Doorstep) -> None:
    ticket, link = asked(door)
    page = rates(door, link, comment="I was glad")
    assert 422 == page.status_code
    assert "This is needed." in page.text
    assert "I was glad" in page.text
    for score in ("6", "0", "-1", "two", "５"):
        assert "Choose from what is offered." in rates(door, link, score=score).text
    assert "longer than it can be, by 1." in rates(door, link, score="5", comment="x" * 2001).text
    foreign = door.client.post(link, data={"score": "5"}, headers={**door.manners, "origin": "https://evil.example"})
    assert 403 == foreign.status_code
    assert [] == said(door, ticket)


def test_it_speaks_the_language_of_the_ticket(door: Doorstep) -> None:
    _, link = asked(door, "zh")
    page = text_of(rates(door, link, score="5"))
    assert "感谢" in page
    assert "非常满意" in page
