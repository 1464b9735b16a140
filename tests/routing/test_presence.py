"""What an agent intends, and whether they can be reached."""

from datetime import timedelta

import pytest
from sqlmodel import select

from routing import presence
from routing.offers import Offer
from routing.presence import Intent, Presence
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, at_the_desk, offer_of, rings_at, settle
from tickets.events import AgentChanged
from tickets.people import Agent


@pytest.mark.parametrize("intent", Intent)
@pytest.mark.parametrize("connected", [True, False])
def test_available_is_who_intends_it_and_is_connected(intent: Intent, connected: bool) -> None:
    change = a_change()
    ada = an_agent(change)
    if connected:
        presence.came(change, ada.id)

    presence.set_intent(change, ada.id, intent)

    assert (connected and intent == "available") == _of(change, ada).available


def test_who_comes_for_the_first_time_is_not_rung_before_they_say_so() -> None:
    change = a_change()
    ada = an_agent(change)

    presence.came(change, ada.id)

    assert (Intent.AWAY, True) == (_of(change, ada).intent, _of(change, ada).connected)


def test_the_intent_outlives_a_reload() -> None:
    change = a_change()
    ada = an_agent(change)
    at_the_desk(change, ada)
    before = len(change.events)

    presence.came(change, ada.id)

    assert _of(change, ada).available
    assert before == len(change.events), "nothing has changed, so nothing has happened"


def test_a_heartbeat_is_not_history() -> None:
    change = a_change()
    ada = an_agent(change)
    at_the_desk(change, ada)
    change.events.clear()

    change.moves(seconds=80)
    presence.seen(change, [ada.id])
    change.moves(seconds=80)

    assert [] == change.events
    assert [] == presence.silent(change.session, change.now)


def test_a_silent_agent_is_given_up_after_the_grace_and_not_before() -> None:
    change = a_change()
    ada = an_agent(change)
    at_the_desk(change, ada)
    change.events.clear()

    change.moves(seconds=89)
    assert [] == presence.silent(change.session, change.now)
    presence.lost(change, ada.id)
    assert _of(change, ada).available

    change.moves(seconds=1)
    assert [ada.id] == presence.silent(change.session, change.now)
    presence.lost(change, ada.id)
    presence.lost(change, ada.id)
    assert ["PresenceChanged"] == change.kinds
    assert not _of(change, ada).available


def test_when_an_agent_is_lost_those_who_wait_live_go_on_and_the_rest_stays() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    talking, ticket = a_chat(change, queue), a_ticket(change, queue_id=queue.id)
    accept(change, ada, offer_of(change, talking))
    ticket.assign(change, ada)
    presence.seen(change, [bo.id])
    settle(change)
    age = talking.queued_at
    presence.set_intent(change, bo.id, Intent.AWAY)
    ringing = a_chat(change, queue)
    assert ada.id == rings_at(change, ringing)
    presence.set_intent(change, bo.id, Intent.AVAILABLE)
    settle(change)

    change.moves(seconds=60)
    presence.seen(change, [bo.id])
    change.moves(seconds=60)
    presence.lost(change, ada.id)
    settle(change)

    assert (None, age, bo.id) == (talking.agent_id, talking.queued_at, rings_at(change, talking))
    assert bo.id == rings_at(change, ringing)
    assert ada.id == ticket.agent_id


def test_an_agent_heard_again_is_back_and_may_be_asked_for_the_same_chat() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))
    change.moves(minutes=3)
    presence.lost(change, ada.id)
    settle(change)
    assert rings_at(change, chat) is None

    presence.seen(change, [ada.id])
    assert ["PresenceChanged"] == change.kinds
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_who_no_longer_works_here_holds_no_live_chat() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))

    ada.active = False
    change.record(AgentChanged(agent=ada.id))
    settle(change)

    assert bo.id == rings_at(change, chat)
    assert not _of(change, ada).available


def test_a_visitor_who_comes_back_to_an_absent_agent_goes_to_somebody_else() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))
    chat.end_live(change)
    presence.set_intent(change, ada.id, Intent.OFFLINE)
    settle(change)

    chat.begin_live(change)
    settle(change)

    assert bo.id == rings_at(change, chat)


def test_two_changes_of_mind_at_once_count_as_the_last() -> None:
    """A reaction goes by what is so by now, not by what was so when the event was recorded."""
    change = a_change()
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada)
    at_the_desk(change, ada)
    chat = a_ticket(change, live=True, queue_id=queue.id)
    settle(change)

    assert ada.id == rings_at(change, chat)
    assert 1 == len(change.rows(select(Offer)))


def test_idle_time_begins_anew_with_every_piece_of_work() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)

    change.moves(minutes=4)
    accept(change, ada, offer_of(change, chat))
    assert change.now == _of(change, ada).idle_since

    change.moves(minutes=4)
    chat.resolve(change)
    settle(change)
    assert change.now == _of(change, ada).idle_since


def test_the_board_shows_everyone_who_works_here() -> None:
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    at_the_desk(change, ada)
    an_agent(change, "Mallory").active = False
    settle(change)

    shown = presence.presences(change.session)

    assert [("Ada", True), ("Bo", None)] == [(agent.name, there and there.available) for agent, there in shown]
    assert change.now + timedelta(seconds=90) == _of(change, ada).lost_due
    assert presence.presence_of(change.session, bo.id) is None


def _of(change: UnitChange, agent: Agent) -> Presence:
    return change.take(Presence, agent.id)
