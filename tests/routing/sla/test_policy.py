"""What an admin may promise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.queues import Delivery, add_queue
from routing.sla.choosing import Facts, Promise, choose, promise
from routing.sla.policy import SlaPolicy, Terms, add_policy, policies, remove_policy, reorder
from routing.sla.targets import LONGEST_TARGET
from tests.cast import a_change
from tests.routing.floor import settle
from tests.routing.sla.promises import OFFICE, a_policy, office_hours, targets
from tickets.errors import Conflict, NotFound, Refused

PAUSES = {"pausable_update": ["pending"], "resolution": ["pending"], "agent_work": ["pending", "on_hold"]}
HOUR = {"normal": {"minutes": 60, "business": False}}


def reply(minutes: Any, **more: Any) -> dict[str, dict[str, dict[str, Any]]]:
    return {"first_reply": {"normal": {"minutes": minutes, **more}}}


def test_a_policy_is_kept_as_it_was_given() -> None:
    change = a_change()
    queue, hours = add_queue(change, "Support"), office_hours(change)
    terms = Terms(" Gold  customers ", reply(60, business=True), ["email", "chat"], [queue.id], ["Bills"], hours.id)
    policy = add_policy(change, terms)

    kept = (policy.name, policy.channels, policy.queues, policy.categories, policy.calendar_id, policy.pauses)
    assert ("Gold customers", ["chat", "email"], [queue.id], ["Bills"], hours.id, PAUSES) == kept
    assert reply(60, business=True) == policy.targets
    assert ["PolicyChanged"] == [kind for kind in change.kinds if kind == "PolicyChanged"]


@pytest.mark.parametrize("minutes", [1, LONGEST_TARGET])
def test_a_target_is_between_a_minute_and_a_year(minutes: int) -> None:
    assert minutes == add_policy(a_change(), Terms("P", reply(minutes))).targets["first_reply"]["normal"]["minutes"]


@pytest.mark.parametrize("minutes", [0, -5, LONGEST_TARGET + 1, 10**9, 1.5, "60", None, True])
def test_what_nobody_could_keep_is_refused(minutes: Any) -> None:
    with pytest.raises(Refused, match="between 15 seconds and one year"):
        add_policy(a_change(), Terms("P", reply(minutes)))


@pytest.mark.parametrize(
    "targets", [{"speed": HOUR}, {"callback_window": HOUR}, {"first_reply": {"extreme": {"minutes": 60}}}]
)
def test_what_we_do_not_know_is_refused(targets: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    with pytest.raises(Refused, match="There is no such"):
        add_policy(a_change(), Terms("P", targets))


@pytest.mark.parametrize("terms", [{"queues": [99]}, {"calendar_id": 99}])
def test_what_is_not_there_is_not_found(terms: Any) -> None:
    with pytest.raises(NotFound):
        add_policy(a_change(), Terms("P", reply(60), **terms))


def test_a_channel_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="no such channel"):
        add_policy(a_change(), Terms("P", reply(60), channels=["fax"]))


def test_business_hours_need_some_hours() -> None:
    with pytest.raises(Refused, match="no opening hours yet"):
        add_policy(a_change(), Terms("P", reply(60, business=True)))


def test_a_target_that_its_hours_never_reach_is_refused() -> None:
    change = a_change()
    days = add_calendar(change, "Fair", BusinessCalendar("UTC", ((),) * 7, special={date(2026, 12, 1): ((540, 1020),)}))

    with pytest.raises(Refused, match="more than two years"):
        add_policy(change, Terms("P", reply(9 * 60, business=True), calendar_id=days.id))
    assert days.id == add_policy(change, Terms("P", reply(8 * 60, business=True), calendar_id=days.id)).calendar_id


@pytest.mark.parametrize("whose", ["its own", "a queue's", "any queue's"])
def test_hours_in_which_a_promise_would_never_end_are_refused(whose: str) -> None:
    """Row 44, also where only a date that comes once a year is left of them; the policy is named."""
    change = a_change()
    hours, support = office_hours(change), add_queue(change, "Support")
    support.calendar_id = None if whose == "its own" else hours.id
    terms = Terms(
        "Everybody",
        reply(10 * 60, business=True),
        queues=[support.id] if whose == "a queue's" else [],
        calendar_id=hours.id if whose == "its own" else None,
    )
    add_policy(change, terms)
    settle(change)

    hours.set_hours(change, BusinessCalendar("UTC", ((),) * 7, yearly={(12, 24): ((540, 600),)}))
    with pytest.raises(Refused, match="policy Everybody takes more than two years"):
        settle(change)
    hours.set_hours(change, BusinessCalendar("UTC", (((540, 600),), *((),) * 6)))
    settle(change)


def test_a_promise_that_can_never_fall_due_in_the_hours_of_its_queue_is_refused_either_way() -> None:
    """Be the policy written, or the queue given the hours; other queues' hours do not matter."""
    change = a_change()
    hours, support, sales = office_hours(change), add_queue(change, "Support"), add_queue(change, "Sales")
    year = {"resolution": {"high": {"minutes": 365 * 24 * 60, "business": True}}}
    support.set_rules(change, delivery=Delivery.PULL, calendar_id=hours.id)
    settle(change)

    for queues in ([], [support.id]):
        with pytest.raises(Refused, match="queue Support the longest target") as refused:
            add_policy(change, Terms("A year", year, queues=queues))
        assert "calendar_id" == refused.value.field
    add_policy(change, Terms("A year", year, queues=[sales.id]))
    settle(change)

    sales.set_rules(change, delivery=Delivery.PULL, calendar_id=hours.id)
    with pytest.raises(Refused, match="policy A year takes more than two years") as refused:
        settle(change)
    assert "calendar_id" == refused.value.field


