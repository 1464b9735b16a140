"""The days that a complaint's customer was told run as clocks, whatever policies say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from routing.hours import add_calendar
from routing.placing import place
from routing.sla.clock import SlaClock
from routing.sla.promises import promises
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.cast import an_agent
from tests.routing.callbacks.calls import OFFICE, at
from tests.routing.floor import a_queue, settle
from tests.routing.sla.promises import ALoggedChange, a_policy, clock_of, the_scheduler_looks, told
from tickets.complaints import complaint as complaints
from tickets.complaints import handling
from tickets.complaints.categories import add_category
from tickets.complaints.complaint import Complaint
from tickets.complaints.filing import Told, file
from tickets.errors import Refused
from tickets.status import Status
from tickets.ticket import Ticket


def a_complaint() -> tuple[ALoggedChange, Ticket]:
    """Filed on a Monday at ten in Berlin: two working days to acknowledge, ten to answer."""
    change = ALoggedChange()
    ada = an_agent(change)
    change.now = change.clock.at = at("2026-11-23T10:00")
    queue = a_queue(change, "Complaints")
    queue.calendar_id = add_calendar(change, "Office", OFFICE).id
    place(change, "complaint", "", queue.id)
    add_category(change, key="bills", names={"en": "Bills"}, acknowledge_days=2, answer_days=10)
    settle(change)
    found = file(change, "k-1", Told("bills", "Too much.", email="priya@mail.example"))
    settle(change)
    change.by = ada.actor
    return change, found.ticket


def test_each_is_due_when_its_last_working_day_closes_and_the_customer_reads_the_same() -> None:
    change, ticket = a_complaint()
    change.write()

    due = {"complaint_ack": at("2026-11-25T17:00"), "complaint_final": at("2026-12-07T17:00")}
    assert due == {metric: clock_of(change, ticket, metric).due_at for metric in due}
    assert due == promises(change.session, ticket.id)
    assert at("2026-11-25T17:00") == ticket.sla_due_at


def test_more_time_moves_the_final_answer_and_takes_a_breach_of_it_back() -> None:
    change, ticket = a_complaint()
    change.now = change.clock.at = at("2026-12-07T18:00")
    the_scheduler_looks(change)
    assert clock_of(change, ticket, "complaint_final").breached_at == at("2026-12-07T17:00")

    until = at("2026-12-20T23:59")
    handling.extend(change, ticket.id, until=until, reason="The bank has to answer first.", client_id="e-1")
    settle(change)

    clock = clock_of(change, ticket, "complaint_final")
    assert (until, None, "running") == (clock.due_at, clock.breached_at, clock.state)
    assert "withdraw" in told(change, ticket, "complaint_final")
    assert "met" == clock_of(change, ticket, "complaint_ack").state


def test_a_policy_keeps_its_word_where_the_category_gave_none() -> None:
    change = ALoggedChange()
    an_agent(change)
    a_policy(change, {"complaint_ack": 60, "complaint_final": 600})
    add_category(change, key="bills", names={"en": "Bills"}, answer_days=10)
    settle(change)
    found = file(change, "k-1", Told("bills", "Too much.", email="priya@mail.example"))
    settle(change)
    ticket = found.ticket

    assert change.now + timedelta(hours=1) == clock_of(change, ticket, "complaint_ack").due_at
    assert found.complaint.answer_by == clock_of(change, ticket, "complaint_final").due_at


def test_more_time_is_more_than_a_policy_promised() -> None:
    """Where the category gave no day, the policy's is the one that they were told."""
    change = ALoggedChange()
    ada = an_agent(change)
    a_policy(change, {"complaint_final": 30 * 24 * 60})
    add_category(change, key="bills", names={"en": "Bills"})
    settle(change)
    ticket = file(change, "k-1", Told("bills", "Too much.", email="priya@mail.example")).ticket
    settle(change)
    due = clock_of(change, ticket, "complaint_final").due_at
    change.by = ada.actor
    assert due is not None

    handling.extend(change, ticket.id, until=due, reason="The bank is slow.", client_id="e-1")
    with pytest.raises(Refused) as refused:
        settle(change)
    assert "until" == refused.value.field


def test_a_day_after_the_one_that_a_policy_promised_is_more_time() -> None:
    change = ALoggedChange()
    ada = an_agent(change)
    a_policy(change, {"complaint_final": 600})
    add_category(change, key="bills", names={"en": "Bills"})
    settle(change)
    ticket = file(change, "k-1", Told("bills", "Too much.", email="priya@mail.example")).ticket
    settle(change)
    change.by, until = ada.actor, change.now + timedelta(days=2)

    handling.extend(change, ticket.id, until=until, reason="The bank is slow.", client_id="e-1")
    settle(change)
    assert until == clock_of(change, ticket, "complaint_final").due_at


def test_a_bot_acknowledges_nothing() -> None:
    """Only a person can say that somebody looks into it; the next word of one does."""
    change, ticket = a_complaint()
    change.by = "bot:1"
    ticket.reply(change, "We have your message.", client_id="b-1", name="Bot")
    settle(change)
    assert (None, "running") == (_acknowledged(change, ticket), clock_of(change, ticket, "complaint_ack").state)

    change.moves(hours=1)
    change.by = "agent:1"
    ticket.reply(change, "I look into it.", client_id="a-1", name="Ada")
    settle(change)
    assert (change.now, "met") == (_acknowledged(change, ticket), clock_of(change, ticket, "complaint_ack").state)


def _acknowledged(change: ALoggedChange, ticket: Ticket) -> datetime | None:
    return change.take(Complaint, ticket.id).acknowledged_at


def test_taken_for_spam_and_back_it_is_still_owed_and_a_replay_says_the_same() -> None:
    change, ticket = a_complaint()
    for status in (Status.SPAM, Status.OPEN):
        change.moves(hours=1)
        ticket.set_status(change, status)
        settle(change)
    change.moves(hours=1)
    handling.extend(change, ticket.id, until=at("2026-12-20T23:59"), reason="The bank is slow.", client_id="e-1")
    settle(change)
    change.moves(hours=1)
    complaints.decide(change, ticket.id, outcome="upheld", reason="You are right.", client_id="d-1")
    settle(change)
    change.write()

    really = [_facts(one) for one in change.rows(select(SlaClock).order_by(SlaClock.id))]  # type: ignore[arg-type]
    (story,) = stories(change.session, [ticket.id])
    assert {"met"} == {state for _, state, *_ in really}
    assert really == [_facts(one) for one in retell(story, as_it_was(change.session), change.now)]


def _facts(clock: SlaClock) -> tuple[object, ...]:
    return clock.metric, clock.state, clock.cycle, clock.started_at, clock.due_at, clock.breached_at, clock.ended_at
