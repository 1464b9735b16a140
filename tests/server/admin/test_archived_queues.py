"""A queue that is archived stays named wherever it was: the forms say so, and forget it for nothing else's sake."""

from __future__ import annotations

from typing import Any

import pytest

from routing.queues import add_queue
from tests.server.admin.test_limits import GOOD
from tests.server.admin.test_policies import a_policy
from tests.server.at_work import a_site, step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of, in_field, tree

__all__ = ["step"]
Q = "the queue"
STEP = {"step0": "50", "step0-when": "used", "step0-does": f"move {Q}"}
SURVEY = {"delay_hours": "24", "every_days": "30"}
TOPIC = {"topic0": "returns", "topic0_en": "Returns"}
COMPLAINT = {"key": "late", "name_en": "Too late", "priority": "normal", "active": "yes"}

# the page of one, what is typed into it, the field that names the queue, what else is changed later
FORMS: list[tuple[str, dict[str, Any], str, dict[str, str]]] = [
    ("mail/new", {"address": "help@lumen.example", "queue_id": Q, "active": "yes"}, "queue_id", {"name": "Help"}),
    ("complaints/new", {**COMPLAINT, "queue_id": Q}, "queue_id", {"name_en": "Late"}),
    ("complaints/queue", {"queue_id": Q}, "queue_id", {}),
    ("sites/new", a_site(default_queue_id=Q), "default_queue_id", {"ask_name": "required"}),
    ("sites/new", a_site(**TOPIC, topic0_queue=Q), "topic0_queue", {"topic0_en": "Goods sent back"}),
    ("tiers/new", {"name": "Gold", "lane_id": Q}, "lane_id", {"priority": "high"}),
    ("entitlements/new", {"name": "Fast", "lane_id": Q}, "lane_id", {"priority": "high"}),
    ("survey", {**SURVEY, "queues": [Q]}, "queues", {"delay_hours": "48"}),
    ("canned/new", {"shortcut": "hi", "title": "Hello", "text": "Hello", "queue_id": Q}, "queue_id", {"title": "Hi"}),
    ("policies/new", a_policy(queues=[Q]), "queues", {"name": "Other"}),
    ("policies/new", a_policy(**STEP), "step0-does", {"name": "Other"}),
    ("queues/new", {**GOOD, "overflow_to": Q}, "overflow_to", {"overflow_at": "6"}),
    ("queues/new", {**GOOD, "when_full": "queue", "full_to": Q, "overflow_at": ""}, "full_to", {"most_waiting": "7"}),
    ("queues/new", {**GOOD, "overflow_at": "", "step0": "60", "step0_helper": Q}, "step0_helper", {"step0": "90"}),
]


@pytest.mark.parametrize(("page", "typed", "field", "other"), FORMS, ids=[f"{one[0]} {one[2]}" for one in FORMS])
def test_what_names_an_archived_queue_says_so_and_goes_on_naming_it(
    step: Doorstep, page: str, typed: dict[str, Any], field: str, other: dict[str, str]
) -> None:
    """It showed what is usual, and whatever was saved there for another reason forgot the queue for good."""
    queue = str(step.change(lambda change: add_queue(change, "Returns").id))
    made, shelf = f"/app/admin/{page}", f"/app/admin/queues/{queue}"
    assert 303 == step.submit(made, _with(typed, queue)).status_code
    path = _newest(step, page, queue)
    before = fields_of(step.open(path))[field]
    assert queue in "".join(before)
    step.submit(f"{shelf}/archive", via=shelf)

    shown = step.open(path)
    assert (before, ["Returns · Archived"]) == (fields_of(shown).get(field), _chosen(shown, field))
    assert 303 == step.submit(path, fields_of(shown) | other).status_code
    again = fields_of(step.open(path))
    assert {**other, field: before} == {name: again.get(name) for name in (*other, field)}

    if made != path:
        assert "Returns · Archived" not in step.open(made).text, "nothing new is led there"
    if page == "entitlements/new":
        assert "Fast lane: Returns · Archived." in step.open("/app/admin/entitlements").text
    step.submit(f"{shelf}/restore", via=shelf)
    assert ["Returns"] == _chosen(step.open(path), field), "and used again, it is where it was"


def _with(typed: dict[str, Any], queue: str) -> dict[str, Any]:
    return {
        name: [one.replace(Q, queue) for one in said] if isinstance(said, list) else said.replace(Q, queue)
        for name, said in typed.items()
    }


def _newest(step: Doorstep, page: str, queue: str) -> str:
    """The page of what was made there."""
    area, _, new = page.rpartition("/")
    if new != "new":
        return f"/app/admin/{page}"
    skip = {f"/app/admin/{page}", "/app/admin/complaints/queue", f"/app/admin/queues/{queue}"}
    links = tree(step.open(f"/app/admin/{area}")).xpath(f"//main//a[starts-with(@href, '/app/admin/{area}/')]/@href")
    return str(next(link for link in links if link not in skip and not link.endswith("/new")))


def _chosen(page: Any, field: str) -> list[str]:
    """What the page says of the choice in this field: of a menu, or of the boxes that are ticked."""
    menu = in_field(page, field)
    if menu.tag == "select":
        return [one.text_content().strip() for one in menu.xpath(".//option[@selected]")]
    ticked = tree(page).xpath(f"//input[@name='{field}'][@checked]/..")
    return [one.text_content().strip() for one in ticked]
