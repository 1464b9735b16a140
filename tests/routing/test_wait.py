"""How many are before you, and how long it may take."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from routing import loads, presence, wait
from routing.loads import LoadForm
from routing.medium import Medium
from routing.presence import Intent
from routing.queues import Queue
from routing.states import StateForm, Takes, add_state
from routing.wait import Band, Pace, Shown, band, next_shown
from tests.cast import MONDAY, UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, acts, at_the_desk, offer_of, rings_at, settle
from tests.routing.waiting import a_busy_floor, talked
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority
from tickets.ticket import Ticket


def test_the_line_is_the_order_in_which_routing_offers() -> None:
    change, queue, ada = a_busy_floor()
    chats = []
    for _ in range(4):
        chats.append(a_chat(change, queue))
        change.moves(seconds=1)
    chats[2].set_priority(change, Priority.URGENT)
    settle(change)
    told = _positions(change, queue)

    served: list[Ticket] = []
    while len(served) < 4:
        _finish(change, ada)
        served.append(next(chat for chat in chats if rings_at(change, chat)))
        accept(change, ada, offer_of(change, served[-1]))

    assert [told[chat.id] for chat in served] == [1, 2, 3, 4]
    assert chats[2] is served[0]


def test_one_place_and_all_places_agree() -> None:
    change, queue, _ = a_busy_floor()
    chats = [a_chat(change, queue) for _ in range(5)]
    chats[3].set_priority(change, Priority.HIGH)
    chats[4].set_priority(change, Priority.HIGH)

    places = _positions(change, queue)

    assert {1, 2, 3, 4, 5} == set(places.values())
    assert places == {chat.id: wait.position(change.session, chat.id) for chat in chats}


def test_whoever_rings_is_still_next() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    chat = a_chat(change, queue)

    assert {chat.id: 1} == _positions(change, queue)


def test_only_those_who_wait_live_stand_in_line() -> None:
    change, queue, ada = a_busy_floor()
    elsewhere = a_chat(change, a_queue(change, "Billing"))
    letter = a_ticket(change, queue_id=queue.id)
    (talking,) = change.rows(select(Ticket).where(Ticket.agent_id == ada.id))

    assert {} == _positions(change, queue)
    assert [1, None, None, None] == [
        wait.position(change.session, one) for one in (elsewhere.id, letter.id, talking.id, 404)
    ]


def test_the_band_is_the_published_example() -> None:
    """semantics.md part 4: the fourth in line, a talk ending every 100 s, waits under 551 s in four of five cases."""
    assert 551 == band(4, Pace(slots=1, talk=100)).high


@given(st.integers(1, 200), st.integers(1, 50), st.floats(10, 3600))
def test_the_mean_lies_in_the_band_and_more_agents_are_faster(place: int, slots: int, talk: float) -> None:
    told = band(place, Pace(slots, talk))

    assert 0 <= told.low <= place * talk / slots <= told.high + 1
    assert band(place, Pace(slots + 1, talk)).high <= told.high


def test_nothing_is_estimated_from_too_little() -> None:
    change, queue, ada = a_busy_floor(talks=19)
    a_chat(change, queue)

    assert _pace(change, queue) is None
    _finish(change, ada)
    settle(change)
    assert Pace(1, 57) == _pace(change, queue), "19 of a minute, and one that was over at once"


def test_it_goes_by_recent_talks_and_agents_who_are_there() -> None:
    change, queue, ada = a_busy_floor(talks=20, lasting=300)

    assert Pace(1, 300) == _pace(change, queue)
    acts(change, ada)
    presence.set_intent(change, ada.id, Intent.AWAY, "lunch")
    assert _pace(change, queue) is None, "nobody is there"


@pytest.mark.parametrize(
    ("rules", "load", "slots"),
    [
        (Rules(), LoadForm(), 4),
        (Rules(), LoadForm(weight=100), 1),
        (Rules(), LoadForm(most=1), 1),
        (Rules(), LoadForm(weight=10, most=50), 10),
        (Rules(chat_weight=0), LoadForm(), 100),
        (Rules(chat_weight=0), LoadForm(most=3), 3),
        (Rules(pool=25, chat_weight=40), LoadForm(), 1),
    ],
)
def test_an_agent_counts_for_the_chats_they_may_have_at_once(rules: Rules, load: LoadForm, slots: int) -> None:
    """As the page Capacity says, and else the configuration; also where a chat takes nothing."""
    change, queue, _ = a_busy_floor(talks=20, rules=rules)
    loads.set_loads(change, {Medium.CHAT: load})

    assert Pace(slots, 60) == _pace(change, queue)
    change.write()
    assert Pace(slots, 60) == wait.pace(change.session, queue.id, now=change.now, rules=rules)


def _is_in_a_state_for_mail_only(change: UnitChange, queue: Queue, bo: Agent) -> None:
    mail = add_state(change, StateForm("Letters", takes={Medium.EMAIL: Takes.NEW}))
    presence.choose(change, bo.id, mail.key)


def _goes_to_lunch_after_the_talk(change: UnitChange, queue: Queue, bo: Agent) -> None:
    accept(change, bo, offer_of(change, a_chat(change, queue)))
    presence.choose(change, bo.id, "lunch", later=True)


def _sees_the_work_an_hour_later(change: UnitChange, queue: Queue, bo: Agent) -> None:
    queue.set_delays(change, {bo.id: 3600})


def _is_at_lunch(change: UnitChange, queue: Queue, bo: Agent) -> None:
    presence.choose(change, bo.id, "lunch")


@pytest.mark.parametrize(
    "is_so",
    [_is_in_a_state_for_mail_only, _goes_to_lunch_after_the_talk, _sees_the_work_an_hour_later, _is_at_lunch],
)
def test_whom_no_chat_of_the_line_reaches_now_does_not_count(is_so: Callable[[UnitChange, Queue, Agent], None]) -> None:
    """docs/routing.md, Waiting: Bo is there all the same."""
    change, queue, ada = a_busy_floor(talks=20)
    bo = an_agent(change, "Bo")
    queue.set_members(change, [ada.id, bo.id])
    at_the_desk(change, bo)
    assert Pace(2, 60) == _pace(change, queue)

    acts(change, bo)
    is_so(change, queue, bo)

    assert Pace(1, 60) == _pace(change, queue)


def test_who_answers_two_queues_counts_in_each_for_the_part_of_the_talks_that_it_has() -> None:
    """Ada and Bo share Support and Billing; Grace answers Support alone. A minute of Billing is a minute not for
    Support, and where nothing is to do they have all their time for the other.
    """
    change, support, ada = a_busy_floor(talks=20, lasting=60)
    bo, grace = an_agent(change, "Bo"), an_agent(change, "Grace")
    billing = a_queue(change, "Billing", ada, bo)
    support.set_members(change, [ada.id, bo.id, grace.id])
    at_the_desk(change, bo, grace)
    assert (Pace(3, 60), None) == (_pace(change, support), _pace(change, billing))

    talked(change, billing, bo, ended=change.now, lasting=180, times=20)

    assert (Pace(1 + 2 / 4, 60), Pace(2 * 3 / 4, 180)) == (_pace(change, support), _pace(change, billing))
    change.write()
    both = [support.id, billing.id]
    alone = {one: wait.paces(change.session, [one], now=change.now, each=1)[one] for one in both}
    assert alone == wait.paces(change.session, both, now=change.now, each=1), "one queue and the board agree"


def test_a_queue_that_is_no_more_takes_nobodys_time() -> None:
    change, support, ada = a_busy_floor(talks=20, lasting=60)
    billing = a_queue(change, "Billing", ada)
    talked(change, billing, ada, ended=change.now, lasting=180, times=20)
    assert Pace(1 / 4, 60) == _pace(change, support)

    billing.archive(change)
    settle(change)

    assert Pace(1, 60) == _pace(change, support)


def test_where_too_few_talks_ended_lately_the_same_half_hour_of_last_week_is_asked() -> None:
    """It is nine o'clock and seven minutes; what counts is nine to half past nine a week ago, and at least five."""
    change, queue, ada = a_busy_floor()
    change.moves(minutes=6)
    talked(change, queue, ada, ended=change.now, lasting=30, times=19)
    a_week_ago = change.now - timedelta(days=7)
    talked(change, queue, ada, ended=a_week_ago + timedelta(minutes=30), lasting=900, times=9)
    talked(change, queue, ada, ended=a_week_ago + timedelta(minutes=10), lasting=200, times=4)
    assert _pace(change, queue) is None

    talked(change, queue, ada, ended=a_week_ago, lasting=200)
    assert Pace(1, 200) == _pace(change, queue)

    talked(change, queue, ada, ended=change.now, lasting=30)
    assert Pace(1, 30) == _pace(change, queue), "the last two hours say more"