def test_hours_that_no_promise_is_counted_in_may_be_few() -> None:
    change = a_change()
    hours, others = office_hours(change), add_calendar(change, "Others", OFFICE)
    add_queue(change, "Support").calendar_id = hours.id
    add_policy(change, Terms("Every hour", reply(10 * 60)))
    add_policy(change, Terms("Others", reply(10 * 60, business=True), calendar_id=others.id))

    few = BusinessCalendar("UTC", ((),) * 7, yearly={(12, 24): ((540, 600),)})
    hours.set_hours(change, few)
    settle(change)
    assert few == hours.hours


def test_a_name_is_needed_and_taken_once() -> None:
    change = a_change()
    first = a_policy(change, name="Gold")
    first.edit(change, Terms("gold", first.targets))

    with pytest.raises(Conflict, match="already a policy named gold"):
        a_policy(change, name="GOLD")
    with pytest.raises(Refused, match="needs a name"):
        a_policy(change, name=" ")


def test_an_edit_is_another_version_and_no_edit_is_none() -> None:
    change = a_change()
    policy = a_policy(change)
    change.events.clear()

    policy.edit(change, Terms(policy.name, policy.targets))
    policy.set_active(change, True)
    assert (1, []) == (policy.version, change.kinds)
    policy.edit(change, Terms(policy.name, policy.targets, pauses={}))
    policy.set_active(change, False)
    assert (3, ["PolicyChanged", "PolicyChanged"]) == (policy.version, change.kinds)


def test_policies_stand_in_the_order_in_which_they_are_asked() -> None:
    change = a_change()
    first, second, third = [a_policy(change, name=name) for name in ("A", "B", "C")]
    reorder(change, [third.id, first.id, second.id])
    change.write()
    assert [third, first, second] == policies(change.session)

    with pytest.raises(Conflict, match="another by now"):
        reorder(change, [first.id, second.id])
    remove_policy(change, first.id)
    change.write()
    assert [third, second] == policies(change.session)


def fitting(number: int, **only: Any) -> SlaPolicy:
    fits = {"channels": [], "queues": [], "categories": [], **only}
    return SlaPolicy(id=number, name=str(number), position=number, targets={}, **fits)


@pytest.mark.parametrize(
    ("chosen", "channel", "queue", "category"),
    [
        (1, "email", 7, "Bills"),
        (2, "email", 7, ""),
        (2, "chat", 7, "Bills"),
        (3, "chat", 8, ""),
        (3, "email", None, ""),
    ],
)
def test_the_first_that_fits_is_chosen(chosen: int, channel: str, queue: int | None, category: str) -> None:
    known = [fitting(3), fitting(2, queues=[7]), fitting(1, channels=["email"], queues=[7], categories=["Bills"])]

    assert chosen == choose(known, Facts(channel, queue, category))


def test_where_none_fits_none_is_chosen() -> None:
    assert choose([fitting(1, channels=["email"])], Facts("chat", None, "")) is None


def test_business_time_is_the_policys_or_the_queues_or_every_hour() -> None:
    """A desk that says nothing of its hours is always open."""
    wanted = targets({"resolution": 60}, business=True)

    assert Promise(3600, 1, business=True) == promise(wanted, "resolution", "normal", [1, 2])
    assert Promise(3600, 2, business=True) == promise(wanted, "resolution", "normal", [None, 2])
    assert Promise(3600, None, business=True) == promise(wanted, "resolution", "normal", [None, None])
    assert Promise(3600, 1, business=False) == promise(targets({"resolution": 60}), "resolution", "normal", [1, 2])
    assert promise(wanted, "first_reply", "normal", [1]) is None
