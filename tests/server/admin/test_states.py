"""The desk's own states are furnished on the admin pages; a supervisor sets another's and sees how long they lasted."""

from __future__ import annotations

import pytest

from routing import presence
from routing.presence import Presence
from routing.states import AgentState
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows
from tickets import log

__all__ = ["step"]
GOOD = {"name": "Coaching", "glyph": "people", "colour": "purple", "place": "20", "asks_reason": "yes"}
GOOD |= {"chat": "nothing", "callback": "nothing", "email": "new", "ticket": "transfers"}


def test_a_state_is_added_edited_archived_and_used_again(step: Doorstep) -> None:
    assert 303 == step.submit("/app/admin/states/new", GOOD).status_code
    (state,) = step.look(rows(AgentState))
    assert ("Coaching", "purple", 20, True) == (state.name, state.colour, state.place, state.asks_reason)
    assert ("nothing", "new", "transfers") == (state.takes_chat, state.takes_email, state.takes_ticket)

    path = f"/app/admin/states/{state.id}"
    assert {"Coaching", "purple", "20", "new"} <= {*map(str, fields_of(step.open(path)).values())}
    step.submit(path, {**GOOD, "name": "Mentoring", "asks_reason": ""})
    assert ("Mentoring", False) == ((edited := step.look(rows(AgentState))[0]).name, edited.asks_reason)

    step.submit(f"{path}/archive", via=path)
    assert [True] == [one.archived for one in step.look(rows(AgentState))]
    step.submit(f"{path}/restore", via=path)
    assert [False] == [one.archived for one in step.look(rows(AgentState))]
    ines = f"agent:{step.agents['Ines']}"
    assert [ines] * 4 == [row.by for row in step.look(rows(log.LogRow)) if row.kind == "AgentStateChanged"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 61), ("glyph", "skull"), ("colour", "#fff"), ("place", "0"), ("place", "100"),
     ("place", "first"), ("place", "٣"), ("chat", "some"), ("ticket", "")],
)  # fmt: skip
def test_what_is_wrong_with_a_state_is_said_beside_the_field(step: Doorstep, field: str, value: str) -> None:
    page = step.submit("/app/admin/states/new", {**GOOD, field: value})

    assert 422 == page.status_code
    assert beside(page, field)
    assert [] == step.look(rows(AgentState))


def test_a_supervisor_sets_anothers_state_and_sees_the_last_day(step: Doorstep) -> None:
    ada, grace = step.agents["Ada"], step.agents["Grace"]
    step.change(presence.came, ada)
    step.submit("/app/admin/states/new", GOOD)
    step.client.cookies.clear()
    step.sign_in("Grace")
    path = f"/app/presence/{ada}"
    state = step.look(rows(AgentState))[0]

    assert "Say why, in a word or two." == beside(step.submit(path, {"intent": state.key}, via=path), "reason")
    assert 303 == step.submit(path, {"intent": state.key, "reason": "With Mei"}, via=path).status_code

    here = step.look(rows(Presence))[0]
    assert (state.id, "With Mei", grace) == (here.state_id, here.reason, here.set_by)
    step.clock.moves(minutes=25)
    assert "25 m" in (shown := step.open(path).text)
    assert "With Mei" in shown


def test_an_agent_sets_nobody_elses_state(step: Doorstep) -> None:
    step.client.cookies.clear()
    step.sign_in("Ada")
    assert 403 == step.open(f"/app/presence/{step.agents['Grace']}").status_code
