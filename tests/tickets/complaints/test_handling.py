"""A complaint is owed an answer by a day; more time, a regulator, its cause and redress are written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from routing.calendars import BusinessCalendar
from routing.complaint_times import by_working_days
from routing.hours import add_calendar
from routing.queues import Queue
from routing.reactions import REACTIONS
from tests.cast import MONDAY, UnitChange, a_change, an_agent
from tests.routing.callbacks.calls import OFFICE, at
from tests.routing.floor import a_queue
from tickets.complaints import handling
from tickets.complaints.categories import MOST_DAYS, add_category, edit_category
from tickets.complaints.complaint import Complaint
from tickets.complaints.filing import Told, file
from tickets.errors import Conflict, Refused
from tickets.message import Message, MessageKind
from tickets.reactions import Reactions
from tickets.status import Priority


@pytest.mark.parametrize(
    ("filed", "days", "by"),
    [
        ("2026-11-23T10:00", 1, "2026-11-24T17:00"),  # Monday: the day of filing does not count
        ("2026-11-23T23:59", 1, "2026-11-24T17:00"),
        ("2026-11-20T10:00", 1, "2026-11-23T17:00"),  # over a weekend
        ("2026-11-21T10:00", 3, "2026-11-25T17:00"),  # filed on a Saturday
        ("2026-03-27T10:00", 1, "2026-03-30T17:00"),  # the clocks go forward on that Sunday
        ("2026-11-23T10:00", 20, "2026-12-21T17:00"),
    ],
)
def test_working_days_end_when_the_queue_closes(filed: str, days: int, by: str) -> None:
    assert at(by) == by_working_days(OFFICE, at(filed), days)


def test_all_that_can_be_promised_has_its_day() -> None:
    """Also where a queue is open on Saturdays alone."""
    saturdays = BusinessCalendar("UTC", ((),) * 5 + (((9 * 60, 17 * 60),), ()))

    last = MONDAY.replace(hour=17) + timedelta(days=5, weeks=MOST_DAYS - 1)
    assert last == by_working_days(saturdays, MONDAY, MOST_DAYS)


def test_each_category_has_its_own_days_and_what_it_promises_later_is_for_later_complaints() -> None:
    change = a_complaints_desk()
    first = filed(change)
    edit_category(change, "billing", names={"en": "Bills"}, priority=Priority.HIGH, active=True, answer_days=40)
    second = filed(change, "k-2")

    assert (at("2026-11-25T17:00"), at("2026-12-07T17:00")) == (first.acknowledge_by, first.answer_by)
    assert (None, at("2027-01-18T17:00")) == (second.acknowledge_by, second.answer_by)


@pytest.mark.parametrize(
    ("acknowledge", "answer", "field"), [(0, 5, "acknowledge_days"), (2, 366, "answer_days"), (5, 4, "answer_days")]
)
def test_days_that_cannot_be_meant_are_refused(acknowledge: int, answer: int, field: str) -> None:
    change = a_change()
    with pytest.raises(Refused) as refused:
        add_category(change, key="x", names={"en": "X"}, acknowledge_days=acknowledge, answer_days=answer)
    assert field == refused.value.field


def test_more_time_is_a_letter_to_the_customer_and_a_later_day() -> None:
    change = a_complaints_desk()
    complaint = filed(change)
    until = complaint.answer_by + timedelta(days=14) if complaint.answer_by else None
    assert until is not None

    for _ in range(2):
        handling.extend(change, complaint.ticket_id, until=until, reason="The courier looks for it.", client_id="e-1")
    change.settle(Reactions(REACTIONS))

    assert (until, change.now) == (complaint.answer_by, complaint.extended_at)
    assert ["The courier looks for it."] == letters(change)
    assert complaint.acknowledged_at == change.now, "they have heard from us"


def test_more_time_is_more_and_has_a_reason() -> None:
    change = a_complaints_desk()
    complaint = filed(change)
    assert complaint.answer_by is not None
    later = complaint.answer_by + timedelta(days=1)
    for until, reason, field in (
        (complaint.answer_by, "Because", "until"),
        (change.now + timedelta(days=400), "Because", "until"),
        (later, "  ", "reason"),
    ):
        with pytest.raises(Refused) as refused:
            handling.extend(change, complaint.ticket_id, until=until, reason=reason, client_id="e-1")
        assert field == refused.value.field
    complaint.outcome = "upheld"
    with pytest.raises(Conflict):
        handling.extend(change, complaint.ticket_id, until=later, reason="Because", client_id="e-2")
    assert [] == letters(change)


def test_a_regulator_is_named_once() -> None:
    change = a_complaints_desk()
    complaint = filed(change)

    for _ in range(2):
        handling.refer(change, complaint.ticket_id, regulator=" The Ombudsman ", reference="O-7")

    assert ("The Ombudsman", "O-7", change.now) == (
        complaint.regulator,
        complaint.regulator_reference,
        complaint.referred_at,
    )
    assert 1 == change.kinds.count("ComplaintReferred")
    with pytest.raises(Refused, match="Name the regulator"):
        handling.refer(change, complaint.ticket_id, regulator=" ")


@pytest.mark.parametrize(
    ("typed", "cents", "shown"),
    [("12.50", 1250, "12.50 EUR"), ("12,5", 1250, "12.50 EUR"), ("0", 0, "0.00 EUR"), ("", None, "")],
)
def test_what_they_got_is_kept_to_the_cent(typed: str, cents: int | None, shown: str) -> None:
    change = a_complaints_desk()
    complaint = filed(change)

    handling.examine(change, complaint.ticket_id, root_cause="A wrong label", redress=typed, currency="eur")

    assert ("A wrong label", cents, shown) == (
        complaint.root_cause,
        complaint.redress_cents,
        handling.amount(complaint),
    )


@pytest.mark.parametrize(
    ("typed", "currency", "field"),
    [(wrong, "EUR", "redress") for wrong in ("much", "-1", "1.234", "1e99", "1e999999", "9e-999999")]
    + [("5", "", "currency")],
)
def test_an_amount_that_is_none_is_refused_beside_its_field(typed: str, currency: str, field: str) -> None:
    change = a_complaints_desk()
    complaint = filed(change)
    with pytest.raises(Refused) as refused:
        handling.examine(change, complaint.ticket_id, root_cause="", redress=typed, currency=currency)
    assert field == refused.value.field


def a_complaints_desk() -> UnitChange:
    """Monday at ten in Berlin; Support is open from nine to five, and Ada is at work."""
    change = a_change()
    change.now = change.clock.at = at("2026-11-23T10:00")
    queue: Queue = a_queue(change, "Support")
    queue.calendar_id = add_calendar(change, "Office", OFFICE).id
    add_category(change, key="billing", names={"en": "Bills"}, acknowledge_days=2, answer_days=10)
    change.by = an_agent(change).actor
    change.write()
    return change


def filed(change: UnitChange, key: str = "k-1") -> Complaint:
    found = file(change, key, Told("billing", "You billed me twice", email="sam@mail.example"))
    change.settle(Reactions(REACTIONS))
    change.events.clear()
    return found.complaint


def letters(change: UnitChange) -> list[str]:
    return [one.text for one in change.rows(select(Message).where(Message.kind == MessageKind.OUT.value))]
