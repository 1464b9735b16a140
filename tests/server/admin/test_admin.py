"""The admin pages keep what was typed, say what is wrong beside it, and show labels as they were typed (row 40)."""

from __future__ import annotations

import re

import pytest

from tests.server.at_work import a_site, step
from tests.server.doorstep import PASSWORD, Doorstep
from tests.server.reading import beside, fields_of, in_field, rows, tree
from tickets import log
from tickets.people import Agent

__all__ = ["step"]
SCRIPT = "<img src=x onerror=alert(1)>"


# One mistake, seen from the page


def test_a_mistake_keeps_what_was_typed_and_takes_the_cursor(step: Doorstep) -> None:
    typed = {"name": "Zoë", "email": "not an address", "role": "supervisor", "language": "zh"}
    page = step.submit("/app/admin/agents/new", typed)

    assert 422 == page.status_code
    assert ("Zoë", "not an address") == (in_field(page, "name").get("value"), in_field(page, "email").get("value"))
    assert "This does not look like an email address." == beside(page, "email")
    assert ["email"] == [field.get("name") for field in tree(page).xpath("//*[@autofocus]")]
    assert "true" == in_field(page, "email").get("aria-invalid")
    assert [] == tree(page).xpath("//script | //@onclick | //@style")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "This is needed."),
        ("name", " \u200b ", "This is needed."),
        ("name", "x" * 101, "This is longer than it can be, by 1."),
        ("email", "", "This is needed."),
        ("email", "a" * 255 + "@frontdesk.example", None),
        ("email", "ada@frontdesk.example", "Somebody here already signs in with this address."),
        ("role", "owner", "Choose from what is offered."),
        ("role", "", "This is needed."),
        ("language", "xx", "Choose from what is offered."),
    ],
)
def test_every_field_of_an_agent_is_checked(step: Doorstep, field: str, value: str, says: str | None) -> None:
    good = {"name": "Zoë", "email": "zoe@frontdesk.example", "role": "agent", "language": ""}
    page = step.submit("/app/admin/agents/new", {**good, field: value})

    assert page.status_code in {409, 422}
    assert beside(page, field)
    assert says is None or says == beside(page, field)
    assert 3 == len(step.look(rows(Agent)))


def test_several_mistakes_are_said_at_once(step: Doorstep) -> None:
    page = step.submit("/app/admin/agents/new", {"name": "", "email": "x", "role": "agent"})

    assert beside(page, "name")
    assert beside(page, "email")


# Agents


def test_a_new_agent_comes_in_through_a_link_that_is_shown_once(step: Doorstep) -> None:
    shown = step.submit(
        "/app/admin/agents/new", {"name": "Zoë", "email": "Zoe@frontdesk.example", "role": "agent", "language": ""}
    )
    link = re.search(r"http://testserver(/app/welcome/[\w-]{43})", shown.text)
    assert link is not None
    assert (200, "no-store") == (shown.status_code, shown.headers["cache-control"])

    step.client.cookies.clear()
    assert "zoe@frontdesk.example" in step.open(link.group(1)).text
    assert 303 == step.submit(link.group(1), {"password": PASSWORD}).status_code
    assert "Zoë" in step.open("/app/profile").text
    assert 404 == step.open(link.group(1)).status_code


def test_an_agent_is_deactivated_and_comes_back(step: Doorstep) -> None:
    path = f"/app/admin/agents/{step.agents['Ada']}"
    assert 303 == step.submit(f"{path}/leave", via=path).status_code
    assert "Inactive" in step.open("/app/admin/agents").text
    assert "no longer works here" in step.submit(f"{path}/link", via=path).text
    assert 303 == step.submit(f"{path}/return", via=path).status_code
    assert [True] * 3 == [agent.active for agent in step.look(rows(Agent))]


def test_the_last_admin_stays(step: Doorstep) -> None:
    path = f"/app/admin/agents/{step.agents['Ines']}"
    page = step.submit(path, {**fields_of(step.open(path)), "role": "agent"})

    assert "Somebody has to stay admin: make another admin first." == beside(page, "role")
    assert 403 == step.submit(f"{path}/leave", via=path).status_code


def test_every_change_by_an_admin_is_written_down_under_their_name(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Support", "delivery": "pull", "rule": "longest_idle"})
    step.submit("/app/admin/canned/new", {"shortcut": "hi", "title": "Greeting", "text": "Hello"})
    path = f"/app/admin/agents/{step.agents['Ada']}"
    step.submit(path, {**fields_of(step.open(path)), "role": "supervisor"})

    kinds = {(row.kind, row.by) for row in step.look(rows(log.LogRow))}
    ines = f"agent:{step.agents['Ines']}"
    assert {(kind, ines) for kind in ("QueueChanged", "CannedChanged", "AgentChanged", "AgentRevoked")} <= kinds


# Labels are data


def test_a_name_made_of_markup_is_shown_as_it_was_typed(step: Doorstep) -> None:
    """CVE-2024-48937, CVE-2020-12629: names of queues were markup."""
    step.submit("/app/admin/queues/new", {"name": SCRIPT, "delivery": "pull", "rule": "longest_idle"})
    step.submit("/app/admin/hours/new", {"name": SCRIPT, "zone": "UTC", "day0": "09:00-10:00"})
    step.submit("/app/admin/sites/new", a_site(name=SCRIPT))
    step.submit("/app/admin/canned/new", {"shortcut": "x", "title": SCRIPT, "text": SCRIPT})
    step.submit("/app/admin/statuses/new", {"name": SCRIPT, "status": "on_hold"})
    step.submit("/app/admin/agents/new", {"name": SCRIPT, "email": "x@frontdesk.example", "role": "agent"})

    for path in ("agents", "queues", "hours", "sites", "canned", "statuses", "sites/new", "queues/new", "canned/new"):
        page = step.open(f"/app/admin/{path}")
        assert [] == tree(page).xpath("//img"), path
    assert 6 <= sum(
        step.open(f"/app/admin/{path}").text.count("&lt;img src=x")
        for path in ("agents", "queues", "hours", "sites", "canned", "statuses")
    )


def test_a_word_of_ours_that_names_a_queue_is_not_translated(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Settings", "delivery": "pull", "rule": "longest_idle"})
    page = step.open("/app/admin/queues", **{"accept-language": "zh"})

    assert "设置" in page.text
    assert ["Settings"] == tree(page).xpath("//li//b/text()")
