"""What was settled long ago costs nothing today: nobody looks through all tickets to find the few that are open."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from routing import heads, matching, presence, views
from routing.capacity import Capacity
from routing.line import Turn
from routing.queues import Queue
from server.auth import accounts
from server.auth.chores import CHORES
from tests.cast import UnitChange, a_change
from tests.engine import about_sqlite
from tests.plans import plans_of
from tests.routing.floor import a_chat, a_floor, settle
from tickets.errors import Conflict

Act = Callable[[UnitChange], object]


def ada_is_not_heard_of(change: UnitChange) -> None:
    change.moves(minutes=5)
    presence.lost(change, 1)


def support_is_archived(change: UnitChange) -> None:
    queue = change.rows(select(Queue))[0]
    with pytest.raises(Conflict):
        queue.archive(change)


def who_left_gives_their_work_back(change: UnitChange) -> None:
    for chore in CHORES:
        chore.due(change.session, change.now)
    accounts.give_back(change, 2)


def the_done_are_listed(change: UnitChange) -> None:
    shown = views.rows(change.session, "resolved", 1)
    views.rows(change.session, "resolved", 1, after=views.order_of(shown[0]))


def ada_gets_room(change: UnitChange) -> None:
    change.take(Capacity, 1).used -= change.rules.chat_weight
    matching.match_agent(change, 1)


def the_line_is_looked_through(change: UnitChange) -> None:
    matching.match_queue(change, change.rows(select(Queue.id))[0])


def the_line_of_promises_is_looked_through(change: UnitChange) -> None:
    change.rows(select(Queue))[0].turn = Turn.PROMISE
    matching.match_queue(change, change.rows(select(Queue.id))[0])


def ada_asks_for_work(change: UnitChange) -> None:
    heads.of_agent(change, 1, 10, asked=True)


PASSES: list[Act] = [
    ada_gets_room,
    the_line_is_looked_through,
    the_line_of_promises_is_looked_through,
    ada_asks_for_work,
]


@about_sqlite
@pytest.mark.parametrize("act", PASSES)
def test_a_pass_reads_the_heads_of_lines_in_the_order_of_their_index(act: Act) -> None:
    """So what it costs does not grow with the line, nor with what was settled before."""
    change = a_change()
    queue, _ = a_floor(change)
    for _ in range(12):
        a_chat(change, queue)
    change.write()
    plans = plans_of(change.session)

    act(change)

    heads_read = [step for step in plans if "ix_ticket_line" in step]
    assert heads_read
    assert [] == [step for step in plans if step.startswith("SCAN") and "json_each" not in step and "queue" not in step]


@about_sqlite
@pytest.mark.parametrize(
    "act", [ada_is_not_heard_of, support_is_archived, who_left_gives_their_work_back, the_done_are_listed]
)
def test_an_index_leads_to_what_is_meant(act: Act) -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    for agent in (ada, bo):
        a_chat(change, queue).assign(change, agent)
    a_chat(change, queue).resolve(change)
    a_chat(change, queue)
    bo.active = False
    settle(change)
    change.write()
    plans = plans_of(change.session)

    act(change)

    read = [step for step in plans if " ticket" in step]
    assert read
    assert [] == [step for step in read if step.startswith("SCAN ticket") and "ix_ticket_done" not in step]


@about_sqlite
def test_a_ticket_is_written_without_a_table_that_is_made_for_it() -> None:
    """SQLite makes one of a list of more than two words, whenever it asks whether a row belongs in an index."""
    change = a_change()
    written = "status = 'open', agent_id = 1, line_at = 1, waiting_since = 1, updated_at = 1, sla_due_at = 1"

    steps = change.session.connection().exec_driver_sql(f"explain update ticket set {written} where id = 1").all()

    assert "IdxInsert" in {step[1] for step in steps}
    assert "OpenEphemeral" not in {step[1] for step in steps}
