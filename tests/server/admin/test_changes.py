"""Each change of the settings is told to admins: when, by whom, what it was before and what it is since."""

from __future__ import annotations

import pytest

from routing.calendars import BusinessCalendar
from routing.hours import Calendar, add_calendar
from routing.queues import add_queue
from routing.sla.policy import SlaPolicy, Terms, add_policy
from server.admin import changes
from tests.routing.sla.promises import OFFICE, targets
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import tree
from tickets.change import Change

__all__ = ["step"]
PATH = "/app/admin/changes"


def lines(step: Doorstep, query: str = "") -> list[str]:
    found = tree(step.open(PATH + query)).xpath("//*[@id='changes']/li")
    return [" ".join(one.text_content().split()) for one in found]


def _furnish(change: Change) -> tuple[int, int]:
    hours = add_calendar(change, "Office", OFFICE)
    policy = add_policy(change, Terms("Everybody", targets({"first_reply": 60})))
    return hours.id, policy.id


def _edit(change: Change, hours: int, policy: int) -> None:
    change.take(Calendar, hours).set_hours(change, BusinessCalendar("UTC", (((600, 1020),),) * 5 + ((), ())))
    change.take(SlaPolicy, policy).edit(change, Terms("Everybody", targets({"first_reply": 30})))


def test_a_change_is_told_with_what_it_was_before(step: Doorstep) -> None:
    ids = step.change(_furnish)
    step.clock.moves(minutes=5)
    step.change(_edit, *ids, by=f"agent:{step.agents['Ines']}")
    policy, hours = lines(step)[:2]

    assert "SLA policies · Everybody Ines" in policy
    assert "Before: First reply within 30m (Urgent), 1h" in policy.replace(" m", "m").replace(" h", "h")
    assert "Since then: First reply within" in policy
    assert "Opening hours · Office Ines" in hours
    assert "Before: Monday 09:00-17:00" in hours
    assert "Since then: Monday 10:00-17:00" in hours


def test_they_are_found_by_area_and_by_person(step: Doorstep) -> None:
    ids = step.change(_furnish)
    step.clock.moves(minutes=5)
    step.change(_edit, *ids, by=f"agent:{step.agents['Ines']}")

    assert 2 == len(lines(step, "?area=PolicyChanged"))
    assert 2 == len(lines(step, f"?person={step.agents['Ines']}"))
    assert 1 == len(lines(step, f"?area=CalendarChanged&person={step.agents['Ines']}"))


def test_a_page_leads_to_the_next(step: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "AT_ONCE", 2)
    for name in ("Support", "Billing", "Returns"):
        step.change(lambda change, name: add_queue(change, name).id, name)
    first = tree(step.open(f"{PATH}?area=QueueChanged"))
    (older,) = first.xpath("//a[contains(@href, 'before=')]/@href")

    assert 2 == len(first.xpath("//*[@id='changes']/li"))
    assert ["Queues · Support"] == [one.text for one in tree(step.open(older)).xpath("//*[@id='changes']/li//b")]


def test_only_admins_read_them(step: Doorstep) -> None:
    step.client.cookies.clear()
    step.sign_in("Grace")
    assert 403 == step.open(PATH).status_code