BANDS = st.none() | st.builds(Band, low=st.integers(0, 900), high=st.integers(901, 3600))


@given(st.lists(st.tuples(st.integers(1, 40), BANDS), min_size=1, max_size=20))
def test_what_is_shown_rises_once_a_minute_at_most(looks: list[tuple[int, Band | None]]) -> None:
    """Whatever is found out, and however often; and it falls at once. Silence between two numbers hides no rise."""
    now, shown, rises = MONDAY, Shown(None, MONDAY - timedelta(hours=1)), list[datetime]()
    last: Band | None = None
    for seconds, found in looks:
        now += timedelta(seconds=seconds)
        before, shown = shown.band, next_shown(shown, found, now)
        band = shown.band
        if last is not None and band is not None and (band.low > last.low or band.high > last.high):
            rises.append(now)
        if found is not None and before is not None and found.low <= before.low and found.high <= before.high:
            assert band == found
        last = band or last

    assert [] == [(a, b) for a, b in pairwise(rises) if b - a < timedelta(minutes=1)]


def _pace(change: UnitChange, queue: Queue) -> Pace | None:
    return wait.pace(change, queue.id, now=change.now, rules=change.rules)


def _finish(change: UnitChange, agent: Agent) -> None:
    for ticket in change.rows(select(Ticket).where(Ticket.agent_id == agent.id)):
        ticket.resolve(change)
    settle(change)


def _positions(change: UnitChange, queue: Queue) -> dict[int, int]:
    change.rows(select(Ticket.id))
    return wait.positions(change.session, queue.id)
