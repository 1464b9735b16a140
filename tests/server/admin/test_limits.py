"""A queue's limits, delays and help are set on its page, and what makes no sense is said beside the field."""

from __future__ import annotations

import pytest

from routing.queues import Queue, QueueMember, add_queue
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows
from tickets import log
from tickets.change import Change

__all__ = ["step"]
GOOD = {"name": "Support", "delivery": "offer", "rule": "longest_idle", "turn": "promise", "overflow_at": "5"}
GOOD |= {"most_waiting": "20", "longest_wait": "600", "when_full": "letter", "full_says": "Back at three."}


def two_queues(step: Doorstep) -> tuple[int, int]:
    def adds(change: Change) -> tuple[int, int]:
        ada = step.agents["Ada"]
        return add_queue(change, "Front", members=[ada]).id, add_queue(change, "Repairs").id

    return step.change(adds)  # type: ignore[no-any-return]


def test_what_was_said_is_kept_shown_again_and_written_in_the_log(step: Doorstep) -> None:
    queue_id, helper = two_queues(step)
    path, ada = f"/app/admin/queues/{queue_id}", step.agents["Ada"]
    said = {**GOOD, "members": str(ada), "overflow_to": str(helper), "escalate_after": "2", f"delay-{ada}": "45"}

    assert 303 == step.submit(path, said).status_code

    queue = next(one for one in step.look(rows(Queue)) if one.id == queue_id)
    assert ("promise", helper, 5, 20, 600.0) == (
        queue.turn, queue.overflow_to, queue.overflow_at, queue.most_waiting, queue.longest_wait,
    )  # fmt: skip
    assert ("letter", "Back at three.", 2, 45.0) == (
        queue.when_full, queue.full_says, queue.escalate_after, queue.longest_delay,
    )  # fmt: skip
    assert [45.0] == [one.delay_seconds for one in step.look(rows(QueueMember)) if one.queue_id == queue_id]
    shown = fields_of(step.open(path))
    assert said.items() <= {name: "".join(value) for name, value in shown.items()}.items()
    changes = [row for row in step.look(rows(log.LogRow)) if row.kind == "QueueChanged"]
    assert f"agent:{step.agents['Ines']}" == changes[-1].by


@pytest.mark.parametrize(
    ("field", "value", "besides"),
    [
        ("overflow_at", "some", {}), ("overflow_at", "0", {"overflow_to": "helper"}), ("overflow_at", "5", {}),
        ("most_waiting", "0", {}), ("most_waiting", "1000000", {}), ("longest_wait", "999999", {}),
        ("most_waiting", "", {"longest_wait": ""}), ("full_to", "", {"when_full": "queue"}),
        ("escalate_after", "21", {}), ("delay-ada", "10000", {}), ("delay-ada", "soon", {}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field_and_nothing_is_kept(
    step: Doorstep, field: str, value: str, besides: dict[str, str]
) -> None:
    queue_id, helper = two_queues(step)
    field = field.replace("ada", str(step.agents["Ada"]))
    said = {
        **GOOD,
        "overflow_at": "",
        field: value,
        **{name: str(helper) if one == "helper" else one for name, one in besides.items()},
    }

    page = step.submit(f"/app/admin/queues/{queue_id}", said)

    assert 422 == page.status_code
    assert beside(page, field)
    assert ["Front", "Repairs"] == sorted(one.name for one in step.look(rows(Queue)) if one.id in {queue_id, helper})


def test_a_queue_that_is_named_can_be_kept_although_it_was_archived(step: Doorstep) -> None:
    """The page says what is so, and saving it for something else changes nothing of that."""
    queue_id, helper = two_queues(step)
    path = f"/app/admin/queues/{queue_id}"
    step.submit(path, {**GOOD, "overflow_to": str(helper), "step0": "60", "step0_helper": str(helper)})
    step.submit(f"/app/admin/queues/{helper}/archive", via=path)

    shown = fields_of(step.open(path))

    assert (str(helper), str(helper)) == (shown["overflow_to"], shown["step0_helper"])
    assert 303 == step.submit(path, {**shown, "name": "Reception"}).status_code
