"""The admin pages keep what was typed, say what is wrong beside it, and refuse what cannot be (rows 40 and 44)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlmodel import Session, select

from chat.site import Site
from routing.hours import Calendar
from routing.placing import placements
from routing.queues import Queue, members_of
from server.admin import web
from server.admin.hours import read_days, read_spans, written
from tests.server.doorstep import PASSWORD, Doorstep, a_doorstep
from tickets import log
from tickets.canned import Canned
from tickets.errors import Refused
from tickets.people import Agent

SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ines, the admin, at work."""
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        yield step


def tree(page: Any) -> Any:
    return html.fromstring(page.text)


def in_field(page: Any, name: str) -> Any:
    return tree(page).xpath(f'//*[@name="{name}"]')[0]


def beside(page: Any, name: str) -> str:
    """The sentence that a reader is told about this field."""
    field = in_field(page, name)
    told = field.get("aria-describedby", "").split()
    found = [tree(page).get_element_by_id(id) for id in told if id.endswith("-wrong")]
    return found[0].text_content().strip() if found else ""


def fields_of(page: Any) -> dict[str, Any]:
    """The form as a browser without scripts would send it again."""
    form = next(form for form in tree(page).forms if form.fields.keys() != ["csrf"])
    return {
        name: list(value) if not isinstance(value, str) else value
        for name, value in form.fields.items()
        if value is not None and value != ""
    }


def rows(model: Any) -> Any:
    def read(session: Session) -> list[Any]:
        return list(session.exec(select(model)).all())

    return read


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
        ("name", "x" * 101, "This is too long by 1 characters."),
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
    step.submit("/app/admin/queues/new", {"name": "Support", "delivery": "pull"})
    step.submit("/app/admin/canned/new", {"shortcut": "hi", "title": "Greeting", "text": "Hello"})
    path = f"/app/admin/agents/{step.agents['Ada']}"
    step.submit(path, {**fields_of(step.open(path)), "role": "supervisor"})

    kinds = {(row.kind, row.by) for row in step.look(rows(log.LogRow))}
    ines = f"agent:{step.agents['Ines']}"
    assert {(kind, ines) for kind in ("QueueChanged", "CannedChanged", "AgentChanged", "AgentRevoked")} <= kinds


# Queues


def test_a_queue_is_added_and_edited(step: Doorstep) -> None:
    ada, grace = step.agents["Ada"], step.agents["Grace"]
    new = {"name": "Support", "delivery": "offer", "ring_seconds": "30", "members": [str(ada), str(grace)]}
    assert 303 == step.submit("/app/admin/queues/new", new).status_code
    queue = step.look(rows(Queue))[0]
    assert ("offer", 30.0) == (queue.delivery, queue.ring_seconds)

    path = f"/app/admin/queues/{queue.id}"
    page = step.open(path)
    assert {"Support", "offer", "30"} <= {value for value in fields_of(page).values() if isinstance(value, str)}
    step.submit(path, {"name": "Help", "delivery": "pull", "members": [str(ada)]})
    queue = step.look(rows(Queue))[0]
    assert ("Help", "pull", None) == (queue.name, queue.delivery, queue.ring_seconds)
    assert ["Ada"] == [agent.name for agent in step.look(members_of, queue.id)]


@pytest.mark.parametrize("seconds", ["0", "4", "301", "1000000000", "-5", "ten", "1e3", "٣٠", "20.5"])
def test_an_impossible_ring_is_refused(step: Doorstep, seconds: str) -> None:
    page = step.submit("/app/admin/queues/new", {"name": "Support", "delivery": "pull", "ring_seconds": seconds})

    assert beside(page, "ring_seconds")
    assert seconds == in_field(page, "ring_seconds").get("value")
    assert [] == step.look(rows(Queue))


def test_a_member_who_is_not_there_is_refused(step: Doorstep) -> None:
    page = step.submit("/app/admin/queues/new", {"name": "Support", "delivery": "pull", "members": ["999999"]})
    assert 422 == page.status_code
    assert [] == step.look(rows(Queue))


# Hours


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("09:00-18:00", ((540, 1080),)),
        ("13:30-18:00, 9:00 – 12:30", ((540, 750), (810, 1080))),
        ("00:00-24:00", ((0, 1440),)),
        ("09.00-12.00；13:00-14:00", ((540, 720), (780, 840))),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: Any) -> None:
    assert spans == read_spans(text)
    assert spans == read_spans(written(spans))


@pytest.mark.parametrize(
    "text",
    ["9-17", "09:00", "18:00-09:00", "09:00-09:00", "09:00-24:01", "25:00-26:00", "09:60-10:00",
     "09:00-12:00 13:00-14:00", "09:00-12:00, 11:59-13:00", "x", "-", "٠٩:٠٠-١٠:٠٠x"],
)  # fmt: skip
def test_impossible_hours_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_spans(text)


def test_a_leap_day_is_a_day_and_a_day_that_is_none_is_not() -> None:
    assert {date(2028, 2, 29): (), date(2026, 12, 24): ((540, 720),)} == read_days("2028-02-29\n2026-12-24 09:00-12:00")
    with pytest.raises(Refused):
        read_days("2027-02-29")


