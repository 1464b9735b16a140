"""Each change of the settings is told to admins: when, by whom, what it was before and what it is since."""

from __future__ import annotations

from typing import Any

import pytest

from routing.calendars import BusinessCalendar
from routing.hours import Calendar, add_calendar
from routing.queues import add_queue
from routing.sla.policy import SlaPolicy, Terms, add_policy
from server.admin import changes
from tests.routing.sla.promises import OFFICE, targets
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of, rows, tree
from tickets.change import Change
from tickets.forms.edits import edits_of
from tickets.forms.fields import Field, Form
from tickets.setting_change import SettingChange
from widgets import edit_words

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


def saved(step: Doorstep, path: str, **other: Any) -> None:
    """The form of this page as it stands there, but for these fields."""
    shown = fields_of(step.open(path))
    assert 303 == step.submit(path, {**shown, **other}).status_code
    step.clock.moves(minutes=1)


def test_what_was_changed_in_a_form_is_told_from_what_to_what(step: Doorstep) -> None:
    ada, grace = step.agents["Ada"], step.agents["Grace"]
    queue_id = step.change(lambda change: add_queue(change, "Support", members=[ada]).id)
    step.clock.moves(minutes=1)
    path = f"/app/admin/queues/{queue_id}"
    saved(step, path, name="Help", delivery="offer", ring_seconds="30", members=[str(grace)])
    (line,) = lines(step, f"?area=QueueChanged&person={step.agents['Ines']}")

    assert "Queues · Help Ines" in line
    assert "“Name” was “Support”, and is “Help” now." in line
    delivery = "was Agents take the next one, and is Offered to one agent after another now."
    assert f"“How its tickets reach agents” {delivery}" in line
    assert "“How long an offer rings, in seconds” is 30 now." in line
    assert "“Members”: Grace added, Ada taken out." in line

    saved(step, path, ring_seconds="", **{f"delay-{grace}": "45"})
    line = lines(step, f"?area=QueueChanged&person={step.agents['Ines']}")[0]
    assert "“How long an offer rings, in seconds” was 30, and is empty now." in line
    assert "“Who sees its work later · Grace” is 45 now." in line
    assert "Name" not in line


def test_a_name_that_was_changed_together_with_the_hours_is_told(step: Doorstep) -> None:
    """Of hours their versions are kept, and those have no name: it was left out."""
    hours, _ = step.change(_furnish)
    step.clock.moves(minutes=1)
    saved(step, f"/app/admin/hours/{hours}", name="Counter", day0="10:00-17:00")
    line = lines(step)[0]

    assert "“Name” was “Office”, and is “Counter” now." in line
    assert "Since then: Monday 10:00-17:00" in line
    assert 1 == line.count("10:00-17:00")


def test_what_was_archived_or_removed_is_told_as_that(step: Doorstep) -> None:
    queue_id = step.change(lambda change: add_queue(change, "Support").id)
    step.submit(f"/app/admin/queues/{queue_id}/archive", {}, via=f"/app/admin/queues/{queue_id}")

    assert "Queues · Support Ines" in lines(step)[0]
    assert "Archived." in lines(step)[0]


def test_a_form_that_was_sent_as_it_stood_changes_nothing(step: Doorstep) -> None:
    queue_id = step.change(lambda change: add_queue(change, "Support").id)
    saved(step, f"/app/admin/queues/{queue_id}")
    assert [] == step.look(rows(SettingChange))


def test_a_secret_is_not_told() -> None:
    form = Form([Field("secret", "Password", "password"), Field("on", "In use", "tick")], {"secret": "one"})
    form.texts |= {"secret": "two", "on": "yes"}
    said = edit_words.sentences("en", edits_of(form))

    assert ["“Password” is another one now.", "“In use” is on now."] == said
    assert "one" not in str(edits_of(form)[0].values()).replace("None", "")


def test_a_label_that_stands_there_twice_is_told_with_its_heading() -> None:
    fields = [Field("one", "After so many seconds", "number", group="If nobody comes")]
    form = Form([*fields, Field("two", "After so many seconds", "number", group="And at last")])
    form.texts["two"] = "90"

    assert ["“And at last · After so many seconds” is 90 now."] == edit_words.sentences("en", edits_of(form))


def test_only_admins_read_them(step: Doorstep) -> None:
    step.client.cookies.clear()
    step.sign_in("Grace")
    assert 403 == step.open(PATH).status_code


def test_of_a_policy_all_that_was_changed_at_once_is_told(step: Doorstep) -> None:
    """Besides a target: whom a step gives tickets to, who may read it, and when a matter begins anew."""
    _, policy = step.change(_furnish)
    path, ada = f"/app/admin/policies/{policy}", step.agents["Ada"]
    at_half = {"step0": "50", "step0-when": "used", "step0-does": f"assign {ada}"}
    saved(step, path, **{"first_reply-low": "3", **at_half, "published": "yes", "fresh_after_days": "30"})
    saved(step, path, **{"first_reply-low": "2", "step0-does": "tell holder", "published": []})

    second, first = lines(step)[:2]

    assert ["First reply within" in one for one in (first, second)] == [True, True]
    assert "50 percent of the time are used: Give it to Ada" in first.partition("Since then")[2]
    assert "50 percent of the time are used: Give it to Ada" in second.partition("Since then")[0]
    assert "50 percent of the time are used: Mail whoever has it" in second.partition("Since then")[2]
    assert "Customers may read it" in first.partition("Since then")[2]
    assert "Customers may read it" in second.partition("Since then")[0]
    assert "Reopened as a new matter after this many days: 30" in first
    assert "new matter" not in second
