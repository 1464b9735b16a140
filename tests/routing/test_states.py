"""A desk's own states of agents: what reaches who is in them, what comes next, and how long it lasted."""

from datetime import timedelta

import pytest
from sqlmodel import select

from routing import handing, presence, spans, states
from routing.medium import Medium
from routing.presence import Intent, Presence
from routing.queues import Delivery
from routing.spans import PresenceSpan
from routing.states import AgentState, StateForm, Takes
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, accept, acts, at_the_desk, offer_of, rings_at, settle
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.people import Agent

TICKETS = StateForm("Tickets only", glyph="mail", takes={Medium.EMAIL: Takes.NEW, Medium.TICKET: Takes.NEW})
COACHING = StateForm("Coaching", asks_reason=True, takes=dict.fromkeys(Medium, Takes.TRANSFERS))


def test_in_a_state_for_tickets_only_tickets_come_and_chats_go_elsewhere() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change, delivery=Delivery.OFFER)
    chooses(change, ada, states.add_state(change, TICKETS))

    chat, ticket = a_chat(change, queue), a_ticket(change, queue_id=queue.id)
    settle(change)

    assert (bo.id, ada.id) == (rings_at(change, chat), rings_at(change, ticket))


def test_what_rings_goes_on_when_its_agent_takes_no_more_of_it() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    assert ada.id == rings_at(change, chat)

    chooses(change, ada, states.add_state(change, TICKETS))

    assert bo.id == rings_at(change, chat)


def test_a_state_that_takes_transfers_is_handed_work_and_given_none() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chooses(change, ada, states.add_state(change, COACHING), "With Mei")
    chooses(change, bo, states.add_state(change, StateForm("Deep work")))

    chat = a_chat(change, queue)
    assert rings_at(change, chat) is None
    handing.assign(change, chat.id, ada.id)

    assert ada.id == chat.agent_id
    with pytest.raises(Conflict, match=r"Bo takes no such work now\."):
        handing.assign(change, chat.id, bo.id)
    acts(change, bo)
    handing.assign(change, chat.id, bo.id)
    assert bo.id == chat.agent_id, "what they take themselves is their own affair"


@pytest.mark.parametrize("intent", [one for one in Intent if one is not Intent.AVAILABLE])
def test_built_in_states_other_than_available_bring_nothing_new(intent: Intent) -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")

    presence.set_intent(change, ada.id, intent)
    settle(change)
    chat = a_chat(change, queue)

    assert rings_at(change, chat) is None
    assert not here(change, ada).available


def test_a_state_that_asks_why_is_not_chosen_without_a_reason() -> None:
    change = a_change()
    ada, state = an_agent(change), states.add_state(change, COACHING)

    with pytest.raises(Refused, match="Say why") as refused:
        presence.choose(change, ada.id, state.key, " ")
    assert "reason" == refused.value.field

    presence.choose(change, ada.id, state.key, "With Mei")
    assert ("With Mei", state.id) == (here(change, ada).reason, here(change, ada).state_id)


def test_an_archived_state_is_chosen_by_nobody_and_left_by_nobody() -> None:
    change = a_change()
    ada, bo = an_agent(change), an_agent(change, "Bo")
    state = states.add_state(change, TICKETS)
    chooses(change, ada, state)

    state.archive(change)
    settle(change)

    assert state.id == here(change, ada).state_id
    assert [] == states.states(change.session)
    with pytest.raises(NotFound):
        presence.choose(change, bo.id, state.key)


@pytest.mark.parametrize("key", ["", "asleep", "own-", "own-x", "own-99", "own-" + "9" * 30])
def test_a_state_that_there_is_not_is_refused(key: str) -> None:
    change = a_change()
    ada = an_agent(change)

    with pytest.raises(Refused):
        presence.choose(change, ada.id, key)


