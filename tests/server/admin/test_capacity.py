"""What each kind of work takes of an agent is set on one page, and said to be wrong beside its field."""

from __future__ import annotations

import pytest

from routing.loads import WorkLoad
from routing.queues import Queue, add_queue
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows
from tickets import log

__all__ = ["step"]
PATH = "/app/admin/capacity"


def typed(step: Doorstep, **other: str) -> dict[str, object]:
    return {**fields_of(step.open(PATH)), **other}


def test_limits_are_kept_and_shown_as_they_were_typed(step: Doorstep) -> None:
    said = {"chat_weight": "20", "chat_most": "3", "chat_wrap": "45", "chat_silent": "5", "ticket_waits": ""}
    assert 303 == step.submit(PATH, typed(step, **said)).status_code

    kept = {one.medium: one for one in step.look(rows(WorkLoad))}
    chat = kept["chat"]
    assert (20, 3, 45, 5) == (chat.weight, chat.most, chat.wrap_seconds, chat.silent_minutes)
    assert (None, True) == (kept["email"].weight, kept["email"].interruptible)
    shown = fields_of(step.open(PATH))
    assert ("20", "3", "45", "5") == tuple(
        shown[name] for name in ("chat_weight", "chat_most", "chat_wrap", "chat_silent")
    )
    ines = f"agent:{step.agents['Ines']}"
    assert {ines} == {row.by for row in step.look(rows(log.LogRow)) if row.kind == "LoadsChanged"}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("chat_weight", "0", "Between 1 and 100, which is all that an agent can hold."),
        ("email_weight", "101", "Between 1 and 100, which is all that an agent can hold."),
        ("callback_most", "0", "Between 1 and 1000, or nothing for no limit."),
        ("ticket_wrap", "1801", "At most half an hour: 1800 seconds."),
        ("chat_silent", "241", "Between 1 and 240 minutes, or nothing for never."),
        ("chat_most", "-1", "Write a whole number."),
        ("chat_wrap", "soon", "Write a whole number."),
        ("email_most", "٣", "Write a whole number."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(step: Doorstep, field: str, value: str, says: str) -> None:
    page = step.submit(PATH, typed(step, **{field: value}))

    assert 422 == page.status_code
    assert says == beside(page, field)
    assert "LoadsChanged" not in {row.kind for row in step.look(rows(log.LogRow))}


def test_a_queue_says_its_own_time_and_its_patience(step: Doorstep) -> None:
    queue = step.change(lambda change: add_queue(change, "Support").id)
    path = f"/app/admin/queues/{queue}"

    step.submit(
        path, {**fields_of(step.open(path)), "wrap_seconds": "90", "raise_after": "0", "last_agent_seconds": "120"}
    )
    kept = step.look(lambda session: session.get_one(Queue, queue))
    assert (90.0, 0, 120.0) == (kept.wrap_seconds, kept.raise_after, kept.last_agent_seconds)

    page = step.submit(path, {**fields_of(step.open(path)), "wrap_seconds": "3600"})
    assert "At most half an hour: 1800 seconds." == beside(page, "wrap_seconds")
