"""Where a mail came back for good nothing more is sent until somebody says so; and nobody else is kept from it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.cast import UnitChange
from tests.tickets.email.letters import SAM, a_letter, a_mailroom, an_answer, outbox
from tickets.email.bounces import Bounce
from tickets.email.outbox import post_notice
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.replies import about_recipient
from tickets.email.returned import tell_outgoing
from tickets.email.sending import Verdict, claim, hand_over, send_again, settle
from tickets.email.suppressed import BARRED, Suppressed, lift, suppressed, suppressed_among
from tickets.errors import Conflict
from tickets.ticket import Ticket

PRIYA = "priya@customer.example"
SENT = Verdict(MailState.SENT)


@pytest.fixture
def change() -> UnitChange:
    change, _ = a_mailroom()
    return change


@pytest.fixture
def ticket(change: UnitChange) -> Ticket:
    """Sam's, with Priya in copy."""
    ticket, told = a_letter(change, None)
    told.add_copy(change, PRIYA)
    return ticket


def answered(change: UnitChange, ticket: Ticket, **verdicts: Verdict) -> Outgoing:
    an_answer(change, ticket)
    mail = outbox(change)[-1]
    attempt = claim(change, mail.id)
    if attempt is not None and verdicts:
        hand_over(change, mail.id, attempt)
        settle(change, mail.id, attempt, {SAM: verdicts["sam"], PRIYA: verdicts["priya"]})
    return mail


def comes_back(change: UnitChange, mail: Outgoing, *who: str, status: str = "5.1.1") -> None:
    said = "No such user"
    tell_outgoing(change, Bounce(mail_id=mail.mail_id, about=[*who], failed=[*who], status=status, said=said))


def barred(change: UnitChange) -> list[str]:
    return sorted(suppressed_among(change, [SAM, PRIYA]))


def test_a_hard_bounce_keeps_the_next_mail_from_that_address_only(change: UnitChange, ticket: Ticket) -> None:
    first = answered(change, ticket, sam=SENT, priya=SENT)
    comes_back(change, first, SAM)
    assert ["AddressSuppressed", "MailFailed"] == change.kinds[-2:]

    second = answered(change, ticket)
    assert {SAM: "failed", PRIYA: "queued"} == {one["address"]: one["state"] for one in second.recipients}
    settle(change, second.id, 1, {PRIYA: SENT})
    assert (MailState.FAILED, BARRED) == (second.state, second.said)


def test_a_report_about_somebody_it_was_passed_on_to_fails_nobody_of_several(
    change: UnitChange, ticket: Ticket
) -> None:
    """Nobody knows whose other address that is: neither is sent to twice, and neither is barred."""
    mail = answered(change, ticket, sam=SENT, priya=SENT)
    comes_back(change, mail, "sam.forwarded@elsewhere.example")
    assert (MailState.SENT, []) == (mail.state, barred(change))


def test_a_report_that_names_nobody_means_everybody(change: UnitChange, ticket: Ticket) -> None:
    mail = answered(change, ticket, sam=SENT, priya=SENT)
    comes_back(change, mail)
    assert {SAM: "failed", PRIYA: "failed"} == {one["address"]: one["state"] for one in mail.recipients}


def test_a_mail_for_nobody_else_is_not_tried_and_says_why(change: UnitChange) -> None:
    ticket, _ = a_letter(change, None)
    an_answer(change, ticket)
    mail = outbox(change)[0]
    attempt = claim(change, mail.id) or 0
    settle(change, mail.id, attempt, {SAM: SENT})
    comes_back(change, mail, "forwarded@elsewhere.example")  # they had it sent on to another address of theirs
    assert [SAM] == barred(change)

    change.events.clear()
    an_answer(change, ticket)
    second = outbox(change)[1]
    assert claim(change, second.id) is None
    assert (["MailFailed"], MailState.FAILED, BARRED) == (change.kinds, second.state, second.said)


def test_what_may_work_another_time_bars_nobody(change: UnitChange, ticket: Ticket) -> None:
    mail = answered(change, ticket, sam=SENT, priya=SENT)
    comes_back(change, mail, SAM, status="4.4.1")
    comes_back(change, mail, status="5.1.1")  # of nobody in particular
    comes_back(change, mail, "mallory@elsewhere.example")  # to whom we never wrote
    assert [] == barred(change)


def test_it_is_known_by_whom_when_and_from_where(change: UnitChange, ticket: Ticket) -> None:
    mail = answered(change, ticket, sam=SENT, priya=SENT)
    comes_back(change, mail, SAM)
    comes_back(change, mail, SAM)
    (row,) = change.rows(select(Suppressed))
    assert (SAM, "5.1.1 No such user", "report", change.now) == (row.address, row.said, row.told_by, row.at)
    assert (ticket.id, mail.id, mail.mailbox_id) == (row.ticket_id, row.outgoing_id, row.mailbox_id)
    assert [row] == suppressed(change.session)
    assert [row] == suppressed(change.session, mailbox_id=mail.mailbox_id)
    assert [] == suppressed(change.session, mailbox_id=99)


def test_an_agent_lifts_it_and_what_did_not_go_can_go(change: UnitChange, ticket: Ticket) -> None:
    comes_back(change, answered(change, ticket, sam=SENT, priya=SENT), SAM, PRIYA)
    mail = answered(change, ticket)
    for row in change.rows(select(Suppressed)):
        lift(change, row.id)
    with pytest.raises(Conflict):
        lift(change, row.id)
    assert [] == barred(change)

    send_again(change, mail.id)
    assert claim(change, mail.id) is not None
    comes_back(change, mail, SAM)
    assert [SAM] == barred(change), "a mail that comes back again bars it again"


def test_nothing_that_we_write_by_ourselves_goes_there_either(change: UnitChange, ticket: Ticket) -> None:
    comes_back(change, answered(change, ticket, sam=SENT, priya=SENT), SAM)
    assert post_notice(change, ticket, to=SAM, notice="complaint", facts={}) is None
    assert post_notice(change, ticket, to=PRIYA, notice="complaint", facts={}) is not None


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("5.1.1 User unknown", True),
        ("5.1.10 Recipient not found", True),
        ("5.2.1 Mailbox disabled", True),
        ("5.7.1 Relaying denied", False),
        ("Mailbox unavailable", False),
        ("5.2.2 Mailbox full", False),
    ],
)
def test_a_relay_that_knows_no_such_address_bars_it(change: UnitChange, ticket: Ticket, text: str, gone: bool) -> None:
    """What it says about us, or about this one mail, does not."""
    answered(change, ticket, sam=about_recipient(550, text), priya=SENT)
    assert ([SAM] if gone else []) == barred(change)
    assert not about_recipient(450, text).gone
