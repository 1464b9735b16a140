"""Two sites may offer the same topic; it leads to one queue for both, and neither takes that from the other unasked."""

from __future__ import annotations

from typing import Any

from chat.site import Site
from routing.placing import placements
from routing.queues import add_queue
from tests.server.at_work import a_site, step
from tests.server.doorstep import Doorstep
from tests.server.reading import fields_of, rows

__all__ = ["step"]

TOPIC = {"topic0": "returns", "topic0_en": "Returns"}


def test_a_site_that_begins_to_offer_a_topic_leaves_it_the_queue_that_it_has(step: Doorstep) -> None:
    """*As usual* is what stands in an empty row: it sent the first site's chats elsewhere, and nobody was told."""
    queue = a_queue(step)
    page_of(step, "first", **TOPIC, topic0_queue=queue)
    second = page_of(step, "second", **TOPIC)

    assert [("returns", int(queue))] == placed(step)
    assert queue == fields_of(step.open(second))["topic0_queue"]


def test_a_topic_keeps_its_queue_until_the_last_site_has_let_go_of_it(step: Doorstep) -> None:
    queue = a_queue(step)
    pages = [page_of(step, key, **TOPIC, topic0_queue=queue) for key in ("first", "second")]

    for page, left in zip(pages, ([("returns", int(queue))], []), strict=True):
        without = {name: said for name, said in fields_of(step.open(page)).items() if not name.startswith("topic0")}
        assert 303 == step.submit(page, without).status_code
        assert left == placed(step)


def test_who_sees_the_queue_and_chooses_as_usual_has_it_so_for_every_site(step: Doorstep) -> None:
    queue = a_queue(step)
    first, second = (page_of(step, key, **TOPIC, topic0_queue=queue) for key in ("first", "second"))
    assert 303 == step.submit(second, fields_of(step.open(second)) | {"topic0_queue": ""}).status_code

    assert [] == placed(step)
    assert "topic0_queue" not in fields_of(step.open(first)), "none is chosen there"


def a_queue(step: Doorstep) -> str:
    return str(step.change(lambda change: add_queue(change, "Returns").id))


def page_of(step: Doorstep, key: str, **other: Any) -> str:
    """A site is made; the address of its form."""
    assert 303 == step.submit("/app/admin/sites/new", a_site(key=key, **other)).status_code
    return f"/app/admin/sites/{max(site.id for site in step.look(rows(Site)))}"


def placed(step: Doorstep) -> list[tuple[str, int]]:
    return [(rule.category, rule.queue_id) for rule in step.look(placements)]
