"""One at a time has a mail in hand; it is tried for two days; and what may have arrived is not sent again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import MONDAY, UnitChange
from tests.tickets.email.letters import SAM, a_letter, a_mailroom, an_answer, outbox
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.replies import readable, verdict_of
from tickets.email.sending import (
    DOT_LEASE,
    GIVE_UP,
    LEASE,
    Verdict,
    claim,
    due,
    hand_over,
    next_try,
    send_again,
    settle,
)
from tickets.errors import Conflict

PRIYA = "priya@customer.example"
SENT, LATER, NEVER, UNKNOWN = (
    Verdict(MailState.SENT),
    Verdict(MailState.RETRY, "Greylisted"),
    Verdict(MailState.FAILED, "Mailbox unavailable"),
    Verdict(MailState.INDETERMINATE),
)


@pytest.fixture
def change() -> UnitChange:
    change, _ = a_mailroom()
    return change


@pytest.fixture
def mail(change: UnitChange) -> Outgoing:
    """An answer to Sam, with Priya in copy."""
    ticket, told = a_letter(change, None)
    told.add_copy(change, PRIYA)
    an_answer(change, ticket)
    return outbox(change)[0]


def tried(change: UnitChange, mail: Outgoing, sam: Verdict, priya: Verdict = SENT) -> list[str]:
    """One attempt; what is recorded of it."""
    change.events.clear()
    attempt = claim(change, mail.id)
    assert attempt is not None
    assert hand_over(change, mail.id, attempt)
    settle(change, mail.id, attempt, {SAM: sam, PRIYA: priya})
    return change.kinds


def waiting(change: UnitChange, **later: float) -> list[int]:
    change.write()
    return [*due(change.session, change.now + timedelta(**later))]


def states(mail: Outgoing) -> dict[str, str]:
    return {one["address"]: one["state"] for one in mail.recipients}


def test_a_mail_that_was_taken_is_sent_and_done_with(change: UnitChange, mail: Outgoing) -> None:
    assert [mail.id] == waiting(change)
    assert ["MailSent"] == tried(change, mail, SENT)

    assert (MailState.SENT, None, change.now) == (mail.state, mail.due_at, mail.sent_at)
    assert [] == waiting(change, days=99)
    assert claim(change, mail.id) is None
    with pytest.raises(Conflict):
        send_again(change, mail.id)


def test_only_one_has_it_in_hand(change: UnitChange, mail: Outgoing) -> None:
    assert 1 == claim(change, mail.id)
    assert claim(change, mail.id) is None
    assert not hand_over(change, mail.id, 2)


def test_whoever_died_before_the_dot_leaves_it_to_the_next(change: UnitChange, mail: Outgoing) -> None:
    """Nothing had been handed over, so nobody gets it twice; the first one, should it wake, hands nothing over."""
    claim(change, mail.id)
    change.moves(seconds=LEASE.total_seconds())

    assert 2 == claim(change, mail.id)
    assert not hand_over(change, mail.id, 1)
    settle(change, mail.id, 1, {SAM: NEVER})
    assert MailState.SENDING == mail.state


def test_whoever_died_after_the_dot_leaves_it_unknown(change: UnitChange, mail: Outgoing) -> None:
    attempt = claim(change, mail.id) or 0
    hand_over(change, mail.id, attempt)
    change.moves(seconds=LEASE.total_seconds())
    assert claim(change, mail.id) is None, "the relay may take its time"
    change.moves(seconds=DOT_LEASE.total_seconds())
    assert claim(change, mail.id) is None

    assert ["MailUncertain"] == change.kinds
    assert {SAM: MailState.INDETERMINATE, PRIYA: MailState.INDETERMINATE} == states(mail)
    assert [] == waiting(change, days=99)

    settle(change, mail.id, attempt, {SAM: SENT, PRIYA: SENT})
    assert MailState.SENT == mail.state, "it was only slow"


def test_what_is_unknown_is_sent_again_by_hand_once(change: UnitChange, mail: Outgoing) -> None:
    """At most one extra, under the same Message-ID (invariant I8)."""
    named = mail.mail_id
    assert ["MailUncertain"] == tried(change, mail, UNKNOWN, NEVER)
    send_again(change, mail.id)
    assert (MailState.QUEUED, named) == (mail.state, mail.mail_id)
    assert ["MailUncertain"] == tried(change, mail, UNKNOWN)
    with pytest.raises(Conflict, match="again already"):
        send_again(change, mail.id)


def test_who_was_refused_is_named_and_the_others_have_it(change: UnitChange, mail: Outgoing) -> None:
    assert ["MailFailed"] == tried(change, mail, SENT, NEVER)
    assert (MailState.FAILED, "Mailbox unavailable", None) == (mail.state, mail.said, mail.due_at)
    assert {SAM: MailState.SENT, PRIYA: MailState.FAILED} == states(mail)

    send_again(change, mail.id)
    assert [PRIYA] == [one["address"] for one in mail.is_for(MailState.QUEUED)]


def test_who_was_put_off_is_tried_again_and_nobody_else(change: UnitChange, mail: Outgoing) -> None:
    assert ["MailDelayed"] == tried(change, mail, LATER, SENT)
    assert (MailState.RETRY, "Greylisted", change.now + timedelta(minutes=1)) == (mail.state, mail.said, mail.due_at)
    assert claim(change, mail.id) is None
    change.moves(minutes=1)
    assert claim(change, mail.id) is not None
    assert [SAM] == [one["address"] for one in mail.is_for(MailState.QUEUED, MailState.RETRY)]


def test_who_was_put_off_is_tried_again_though_others_may_have_it(change: UnitChange, mail: Outgoing) -> None:
    """Nobody decides for them: only whoever may have it waits for a person, and it is sent again to them only."""
    assert ["MailDelayed"] == tried(change, mail, UNKNOWN, LATER)
    assert (MailState.RETRY, "Greylisted", change.now + timedelta(minutes=1)) == (mail.state, mail.said, mail.due_at)
    change.moves(minutes=1)
    assert [mail.id] == waiting(change)
    attempt = claim(change, mail.id) or 0
    assert [PRIYA] == [one["address"] for one in mail.is_for(MailState.QUEUED, MailState.RETRY)]
    hand_over(change, mail.id, attempt)
    settle(change, mail.id, attempt, {PRIYA: SENT})
    assert {SAM: MailState.INDETERMINATE, PRIYA: MailState.SENT} == states(mail)
    assert (MailState.INDETERMINATE, "MailUncertain", []) == (mail.state, change.kinds[-1], waiting(change, days=99))


def test_what_may_have_arrived_is_sent_again_beside_what_was_put_off(change: UnitChange, mail: Outgoing) -> None:
    """Who was put off keeps their schedule, and whoever may have it gets it once more and never again."""
    began = change.now
    tried(change, mail, UNKNOWN, LATER)
    send_again(change, mail.id)
    assert ({SAM: MailState.QUEUED, PRIYA: MailState.RETRY}, began) == (states(mail), mail.tried_since)
    assert ["MailDelayed"] == tried(change, mail, UNKNOWN, LATER)
    send_again(change, mail.id)
    assert {SAM: MailState.INDETERMINATE, PRIYA: MailState.QUEUED} == states(mail)
    assert claim(change, mail.id) is not None
    settle(change, mail.id, mail.attempts, {PRIYA: NEVER})
    assert MailState.INDETERMINATE == mail.state
    with pytest.raises(Conflict, match="again already"):
        send_again(change, mail.id)


def test_after_two_days_it_has_failed(change: UnitChange, mail: Outgoing) -> None:
    began, times, kinds = change.now, [], ["MailDelayed"]
    while kinds == ["MailDelayed"]:
        kinds = tried(change, mail, LATER, LATER)
        times.append((change.now - began).total_seconds() / 60)
        if mail.due_at:
            change.moves(seconds=(mail.due_at - change.now).total_seconds())

    assert [0, 1, 6, 21, 81, 321, 561] == times[:7]
    assert 48 * 60 == times[-1]
    assert (["MailFailed"], MailState.FAILED, "Greylisted") == (kinds, mail.state, mail.said)
    send_again(change, mail.id)
    assert ["MailDelayed"] == tried(change, mail, LATER, LATER), "and may be tried anew"


@given(minutes=st.floats(0, 60 * 60))
def test_the_next_try_is_always_to_come_and_never_too_late(minutes: float) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    at = next_try(MONDAY, now)
    if at is not None:
        assert now + timedelta(minutes=1) <= at <= MONDAY + GIVE_UP + timedelta(minutes=1)
        assert at - now <= timedelta(hours=4)
    else:
        assert now >= MONDAY + GIVE_UP


def test_a_mail_without_a_mailbox_waits_for_one(change: UnitChange, mail: Outgoing) -> None:
    from tickets.email.mailbox import by_address

    box = by_address(change, "support@shop.example")
    assert box is not None
    mail.mailbox_id, box.active = None, False
    assert claim(change, mail.id) is None
    change.moves(minutes=2)
    box.active = True
    assert claim(change, mail.id) is not None
    assert box.id == mail.mailbox_id


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        (250, "2.0.0 Ok: queued", Verdict(MailState.SENT)),
        (252, "cannot verify", Verdict(MailState.SENT)),
        (421, "4.4.2 Bye", Verdict(MailState.RETRY, "Bye")),
        (550, "5.1.1 The mailbox\n5.1.1 is not there", Verdict(MailState.FAILED, "The mailbox is not there")),
        (350, "what?", Verdict(MailState.RETRY, "what?")),
        (550, "5.7.1 <b>\udcff\x00bad</b>", Verdict(MailState.FAILED, "<b>bad</b>")),
    ],
)
def test_an_answer_is_heard_for_what_it_is(code: int, text: str, verdict: Verdict) -> None:
    assert verdict == verdict_of(code, text)


def test_a_servers_speech_is_cut() -> None:
    assert 300 == len(readable("no " * 5000 + "x") + " ")