def test_opening_hours_are_kept_and_shown_as_they_were_written(step: Doorstep) -> None:
    new = {"name": "Weekdays", "zone": "Europe/Lisbon", "day0": "09:00-12:30, 13:30-18:00", "days": "2026-12-25"}
    assert 303 == step.submit("/app/admin/hours/new", new).status_code
    calendar = step.look(rows(Calendar))[0]
    again = fields_of(step.open(f"/app/admin/hours/{calendar.id}"))
    assert new == {name: again[name].strip() for name in new}
    assert 303 == step.submit(f"/app/admin/hours/{calendar.id}", again).status_code


def test_hours_without_an_hour_are_refused(step: Doorstep) -> None:
    page = step.submit("/app/admin/hours/new", {"name": "Never", "zone": "UTC"})
    assert 422 == page.status_code
    assert "A calendar needs some working time." in page.text


# Sites


def a_site(**other: Any) -> dict[str, Any]:
    return {
        "key": "lumen",
        "name": "Lumen Lamps",
        "active": "yes",
        "origins": "https://lumen.example\nhttps://www.lumen.example",
        "colour": "#0b6b7f",
        "languages": ["en", "zh"],
        "ask_name": "optional",
        "ask_email": "required",
        "greeting_en": "Hello.",
        "greeting_zh": "您好。",
        **other,
    }


def test_a_site_is_added_with_its_topics_and_shows_its_line(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Billing", "delivery": "pull"})
    queue = step.look(rows(Queue))[0]
    topics = {"topic0": "billing", "topic0_en": "Billing", "topic0_zh": "账单", "topic0_queue": str(queue.id)}
    answer = step.submit("/app/admin/sites/new", a_site(**topics))
    assert 303 == answer.status_code

    site = step.look(rows(Site))[0]
    assert ["https://lumen.example", "https://www.lumen.example"] == site.origins
    assert [{"key": "billing", "name": {"en": "Billing", "zh": "账单"}}] == site.topics
    assert [("chat", "billing", queue.id)] == [
        (rule.channel, rule.category, rule.queue_id) for rule in step.look(placements)
    ]
    page = step.open(f"/app/admin/sites/{site.id}")
    assert "&lt;script src=&#34;http://testserver/widget.js&#34; data-site=&#34;lumen&#34; async&gt;" in page.text

    again = fields_of(page)
    again = {name: value for name, value in again.items() if not name.startswith("topic0")}
    assert 303 == step.submit(f"/app/admin/sites/{site.id}", again).status_code
    assert ([], []) == (step.look(rows(Site))[0].topics, list(step.look(placements)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "Lumen Lamps"),
        ("key", "../x"),
        ("origins", "lumen.example"),
        ("origins", "https://lumen.example/shop"),
        ("origins", "https://lumen.example; script-src *"),
        ("origins", "javascript:alert(1)"),
        ("origins", "*"),
        ("colour", "red"),
        ("colour", "#0b6b7f;}body{display:none"),
        ("languages", []),
        ("languages", ["xx"]),
        ("ask_name", "maybe"),
        ("greeting_en", "x" * 501),
        ("topic0", "no key"),
    ],
)
def test_what_a_site_cannot_be_is_refused(step: Doorstep, field: str, value: Any) -> None:
    page = step.submit("/app/admin/sites/new", a_site(**{field: value}))

    assert 422 == page.status_code
    assert [] == step.look(rows(Site))
    assert "Lumen Lamps" in page.text


# Canned replies


def test_a_reply_is_added_edited_and_removed(step: Doorstep) -> None:
    new = {"shortcut": "/Hello", "title": "Greeting", "text": "Hello {{customer.name}}"}
    assert 303 == step.submit("/app/admin/canned/new", new).status_code
    canned = step.look(rows(Canned))[0]
    path = f"/app/admin/canned/{canned.id}"
    assert "Hello {{customer.name}}" == in_field(step.open(path), "text").text.lstrip("\n")
    step.submit(path, {**fields_of(step.open(path)), "text": "\n\nHello there"})
    assert "\n\nHello there" == step.look(rows(Canned))[0].text
    assert 303 == step.submit(f"{path}/remove", via=path).status_code
    assert [] == step.look(rows(Canned))
    assert 404 == step.open(path).status_code


# Labels are data


def test_a_name_made_of_markup_is_shown_as_it_was_typed(step: Doorstep) -> None:
    """CVE-2024-48937, CVE-2020-12629: names of queues were markup."""
    step.submit("/app/admin/queues/new", {"name": SCRIPT, "delivery": "pull"})
    step.submit("/app/admin/hours/new", {"name": SCRIPT, "zone": "UTC", "day0": "09:00-10:00"})
    step.submit("/app/admin/sites/new", a_site(name=SCRIPT))
    step.submit("/app/admin/canned/new", {"shortcut": "x", "title": SCRIPT, "text": SCRIPT})
    step.submit("/app/admin/agents/new", {"name": SCRIPT, "email": "x@frontdesk.example", "role": "agent"})

    for path in ("agents", "queues", "hours", "sites", "canned", "sites/new", "queues/new", "canned/new"):
        page = step.open(f"/app/admin/{path}")
        assert [] == tree(page).xpath("//img"), path
    assert 5 <= sum(
        step.open(f"/app/admin/{path}").text.count("&lt;img src=x")
        for path in ("agents", "queues", "hours", "sites", "canned")
    )


def test_a_word_of_ours_that_names_a_queue_is_not_translated(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Settings", "delivery": "pull"})
    page = step.open("/app/admin/queues", **{"accept-language": "zh"})

    assert "设置" in page.text
    assert ["Settings"] == tree(page).xpath("//li//b/text()")