def test_who_is_in_a_state_follows_what_it_means() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    state = states.add_state(change, TICKETS)
    chooses(change, ada, state)
    chat = a_chat(change, queue)
    assert rings_at(change, chat) is None

    state.edit(change, StateForm("Everything", takes=dict.fromkeys(Medium, Takes.NEW)))
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_two_states_have_no_name_in_common() -> None:
    change = a_change()
    states.add_state(change, TICKETS)

    with pytest.raises(Conflict, match="Tickets only"):
        states.add_state(change, StateForm("tickets ONLY"))
    assert 1 == len(change.rows(select(AgentState)))


# The next state


def test_what_is_chosen_for_later_waits_until_the_talk_is_over() -> None:
    """docs/routing.md: Ada chooses Lunch while she talks with Sam; nothing new comes meanwhile."""
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))

    presence.choose(change, ada.id, "lunch", later=True)
    settle(change)
    assert (Intent.AVAILABLE, "lunch") == (here(change, ada).intent, here(change, ada).next_state)
    assert bo.id == rings_at(change, a_chat(change, queue))

    chat.end_live(change)
    settle(change)
    assert (Intent.LUNCH, "") == (here(change, ada).intent, here(change, ada).next_state)


def test_what_is_chosen_for_later_begins_at_once_where_nobody_waits() -> None:
    """Letters can wait until after lunch."""
    change = a_change()
    ada = an_agent(change)
    at_the_desk(change, ada)
    a_ticket(change).assign(change, ada)
    settle(change)

    presence.choose(change, ada.id, "lunch", later=True)

    assert Intent.LUNCH == here(change, ada).intent


def test_choosing_again_forgets_what_was_to_come() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))
    presence.choose(change, ada.id, "lunch", later=True)

    presence.choose(change, ada.id, "available")
    settle(change)
    chat.resolve(change)
    settle(change)

    assert here(change, ada).available


# Who did it, and how long it lasted


def test_a_supervisor_sets_it_and_the_agent_can_see_who_did() -> None:
    change = a_change()
    ada, grace = an_agent(change), an_agent(change, "Grace")
    at_the_desk(change, ada)

    acts(change, grace)
    presence.choose(change, ada.id, "training")
    assert (Intent.TRAINING, grace.id) == (here(change, ada).intent, here(change, ada).set_by)

    acts(change, ada)
    presence.choose(change, ada.id, "available")
    assert here(change, ada).set_by is None


def test_time_in_each_state_is_written_down_with_the_connection_apart() -> None:
    """docs/routing.md: 30 minutes available, 10 at lunch of which 4 without a line."""
    change = a_change()
    ada, began = an_agent(change), change.now
    at_the_desk(change, ada)
    change.moves(minutes=30)
    presence.choose(change, ada.id, "lunch")
    change.moves(minutes=6)
    presence.seen(change, [])
    change.now = max(change.now, began + timedelta(minutes=36))
    presence.lost(change, ada.id)
    change.moves(minutes=4)

    told = spans.spent(change.session, began, change.now)

    assert [("available", True, 1800), ("lunch", True, 360), ("lunch", False, 240)] == [
        (one.intent, one.connected, one.seconds) for one in told
    ]
    assert [("available", True, 600)] == [
        (one.intent, one.connected, one.seconds)
        for one in spans.spent(change.session, began, began + timedelta(minutes=10))
    ]


def test_spans_follow_each_other_without_a_gap_and_one_is_open() -> None:
    change = a_change()
    ada = an_agent(change)
    for key in ("available", "lunch", "meeting", "available", "available"):
        presence.choose(change, ada.id, key)
        change.moves(minutes=1)

    rows = change.rows(select(PresenceSpan).order_by(PresenceSpan.began_at))  # type: ignore[arg-type]

    assert ["available", "lunch", "meeting", "available"] == [one.intent for one in rows]
    assert [one.ended_at for one in rows] == [*(one.began_at for one in rows[1:]), None]


def here(change: Change, agent: Agent) -> Presence:
    return change.take(Presence, agent.id)


def chooses(change: UnitChange, agent: Agent, state: AgentState, reason: str = "") -> None:
    change.write()
    presence.choose(change, agent.id, state.key, reason)
    settle(change)
