"""Tickets are found by what a person remembers of them, a moment after it was written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import Session, text

from tests.cast import a_customer, a_database, a_desk, a_ticket
from tickets import find
from tickets.change import Change
from tickets.desk import Desk
from tickets.people import Customer, IdentifierKind
from tickets.ticket import Ticket

SAM = "customer:91"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = a_database(tmp_path)
    async with a_desk(database) as desk:
        yield desk
    database.close()


def told(change: Change, texts: list[str], name: str = "Sam Okafor", address: str = "", subject: str = "") -> Ticket:
    """A customer of this name wrote these."""
    customer = a_customer(change, name)
    if address:
        customer.add_identifier(change, IdentifierKind.EMAIL, address)
    ticket = a_ticket(change, customer)
    if subject:
        ticket.set_subject(change, subject)
    for n, words in enumerate(texts):
        ticket.receive(change, words, client_id=f"{ticket.id}-{n}")
    return ticket


async def followed(desk: Desk) -> None:
    """Let the index catch up with the log."""
    (chore,) = find.CHORES
    while keys := await desk.read(chore.due, desk.clock.now()):
        for key in keys:
            await desk.change(chore.act, await desk.read(find.step, key), by="system")


async def found(desk: Desk, query: str) -> list[int]:
    return await desk.read(find.search, query)


async def test_a_ticket_is_found_by_number_name_address_subject_and_words(desk: Desk) -> None:
    sam = await desk.change(told, ["The parcel is broken"], address="sam@shop.example", by=SAM)
    jing = await desk.change(told, ["你好，我想退款。"], "李静", subject="Invoice 2207", by="customer:92")
    await followed(desk)

    for query in ["C-1001", "c-1001"]:  # as a complaint's number is written
        assert [sam.id] == await found(desk, query), query
    for query in ["1001", "#1001", "Okafor", "sam ok", "sam@shop.example", "SHOP.example", "broken parcel", "parcel?"]:
        assert [sam.id] == await found(desk, query), query
    for query in ["#1002", "李静", "静", "退款", "退", "invoice", "2207"]:
        assert [jing.id] == await found(desk, query), query
    for query in ["1003", "退货", "", "%", "_", '"', "nobody", "#", "9" * 40, "\x00"]:
        assert [] == await found(desk, query), query


async def test_ten_kilobytes_are_looked_at_only_at_their_beginning(desk: Desk) -> None:
    ticket = await desk.change(told, ["退款" * 2000], by=SAM)
    await followed(desk)

    assert [ticket.id] == await found(desk, "退款" * 5000)


async def test_the_newest_come_first_and_fifty_are_enough(desk: Desk) -> None:
    tickets = [(await desk.change(told, ["same words"], by=f"customer:{n}")).id for n in range(60)]
    await followed(desk)

    assert tickets[:9:-1] == await found(desk, "words")


async def test_a_chatty_ticket_does_not_hide_the_others(desk: Desk) -> None:
    quiet = await desk.change(told, ["refund"], by=SAM)
    chatty = await desk.change(told, [], by="customer:92")
    for n in range(0, 400, 40):
        await desk.change(says_often, chatty.id, n, by="customer:92")
    await followed(desk)

    assert [chatty.id, quiet.id] == await found(desk, "refund")


def says_often(change: Change, ticket_id: int, n: int) -> None:
    for i in range(n, n + 40):
        change.take(Ticket, ticket_id).receive(change, "refund", client_id=str(i))


async def test_a_new_name_and_address_are_found_on_every_ticket_of_theirs(desk: Desk) -> None:
    def again(change: Change, customer_id: int) -> int:
        customer = change.take(Customer, customer_id)
        second = a_ticket(change, customer)
        customer.rename(change, "Priya Nair")
        customer.add_identifier(change, IdentifierKind.PHONE, "+91 98 5550 0147")
        return second.id

    first = await desk.change(told, [], "A guest", by=SAM)
    await followed(desk)
    second = await desk.change(again, first.customer_id, by=SAM)
    await followed(desk)

    assert [second, first.id] == await found(desk, "priya")
    assert [second, first.id] == await found(desk, "5550 0147")
    assert [] == await found(desk, "guest")


async def test_notes_are_found_too(desk: Desk) -> None:
    def noted(change: Change, ticket_id: int) -> None:
        change.take(Ticket, ticket_id).note(change, "Called the depot", client_id="n", name="Bo")

    ticket = await desk.change(told, [], by=SAM)
    await desk.change(noted, ticket.id, by="agent:8")
    await followed(desk)

    assert [ticket.id] == await found(desk, "depot")


async def test_following_the_log_again_changes_nothing(desk: Desk) -> None:
    """After a crash in the middle, or from the beginning."""

    def entries(session: Session) -> list[tuple[int, int, str]]:
        rows = session.execute(text("select rowid, ticket_id, words from search order by rowid")).all()
        return [tuple(row) for row in rows]

    await desk.change(told, ["one", "two 退款"], address="sam@shop.example", by=SAM)
    await followed(desk)
    before = await desk.read(entries)
    await desk.change(rewound, by="system")
    await followed(desk)

    assert before == await desk.read(entries)
    assert 3 == len(before)


def rewound(change: Change) -> None:
    cursor = change.find(find.IndexCursor, "search")
    assert cursor is not None
    cursor.pos = 0


async def test_the_index_keeps_its_place_however_long_the_log(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MOST_ROWS", 7)
    ticket = await desk.change(told, [f"word{n}" for n in range(30)], by=SAM)
    await followed(desk)

    for n in (0, 6, 7, 29):
        assert [ticket.id] == await found(desk, f"word{n}")
    (chore,) = find.CHORES
    assert [] == list(await desk.read(chore.due, desk.clock.now()))
