"""A complaint is acknowledged once, decided with a reason, and never closed before that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from routing.reactions import REACTIONS
from tests.cast import a_change, a_ticket
from tests.tickets.complaints.grievance import a_complaint, settle
from tickets import by_hand
from tickets.change import Change
from tickets.complaints.complaint import Complaint, Outcome, decide
from tickets.complaints.events import ComplaintDecided
from tickets.email.outgoing import Outgoing
from tickets.errors import Conflict, Refused
from tickets.message import Message
from tickets.reactions import Reactions
from tickets.status import Status
from tickets.ticket import Ticket


@pytest.mark.parametrize("step", ["resolve", "choose resolved", "close"])
def test_a_complaint_is_not_closed_without_an_outcome(step: str) -> None:
    """By whichever way: the button, the menu, or closing for good."""
    _, ticket, _, change = a_complaint()
    _take_step(step, change, ticket, "s-1")
    with pytest.raises(Refused, match="needs an outcome"):
        settle(change)


@pytest.mark.parametrize("status", [Status.SPAM, Status.PENDING, Status.ON_HOLD])
def test_spam_is_no_complaint_and_waiting_is_no_end(status: Status) -> None:
    _, ticket, _, change = a_complaint()
    ticket.set_status(change, status)
    settle(change)

    assert status == ticket.status


def test_another_ticket_is_closed_as_before() -> None:
    change = a_change(by="agent:7")
    ticket = a_ticket(change)
    ticket.resolve(change)
    change.settle(Reactions(REACTIONS))

    assert ticket.done


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_decision_is_told_and_closes_it(outcome: Outcome) -> None:
    """The reason goes the way of every answer: to the timeline, and by mail to who gave an address."""
    complaint, ticket, ada, change = a_complaint()

    decide(change, ticket.id, outcome=outcome, reason=" We were late. ", client_id="d-1")
    settle(change)

    answer = change.one(select(Message).where(Message.id == complaint.answer_id))
    assert answer is not None
    assert ("We were late.", "out", ada.name) == (answer.text, answer.kind, answer.name)
    assert (outcome, "We were late.", change.now) == (complaint.outcome, complaint.reason, complaint.decided_at)
    assert (Status.RESOLVED, ada.id) == (ticket.status, ticket.agent_id)
    mails = change.rows(select(Outgoing).where(Outgoing.message_id == complaint.answer_id))
    assert ["sam@mail.example"] == [mail.to_address for mail in mails] or not _answers_by_mail()
    assert ComplaintDecided(ticket=ticket.id, outcome=outcome) in change.recorded


@pytest.mark.parametrize(
    ("outcome", "reason", "field"),
    [("", "Because", "outcome"), ("maybe", "Because", "outcome"), ("upheld", " \u2063 ", "reason")],
)
def test_a_decision_needs_both(outcome: str, reason: str, field: str) -> None:
    _, ticket, _, change = a_complaint()

    with pytest.raises(Refused) as refusal:
        decide(change, ticket.id, outcome=outcome, reason=reason, client_id="d-1")
    assert field == refusal.value.field


def test_nobody_decides_over_a_colleague() -> None:
    _, ticket, _, change = a_complaint()
    decide(change, ticket.id, outcome="upheld", reason="Yes", client_id="d-1", shown_outcome="")

    with pytest.raises(Conflict, match="decided meanwhile"):
        decide(change, ticket.id, outcome="not_upheld", reason="No", client_id="d-2", shown_outcome="")


def test_the_same_decision_again_is_one() -> None:
    complaint, ticket, _, change = a_complaint()
    for _ in range(2):
        decide(change, ticket.id, outcome="upheld", reason="Yes", client_id="d-1", shown_outcome="")

    assert 2 == len(change.rows(select(Message)))
    assert "upheld" == complaint.outcome


def test_a_decision_can_be_another_after_the_customer_wrote_again() -> None:
    complaint, ticket, _, change = a_complaint()
    decide(change, ticket.id, outcome="not_upheld", reason="No", client_id="d-1")
    with change.acting_as(f"customer:{ticket.customer_id}"):
        ticket.receive(change, "Look at this photo.", client_id="c-2")
    assert not ticket.done

    decide(change, ticket.id, outcome="upheld", reason="You are right", client_id="d-2", shown_outcome="not_upheld")
    settle(change)

    assert ("upheld", "You are right", Status.RESOLVED) == (complaint.outcome, complaint.reason, ticket.status)


def test_the_first_answer_acknowledges_it_and_the_second_does_not() -> None:
    complaint, ticket, _, change = a_complaint()
    by_hand.note(change, ticket.id, text="Odd", client_id="n-1")
    settle(change)
    assert complaint.acknowledged_at is None

    by_hand.reply(change, ticket.id, text="We look into it.", client_id="a-1")
    settle(change)
    first = complaint.acknowledged_at
    change.moves(minutes=5)
    by_hand.reply(change, ticket.id, text="Still at it.", client_id="a-2")
    settle(change)

    assert change.began == first == complaint.acknowledged_at
    assert 1 == change.kinds.count("ComplaintAcknowledged")


def test_a_click_acknowledges_it_and_tells_the_customer() -> None:
    complaint, _, _, change = a_complaint()

    assert complaint.acknowledge(change)
    assert not complaint.acknowledge(change)
    settle(change)

    notices = [one.notice for one in change.rows(select(Outgoing).order_by(col(Outgoing.id))) if one.notice]
    assert ["complaint", "complaint_acknowledged"] == notices


def test_answering_a_chat_asks_nothing_about_complaints() -> None:
    """The law looks at the channel first: answers are the hot path."""
    change = a_change(by="agent:7")
    ticket = a_ticket(change)
    ticket.reply(change, "Hello", client_id="a-1", name="Ada")
    change.settle(Reactions([(kind, reaction) for kind, reaction in REACTIONS if "complaints" in reaction.__module__]))

    assert not any(isinstance(row, Complaint) for row in change.session.identity_map.values())


@given(st.lists(st.sampled_from(["answer", "write", "resolve", "close", "spam", "decide", "reopen"]), max_size=9))
@settings(max_examples=30, deadline=None)
def test_whatever_is_done_in_whatever_order_closed_means_decided(steps: list[str]) -> None:
    complaint, ticket, _, change = a_complaint()
    for number, step in enumerate(steps):
        try:
            _take_step(step, change, ticket, f"s-{number}")
            settle(change)
        except Refused:
            return  # the desk undoes all of it
        closed = ticket.status in {Status.RESOLVED, Status.CLOSED}
        assert complaint.decided or not closed
        assert complaint.decided == (complaint.decided_at is not None) == (complaint.reason != "")
        assert not (complaint.decided and complaint.acknowledged_at is None)


def _take_step(step: str, change: Change, ticket: Ticket, id: str) -> None:
    deeds: dict[str, Callable[[], object]] = {
        "answer": lambda: by_hand.reply(change, ticket.id, text="Hello", client_id=id),
        "write": lambda: ticket.receive(change, "Hello?", client_id=id),
        "resolve": lambda: ticket.resolve(change),
        "choose resolved": lambda: ticket.set_status(change, Status.RESOLVED),
        "close": lambda: ticket.set_status(change, Status.CLOSED),
        "spam": lambda: ticket.set_status(change, Status.SPAM),
        "decide": lambda: decide(change, ticket.id, outcome="partly", reason="Half of it", client_id=id),
        "reopen": lambda: ticket.reopen(change),
    }
    deeds[step]()


def _answers_by_mail() -> bool:
    return any("outbox" in reaction.__module__ for _, reaction in REACTIONS)
