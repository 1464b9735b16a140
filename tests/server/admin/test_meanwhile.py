"""Two admins edit the same thing at once: neither writes over what they have not seen."""

from __future__ import annotations

from typing import Any

from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.queues import add_queue
from routing.sla.policy import Terms, add_policy
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, in_field, tree

__all__ = ["step"]
WEEKDAYS = BusinessCalendar("UTC", (((540, 1080),),) * 5 + ((), ()))


def a_queue(step: Doorstep) -> str:
    def adds(change: Any) -> int:
        return add_queue(change, "Front", members=[step.agents["Ada"], step.agents["Grace"]]).id

    return f"/app/admin/queues/{step.change(adds)}"


def test_what_was_saved_meanwhile_is_taken_in_where_nothing_was_written_and_shown_where_something_was(
    step: Doorstep,
) -> None:
    """A queue is open in two windows, a colleague's or one's own. Who saves last sees both values, then decides."""
    path, ada = a_queue(step), str(step.agents["Ada"])
    opened = fields_of(step.open(path))
    step.submit(path, {**opened, "members": [ada], "ring_seconds": "40", "soon_seconds": "45"})

    late = step.submit(path, {**opened, "ring_seconds": "25", "name": "Reception"})

    assert 409 == late.status_code
    assert "by somebody else or in another window of yours." in tree(late).xpath('//*[@role="alert"]')[0].text_content()
    shown = fields_of(late)
    assert ([ada], "45") == (shown["members"], shown["soon_seconds"])
    assert ("25", "Reception") == (shown["ring_seconds"], shown["name"])
    assert "yours is still in the field" in beside(late, "ring_seconds")
    assert ["40"] == [one.text_content() for one in tree(late).xpath('//*[@class="theirs"]')]
    assert "what stands here now" in beside(late, "soon_seconds")
    assert not beside(late, "name")

    assert 303 == step.submit(path, shown).status_code
    kept = fields_of(step.open(path))
    assert ([ada], "45", "25", "Reception") == tuple(
        kept[name] for name in ("members", "soon_seconds", "ring_seconds", "name")
    )


def test_who_changed_nothing_writes_over_nothing(step: Doorstep) -> None:
    path = a_queue(step)
    opened = fields_of(step.open(path))
    step.submit(path, {**opened, "soon_seconds": "45"})

    assert 303 == step.submit(path, opened).status_code
    assert "45" == fields_of(step.open(path))["soon_seconds"]


def test_a_target_is_one_thing(step: Doorstep) -> None:
    """Half of one person's hour and half of another's day make a promise that nobody wrote."""
    hour = {"first_reply": {"urgent": {"minutes": 60, "business": False}}}
    policy = step.change(lambda change: add_policy(change, Terms(name="Standard", targets=hour)).id)
    path = f"/app/admin/policies/{policy}"
    opened = fields_of(step.open(path))
    step.submit(path, {**opened, "first_reply-urgent": "2"})

    late = step.submit(path, {**opened, "first_reply-urgent-unit": "days"})

    assert 409 == late.status_code
    assert ["2, hours, 24/7"] == [one.text_content() for one in tree(late).xpath('//*[@class="theirs"]')]
    assert ("1", "days") == (
        in_field(late, "first_reply-urgent").get("value"),
        fields_of(late)["first_reply-urgent-unit"],
    )


def test_hours_are_not_written_over_either_and_a_page_that_is_sent_back_as_it_came_is_taken(step: Doorstep) -> None:
    calendar = step.change(lambda change: add_calendar(change, "Office", WEEKDAYS).id)
    path = f"/app/admin/hours/{calendar}"
    opened = fields_of(step.open(path))
    step.submit(path, {**opened, "days": "2026-12-25\n2026-12-26"})

    late = step.submit(path, {**opened, "day5": "10:00-12:00"})

    assert 409 == late.status_code
    assert ["2026-12-25", "2026-12-26"] == fields_of(late)["days"].split()
    assert 303 == step.submit(path, fields_of(late)).status_code
    for one in (path, a_queue(step), "/app/admin/capacity", "/app/admin/survey"):
        assert 303 == step.submit(one, fields_of(step.open(one))).status_code
