"""How a matter sleeps, ends and begins again."""

from datetime import timedelta

import pytest

from tests.cast import a_change, a_ticket, an_agent
from tests.tickets.test_ticket import ADA, BO, a_told_ticket, says
from tickets.errors import Conflict, Refused
from tickets.status import Status


def test_a_resolved_ticket_waits_for_nothing() -> None:
    change = a_change()
    ticket = a_ticket(change, live=True)
    ada = an_agent(change)
    ticket.assign(change, ada)
    ticket.receive(change, "Hello?", client_id="1")
    change.events.clear()

    ticket.resolve(change)
    ticket.resolve(change)

    assert (Status.RESOLVED, change.now, None, False) == (
        ticket.status,
        ticket.resolved_at,
        ticket.waiting_since,
        ticket.live,
    )
    assert ["TicketResolved"] == change.kinds
    assert ada.id == ticket.agent_id  # who settled it stays known


def test_what_only_a_bot_has_answered_still_waits_when_it_is_reopened() -> None:
    """It used to count as answered, though nobody's waiting had ended by it."""
    change = a_change()
    ticket = a_ticket(change, live=True)
    ticket.receive(change, "Where is my parcel?", client_id="1")
    change.moves(minutes=1)
    with change.acting_as("bot:greeter"):
        ticket.reply(change, "We will be with you soon.", client_id="b-1", name="Greeter")
    ticket.resolve(change)
    change.moves(days=1)

    ticket.reopen(change)

    assert change.began == ticket.waiting_since


@pytest.mark.parametrize("done", [Status.RESOLVED, Status.CLOSED, Status.SPAM])
def test_reopening_joins_the_line_anew(done: Status) -> None:
    change = a_change()
    ticket = a_ticket(change)
    ticket.set_status(change, done)
    change.moves(days=2)

    ticket.reopen(change)
    ticket.reopen(change)

    assert (Status.OPEN, None, change.now) == (ticket.status, ticket.resolved_at, ticket.queued_at)
    assert 1 == change.kinds.count("TicketReopened")


@pytest.mark.parametrize("done", [Status.RESOLVED, Status.CLOSED, Status.SPAM])
def test_who_has_no_answer_still_waits_for_one_when_it_is_opened_again(done: Status) -> None:
    """Since the first message after the last answer; who was answered waits for nothing."""
    ticket, change = a_told_ticket()
    says(ticket, change, "It came broken.")
    says(ticket, change, "You get a new one.", by=ADA)
    change.moves(minutes=5)
    asked = change.now
    says(ticket, change, "When?")
    change.moves(minutes=5)
    says(ticket, change, "Hello?")
    ticket.set_status(change, done)
    assert ticket.waiting_since is None
    change.moves(minutes=1)
    ticket.reopen(change)
    assert asked == ticket.waiting_since

    says(ticket, change, "Today.", by=BO)
    ticket.set_status(change, done)
    ticket.set_status(change, Status.PENDING)
    assert (Status.PENDING, None) == (ticket.status, ticket.waiting_since)


def test_an_agents_answer_to_a_done_ticket_opens_it() -> None:
    change = a_change(by="agent:7")
    ticket = a_ticket(change)
    ticket.resolve(change)

    ticket.reply(change, "One more thing", client_id="1", name="Ada")

    assert Status.OPEN == ticket.status


def test_any_status_can_be_chosen_and_the_same_one_changes_nothing() -> None:
    """Every way from one status to another ends there, and says so exactly once."""
    for before in Status:
        for after in Status:
            change = a_change()
            ticket = a_ticket(change)
            ticket.set_status(change, before)
            settled = ticket.status
            change.events.clear()

            ticket.set_status(change, after)

            already_done = after is Status.RESOLVED and before.category is Status.RESOLVED.category
            assert (settled if already_done else after) == ticket.status
            assert (0 if already_done or before is after else 1) == len(change.events), (before, after)


def test_somebody_at_the_other_end_comes_and_goes() -> None:
    change = a_change()
    ticket = a_ticket(change)
    change.events.clear()

    ticket.begin_live(change)
    ticket.begin_live(change)
    assert ticket.live
    ticket.end_live(change)
    ticket.end_live(change)

    assert (False, ["LiveBegan", "LiveEnded"]) == (ticket.live, change.kinds)


def test_who_comes_back_to_a_done_chat_opens_it() -> None:
    change = a_change()
    ticket = a_ticket(change, live=True)
    ticket.resolve(change)
    change.events.clear()

    ticket.begin_live(change)

    assert (True, ["TicketReopened", "LiveBegan"]) == (ticket.live, change.kinds)


def test_a_snooze_lasts_until_the_customer_writes() -> None:
    ticket, change = a_told_ticket(status=Status.PENDING)
    until = change.now + timedelta(days=3)

    ticket.snooze(change, until)
    ticket.snooze(change, until)
    assert (until, Status.PENDING) == (ticket.snoozed_until, ticket.status)
    assert ["TicketSnoozed"] == change.kinds

    says(ticket, change, "Any news?")
    assert (None, ["TicketWoken", "StatusChanged", "MessageReceived"]) == (ticket.snoozed_until, change.kinds[1:])


@pytest.mark.parametrize("end", [Status.RESOLVED, Status.CLOSED, Status.SPAM])
def test_what_is_done_no_longer_sleeps(end: Status) -> None:
    """It used to wake up as spam, three days later."""
    ticket, change = a_told_ticket()
    ticket.snooze(change, change.now + timedelta(days=3))

    ticket.set_status(change, end)

    assert (None, end) == (ticket.snoozed_until, ticket.status)


def test_a_snooze_lies_ahead_and_on_open_work() -> None:
    ticket, change = a_told_ticket()

    with pytest.raises(Refused, match="still to come"):
        ticket.snooze(change, change.now)
    ticket.resolve(change)
    with pytest.raises(Conflict, match="already done"):
        ticket.snooze(change, change.now + timedelta(hours=1))
