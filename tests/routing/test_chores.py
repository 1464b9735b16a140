"""What is due is found by an index, however many tickets there are."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from routing import matching, offers, presence, wait
from routing.chores import CHORES
from tests.cast import MONDAY, a_change
from tests.engine import about_sqlite
from tests.routing.floor import a_chat, a_floor, offer_of, rings_at, settle
from tickets.chores import CHORES as TICKET_CHORES
from tickets.chores import Chore


def _due_now(chore: Chore) -> Callable[[Session], object]:
    return lambda session: chore.due(session, MONDAY)


LOOKS: dict[str, Callable[[Session], object]] = {
    **{chore.name: _due_now(chore) for chore in (*CHORES, *TICKET_CHORES)},
    "positions in a line": lambda session: wait.positions(session, 1),
    "what rings at an agent": lambda session: offers.live_of_agent(session, 1),
}


@about_sqlite
@pytest.mark.parametrize("name", LOOKS)
def test_nothing_is_searched_row_by_row(name: str) -> None:
    plans = _plans_of(a_change().session, LOOKS[name])

    assert plans
    assert [] == [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan]


@about_sqlite
def test_the_line_of_a_queue_uses_its_index() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    how_it_stands, plan = _plans_of(change.session, lambda session: wait.positions(session, queue.id))[:2]

    assert how_it_stands.startswith("SEARCH queue USING INTEGER PRIMARY KEY")
    assert "ix_ticket_line" in plan


def test_each_chore_does_what_is_due_once_and_leaves_what_is_not() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    offer = offer_of(change, chat)
    by_name = {chore.name: chore for chore in CHORES}
    ring_out, give_up = by_name["offers that rang out"], by_name["agents nobody hears of"]

    change.moves(seconds=20)
    presence.seen(change, [bo.id])
    for key in [*ring_out.due(change.session, change.now)] * 2:
        ring_out.act(change, key)
    assert 1 == change.kinds.count("OfferExpired")
    settle(change)
    assert bo.id == rings_at(change, chat)

    change.moves(seconds=1)
    for key in give_up.due(change.session, change.now):
        give_up.act(change, key)
    ring_out.act(change, offer.id)
    matching.drain(change, queue.id)
    assert bo.id == rings_at(change, chat)
    assert ada.id not in [offer.agent_id for offer in offers.live_of_agent(change.session, ada.id)]


def _plans_of(session: Session, look: Callable[[Session], object]) -> list[str]:
    """How SQLite would find what the look asks for."""
    plans: list[str] = []

    def explain(connection: Any, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        rows = connection.connection.driver_connection.execute(f"explain query plan {statement}", parameters)
        plans.extend(row[3] for row in rows)

    event.listen(session.get_bind(), "before_cursor_execute", explain)
    look(session)
    return plans
