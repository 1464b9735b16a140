"""What concerns many people at once is one change, whatever it tells of each of them; what it leaves comes next."""

from routing import matching, presence
from routing.queues import Delivery
from routing.skills import add_skill, set_agents, set_queues
from tests.cast import UnitChange, a_change, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, at_the_desk, offer_of, rings_at, settle
from tickets.rules import Rules

MANY = 26


def drained(change: UnitChange) -> None:
    """The scheduler goes through the lines until nothing more is due at once."""
    while due := matching.undrained(change.session, change.now):
        for queue_id in due:
            matching.drain(change, queue_id)
            settle(change)


def test_a_whole_department_learns_something() -> None:
    change = a_change()
    queue, agents = a_floor(change, *(f"Agent {n}" for n in range(2 * MANY)))
    bicycles = add_skill(change, "Bicycles")
    set_queues(change, bicycles.id, {queue.id: 2})
    settle(change)
    chats = [a_chat(change, queue) for _ in range(3)]

    set_agents(change, bicycles.id, {agent.id: 3 for agent in agents})
    settle(change)
    drained(change)

    assert [agent.id for agent in agents[:3]] == [rings_at(change, chat) for chat in chats]


def test_everybody_at_whom_something_rings_leaves_a_queue() -> None:
    change = a_change()
    queue, agents = a_floor(change, *(f"Agent {n}" for n in range(MANY)))
    chats = [a_chat(change, queue) for _ in range(MANY)]
    bo = an_agent(change, "Bo")
    at_the_desk(change, bo)

    queue.set_members(change, [bo.id])
    settle(change)
    drained(change)

    assert [bo.id] * 4 + [None] * (MANY - 4) == [rings_at(change, chat) for chat in chats]
    assert len(agents) == MANY


def test_who_holds_many_light_chats_is_lost() -> None:
    """All of them are in line again, and ring at whoever has room."""
    change = a_change(rules=Rules(chat_weight=3))
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    queue = a_queue(change, "Support", ada, bo, delivery=Delivery.OFFER)
    at_the_desk(change, ada)
    chats = [a_chat(change, queue) for _ in range(MANY)]
    for chat in chats:
        accept(change, ada, offer_of(change, chat))
    at_the_desk(change, bo)
    settle(change)

    change.moves(minutes=5)
    change.by = "system"
    presence.lost(change, ada.id)
    settle(change)
    drained(change)

    assert {bo.id} == {rings_at(change, chat) for chat in chats}
