"""Who is asked by a letter how it was, and when; and who is left in peace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlmodel import select

from chat import rating
from chat.surveys.asking import CHORES, REACTIONS, ask
from chat.surveys.survey import Survey
from chat.surveys.terms import set_terms
from routing.callbacks.asking import Wish
from routing.callbacks.asking import ask as ask_for_call
from routing.callbacks.callback import Callback
from routing.callbacks.numbers import read_number
from routing.merging import merge
from routing.queues import add_queue
from server.mail.letters import Letterhead, draft, written
from server.scheduler import Scheduler
from tests.cast import MovedClock, a_customer, a_database, a_desk, a_ticket
from tests.chat.surveys.after import Aftermath, an_aftermath
from tests.tickets.email.letters import RULES, SAM
from tests.tickets.email.mailroom import a_mailroom
from tests.tickets.email.mailroom import written as written_by
from tickets.change import Change
from tickets.email.correspondence import correspond
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import Outgoing
from tickets.email.sending import claim
from tickets.email.suppressed import suppress
from tickets.files.store import Store
from tickets.opening import open_ticket
from tickets.people import IdentifierKind
from tickets.saying import Post
from tickets.status import Channel, Status
from tickets.ticket import Ticket
from tickets.turns import within_ticket


def test_a_day_after_it_was_settled_the_customer_is_asked_once() -> None:
    desk = an_aftermath()
    ticket = desk.a_settled_ticket()

    desk.passes(hours=23, minutes=59)
    assert [] == desk.asked
    desk.passes(minutes=1)
    assert [SAM] == desk.asked
    assert ask(desk.change, ticket.id) is False, "whoever comes second changes nothing"
    desk.passes(days=40)
    desk.settles(ticket)
    ticket.reopen(desk.change)
    desk.settles(ticket)
    desk.passes(days=40)
    assert [SAM] == desk.asked


def test_nobody_is_asked_before_an_admin_says_so() -> None:
    desk = an_aftermath(asks=False)
    ticket = desk.a_settled_ticket()
    assert desk.change.find(Survey, ticket.id) is None


@pytest.mark.parametrize(("language", "subject"), [("en", "How was our help? {n}"), ("zh", "我们的帮助如何？{n}")])
def test_the_letter_is_one_of_a_machine_and_holds_no_word_of_theirs(
    language: str, subject: str, tmp_path: Path
) -> None:
    """RFC 3834; in their thread, with a link that names nothing but the ticket."""
    desk = an_aftermath()
    ticket = desk.a_settled_ticket(language=language)
    desk.passes(days=1)

    (letter,) = desk.letters
    assert claim(desk.change, letter.id)
    desk.change.write()
    house = Letterhead("https://desk.example", RULES.seals, Store(tmp_path), largest=10**6)
    envelope = written(draft(desk.change.session, letter.id), house, desk.change.now)
    mail = envelope.mail.decode()
    read = message_from_bytes(envelope.mail, policy=SMTP)
    assert (subject.format(n=ticket.number), SAM) == (read["Subject"], read["To"])
    assert "Auto-Submitted: auto-replied" in mail
    assert "X-Auto-Response-Suppress: All" in mail
    assert f"In-Reply-To: <{ticket.id}@x.example>" in mail
    assert "https://desk.example/survey/" in mail.replace("=\r\n", "")
    assert "parcel" not in mail
    assert "Monday" not in mail


# Who is not asked


def _is_open_again(desk: Aftermath, ticket: Ticket) -> None:
    ticket.reopen(desk.change)


def _is_spam(desk: Aftermath, ticket: Ticket) -> None:
    ticket.set_status(desk.change, Status.SPAM)


def _was_rated_in_the_chat(desk: Aftermath, ticket: Ticket) -> None:
    rating.rate(desk.change, ticket.id, score=5)


def _went_on_as_another(desk: Aftermath, ticket: Ticket) -> None:
    """Of two tickets one goes on: that is asked after."""
    other = desk.a_ticket(address="")
    desk.change.write()
    ticket.reopen(desk.change)
    merge(desk.change, ticket.id, other.number)


def _mail_came_back(desk: Aftermath, ticket: Ticket) -> None:
    mail = desk.change.one(select(Outgoing))
    assert mail is not None
    suppress(desk.change, mail, [SAM], said="No such user", told_by="relay")


def _nobody_is_asked_any_more(desk: Aftermath, ticket: Ticket) -> None:
    set_terms(desk.change, queues=[], delay_hours=24, every_days=30)


def _is_in_another_line(desk: Aftermath, ticket: Ticket) -> None:
    ticket.queue_id = None


@pytest.mark.parametrize(
    "happens",
    [
        _is_open_again,
        _is_spam,
        _was_rated_in_the_chat,
        _went_on_as_another,
        _mail_came_back,
        _nobody_is_asked_any_more,
        _is_in_another_line,
    ],
)
def test_what_happens_meanwhile_stands_against_it(happens: Callable[[Aftermath, Ticket], None]) -> None:
    desk = an_aftermath()
    ticket = desk.a_settled_ticket()
    happens(desk, ticket)
    desk.change.events.clear()

    desk.passes(days=1)

    assert [] == desk.asked
    assert desk.survey(ticket).due_at is None, "and it is not looked at again and again"


def test_who_had_no_answer_or_never_wrote_is_not_asked() -> None:
    """Nor a machine that had one."""
    desk = an_aftermath()
    unanswered = desk.a_ticket()
    unanswered.resolve(desk.change)
    for robot in (True, False):
        ticket = open_ticket(desk.change, desk.sam, channel=Channel.EMAIL, subject="Out", queue_id=desk.queue.id)
        if robot:
            post = Post(Channel.EMAIL.value, desk.change.now)
            ticket.overhear(desk.change, "I am away", client_id="m-1", name="Sam", post=post, robot=True)
        desk.sam.add_identifier(desk.change, IdentifierKind.EMAIL, SAM)
        desk.settles(ticket)
    desk.follows()

    desk.passes(days=1)
    assert [] == desk.asked


def test_whose_name_was_forged_is_not_asked(tmp_path: Path) -> None:
    """They brought nothing, whatever we answered."""
    room = a_mailroom(tmp_path, rules=replace(RULES, trusted_mail_server="mx.shop.example"))
    desk = an_aftermath(room.change, mailbox=False)
    for checks, asked in (("fail", []), ("pass", [SAM])):
        told = f"Authentication-Results: mx.shop.example; dmarc={checks}\r\n".encode()
        ticket = room.ticket(room.arrives(told + written_by(id=f"<{checks}@customer.example>")))
        ticket.queue_id = desk.queue.id
        desk.settles(ticket)
        desk.passes(days=1)
        assert asked == desk.asked


@pytest.mark.parametrize("ours", [True, False])
def test_without_an_address_of_theirs_or_ours_nobody_is_asked(ours: bool) -> None:
    desk = an_aftermath(mailbox=ours)
    desk.a_settled_ticket(address="" if ours else SAM)
    desk.passes(days=1)
    assert [] == desk.asked


# When, and where


def test_a_ticket_that_was_open_again_is_asked_after_its_last_end() -> None:
    desk = an_aftermath()
    ticket = desk.a_settled_ticket()
    desk.passes(hours=20)
    ticket.reopen(desk.change)
    desk.settles(ticket)

    desk.passes(hours=20)
    assert [] == desk.asked
    desk.passes(hours=4)
    assert [SAM] == desk.asked


def test_an_address_is_asked_once_in_a_month() -> None:
    """However many tickets it had, settled at one moment or one after another."""
    desk = an_aftermath()
    for address in (SAM, SAM.upper(), "li@mail.example"):
        desk.a_settled_ticket(address=address)
    desk.passes(days=1)
    assert [SAM, "li@mail.example"] == desk.asked
    desk.a_settled_ticket()
    desk.passes(days=29)
    assert 2 == len(desk.asked)
    desk.a_settled_ticket()
    desk.passes(days=1, seconds=1)
    assert [SAM, "li@mail.example", SAM] == desk.asked


def test_what_would_be_too_much_in_a_minute_goes_later() -> None:
    desk = an_aftermath(notices_per_minute=1)
    for address in (SAM, "li@mail.example"):
        desk.a_settled_ticket(address=address)
    desk.passes(days=1)
    assert [SAM] == desk.asked
    desk.passes(minutes=1)
    assert [SAM, "li@mail.example"] == desk.asked


def test_who_was_called_is_asked_where_they_want_to_hear_of_it() -> None:
    desk = an_aftermath()
    wish = Wish("key-1", read_number("030 1234567", "DE"), name="Sam", email=SAM)
    ticket = ask_for_call(desk.change, wish).ticket
    ticket.queue_id = desk.queue.id
    assert desk.change.find(Callback, ticket.id) is not None
    ticket.spoke(desk.change)
    ticket.resolve(desk.change)
    desk.follows()
    desk.passes(days=1)
    assert [SAM] == desk.asked


def test_who_told_an_address_in_the_chat_and_did_not_rate_is_asked() -> None:
    desk = an_aftermath()
    desk.sam = a_customer(desk.change, "李静")
    desk.sam.add_identifier(desk.change, IdentifierKind.EMAIL, "li@mail.example")
    desk.a_settled_ticket(channel=Channel.CHAT, address="")
    desk.passes(days=1)
    assert ["li@mail.example"] == desk.asked


async def test_two_processes_write_one_letter(tmp_path: Path) -> None:
    """Whichever looks first; and to resolve a ticket goes by the way of every change that stays with its ticket."""
    clock, database = MovedClock(), a_database(tmp_path)
    async with (
        a_desk(database, clock=clock, reactions=REACTIONS) as desk,
        a_desk(database, clock=clock, reactions=REACTIONS) as other,
    ):
        ticket = await desk.change(_brings, by="system")
        await desk.change(within_ticket(_resolves), ticket, by="system", about=ticket)
        clock.moves(days=1)
        await asyncio.gather(*(Scheduler(one, CHORES).look() for one in (desk, other)))
        await Scheduler(other, CHORES).look()
        asked = await other.read(lambda session: session.exec(select(Outgoing.to_address)).all())
        assert [SAM] == asked
    database.close()


def _brings(change: Change) -> int:
    queue = add_queue(change, "Support")
    add_mailbox(change, "support@shop.example")
    set_terms(change, queues=[queue.id], delay_hours=24, every_days=30)
    ticket = a_ticket(change, queue_id=queue.id)
    ticket.receive(change, "Where is it?", client_id="c-1")
    ticket.reply(change, "Here.", client_id="a-1", name="Ada")
    correspond(change, ticket, address=SAM)
    return ticket.id


def _resolves(change: Change, ticket: int) -> None:
    change.take(Ticket, ticket).resolve(change)
