"""Canned replies in the settings: written, changed and removed, and kept to the queue that they are for."""

from __future__ import annotations

from routing.queues import add_queue
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of, in_field, rows
from tickets.canned import Canned

__all__ = ["step"]


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


def test_a_reply_of_an_archived_queue_stays_its_own(step: Doorstep) -> None:
    """The form said "Every queue", and whatever was saved there gave the reply to everybody."""
    queue = step.change(lambda change: add_queue(change, "Chat").id)
    step.submit("/app/admin/canned/new", {"shortcut": "back", "title": "Returns", "text": "Hi", "queue_id": str(queue)})
    path = f"/app/admin/canned/{step.look(rows(Canned))[0].id}"
    step.submit(f"/app/admin/queues/{queue}/archive", via=path)

    assert "Returns · Chat · Archived" in step.open("/app/admin/canned").text
    shown = fields_of(step.open(path))
    assert str(queue) == shown["queue_id"]
    assert 303 == step.submit(path, {**shown, "text": "Hello"}).status_code
    assert [("Hello", queue)] == [(one.text, one.queue_id) for one in step.look(rows(Canned))]
    assert "Archived" not in step.open("/app/admin/canned/new").text
