"""Queues, hours, sites and statuses are furnished on the admin pages; what cannot be is refused (row 44)."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any

import pytest

from chat.site import Site
from routing.hours import Calendar
from routing.placing import placements
from routing.queues import Queue, add_queue, members_of
from server.admin.hours_text import read_days, read_spans, written
from tests.cast import a_ticket
from tests.server.at_work import a_site, step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, in_field, rows, tree
from tickets.change import Change
from tickets.errors import Refused
from tickets.status import Status
from tickets.status_names import StatusName, add_status_name

__all__ = ["step"]


# Queues


def test_a_queue_is_added_and_edited(step: Doorstep) -> None:
    ada, grace = step.agents["Ada"], step.agents["Grace"]
    new = {
        "name": "Support",
        "delivery": "offer",
        "rule": "longest_idle",
        "ring_seconds": "30",
        "members": [str(ada), str(grace)],
    }
    assert 303 == step.submit("/app/admin/queues/new", new).status_code
    queue = step.look(rows(Queue))[0]
    assert ("offer", 30.0) == (queue.delivery, queue.ring_seconds)

    path = f"/app/admin/queues/{queue.id}"
    page = step.open(path)
    assert {"Support", "offer", "30"} <= {value for value in fields_of(page).values() if isinstance(value, str)}
    step.submit(path, {"name": "Help", "delivery": "pull", "rule": "longest_idle", "members": [str(ada)]})
    queue = step.look(rows(Queue))[0]
    assert ("Help", "pull", None) == (queue.name, queue.delivery, queue.ring_seconds)
    assert ["Ada"] == [agent.name for agent in step.look(members_of, queue.id)]


def test_a_queue_says_how_soon_its_chats_are_to_be_taken(step: Doorstep) -> None:
    """What is as usual stays empty; a figure that cannot be meant is refused beside its field, and nothing is lost."""
    path = f"/app/admin/queues/{step.change(lambda change: add_queue(change, 'Support').id)}"
    usual = fields_of(step.open(path))
    assert not usual.keys() & {"soon_seconds", "soon_percent", "short_seconds", "sent_on_counts"}

    aim = {"soon_seconds": "30", "soon_percent": "90", "short_seconds": "5", "sent_on_counts": "yes"}
    assert 303 == step.submit(path, {**usual, **aim}).status_code
    queue = step.look(rows(Queue))[0]
    assert (30, 90, 5, True) == (queue.soon_seconds, queue.soon_percent, queue.short_seconds, queue.sent_on_counts)
    assert aim.items() <= fields_of(step.open(path)).items()
    says = "“A chat is to be taken within so many seconds” is 30 now."
    assert says in " ".join(tree(step.open("/app/admin/changes")).text_content().split())

    now = fields_of(step.open(path))
    page = step.submit(path, {**now, "soon_percent": "0"})
    assert (422, "From 1 to 100.") == (page.status_code, beside(page, "soon_percent"))
    assert "30" == fields_of(page)["soon_seconds"]
    step.submit(path, {**usual, "seen": now["seen"]})
    queue = step.look(rows(Queue))[0]
    assert (20, 80, 0, False) == (queue.soon_seconds, queue.soon_percent, queue.short_seconds, queue.sent_on_counts)


@pytest.mark.parametrize("seconds", ["0", "4", "301", "1000000000", "-5", "ten", "1e3", "٣٠", "20.5"])
def test_an_impossible_ring_is_refused(step: Doorstep, seconds: str) -> None:
    page = step.submit(
        "/app/admin/queues/new",
        {"name": "Support", "delivery": "pull", "rule": "longest_idle", "ring_seconds": seconds},
    )

    assert beside(page, "ring_seconds")
    assert seconds == in_field(page, "ring_seconds").get("value")
    assert [] == step.look(rows(Queue))


def test_a_member_who_is_not_there_is_refused(step: Doorstep) -> None:
    page = step.submit(
        "/app/admin/queues/new", {"name": "Support", "delivery": "pull", "rule": "longest_idle", "members": ["999999"]}
    )
    assert 422 == page.status_code
    assert [] == step.look(rows(Queue))


def test_a_queue_with_open_tickets_is_not_archived(step: Doorstep) -> None:
    """Row 44: it says how many have to be moved first."""

    def with_work(change: Change) -> int:
        queue = add_queue(change, "Support")
        for _ in range(14):
            a_ticket(change, queue_id=queue.id)
        return queue.id

    path = f"/app/admin/queues/{step.change(with_work)}"
    page = step.submit(f"{path}/archive", via=path)

    assert 409 == page.status_code
    assert "Open tickets here: 14. Move them first." in page.text
    assert [False] == [queue.archived for queue in step.look(rows(Queue))]


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


def test_a_day_that_is_none_is_refused() -> None:
    leap, half = date(2028, 2, 29), ((540, 720),)
    assert {leap: (), date(2026, 12, 24): half, (2, 29): ()} == read_days("2028-02-29\n2026-12-24 09:00-12:00\n02-29")
    for line in (
        "2027-02-29",
        "02-30",
        "13-01",
        "00-00",
        "2-29",
        "2026-12-25\n2026-12-25",
        "12-25 to 12-26",
        "20261225x",
    ):
        with pytest.raises(Refused):
            read_days(line)


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
    assert "A calendar needs some working time." == beside(page, "day0")


# Sites


def test_a_site_is_added_with_its_topics_and_shows_its_line(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Billing", "delivery": "pull", "rule": "longest_idle"})
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
    line = f'<script src="http://testserver/widget.js" data-site="lumen" data-colour="{site.colour}" async></script>'
    assert line in unescape(page.text)

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


def test_all_that_is_wrong_with_a_site_is_said_at_once(step: Doorstep) -> None:
    """Whoever mends one field and saves must not be met by the next."""
    wrong = {"key": "Lumen Lamps", "name": " ", "colour": "red", "languages": [], "topic1": "no key"}
    page = step.submit(
        "/app/admin/sites/new", a_site(**wrong, origins="javascript:alert(1)\nhttps://lumen.example/shop")
    )

    assert 422 == page.status_code
    assert "A key has small letters, digits and hyphens, up to 40 of them." == beside(page, "key")
    assert "A colour looks like #2563eb." == beside(page, "colour")
    assert "A key has small letters, digits and hyphens, up to 40 of them." == beside(page, "topic1")
    assert "This is needed." == beside(page, "name")
    assert "Choose at least one language from: en, zh." in page.text
    assert '"javascript:alert(1)", "https://lumen.example/shop"' in beside(page, "origins")


# Own names of statuses


def test_a_name_of_a_status_is_added_renamed_and_removed(step: Doorstep) -> None:
    assert "No own names yet" in step.open("/app/admin/statuses").text
    answer = step.submit("/app/admin/statuses/new", {"name": " Waiting for  parts", "status": "on_hold"})
    assert 303 == answer.status_code
    one = step.look(rows(StatusName))[0]
    assert ("Waiting for parts", "on_hold") == (one.name, one.status)
    (line,) = tree(step.open("/app/admin/statuses")).xpath("//ul[@class='rows']/li")
    assert ["Waiting for parts", "On hold"] == [part.strip() for part in line.itertext() if part.strip()]

    path = f"/app/admin/statuses/{one.id}"
    assert "A name of On hold." in step.open(path).text
    assert 303 == step.submit(path, {"name": "Waiting for the bank"}).status_code
    assert "Waiting for the bank" == step.look(rows(StatusName))[0].name
    assert 303 == step.submit(f"{path}/remove", via=path).status_code
    assert [] == step.look(rows(StatusName))
    assert 404 == step.open(path).status_code


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "This is needed."),
        ("name", "x" * 41, "This is longer than it can be, by 1."),
        ("name", "SECOND LEVEL", "There is already a status named Second level."),
        ("status", "new", "Choose from what is offered."),
        ("status", "spam", "Choose from what is offered."),
    ],
)
def test_what_cannot_name_a_status_is_refused(step: Doorstep, field: str, value: str, says: str) -> None:
    good = {"name": "Second level", "status": "open"}
    step.submit("/app/admin/statuses/new", good)
    page = step.submit("/app/admin/statuses/new", {**good, "name": "Third level", field: value})

    assert page.status_code in {409, 422}
    assert says == beside(page, field)
    assert ["Second level"] == [one.name for one in step.look(rows(StatusName))]


def test_a_name_that_open_work_carries_is_not_removed(step: Doorstep) -> None:
    def is_on_hold(change: Change) -> int:
        parts = add_status_name(change, Status.ON_HOLD, "Waiting for parts")
        a_ticket(change).set_status(change, Status.ON_HOLD, parts.id)
        return parts.id

    path = f"/app/admin/statuses/{step.change(is_on_hold)}"
    page = step.submit(f"{path}/remove", via=path)

    assert 409 == page.status_code
    assert "Open tickets carry this name: 1. Give them another status first." in page.text
    assert 200 == step.open(path).status_code


def test_what_a_status_is_called_by_us_is_said_in_the_readers_language(step: Doorstep) -> None:
    step.submit("/app/admin/statuses/new", {"name": "On hold", "status": "on_hold"})
    page = step.open("/app/admin/statuses", **{"accept-language": "zh"})

    (line,) = tree(page).xpath("//ul[@class='rows']/li")
    assert ["On hold", "搁置"] == [part.strip() for part in line.itertext() if part.strip()]
