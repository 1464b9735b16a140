"""Delays, help, full lines, and offers that nobody takes."""

from collections.abc import Callable

import pytest

from routing import handing, loads, matching, presence, states
from routing.callbacks import turning
from routing.chores import CHORES
from routing.events import QueueFull
from routing.limits import WhenFull
from routing.loads import LoadForm
from routing.medium import Medium
from routing.presence import Intent
from routing.queues import Queue
from routing.states import StateForm, Takes
from routing.stays import RelaxStep, set_steps
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import ALL, a_chat, a_floor, a_queue, accept, at_the_desk, decline, offer_of, rings_at, settle
from tests.routing.sla.promises import ALoggedChange
from tickets.errors import Refused
from tickets.people import Agent
from tickets.rules import Rules

ONE_CHAT = Rules(pool=25)
LINES = [chore for chore in CHORES if chore.name in {"tickets that wait too long", "lines not yet drained"}]


def later(change: UnitChange, **by: float) -> None:
    """Time goes by, and the scheduler does what is due."""
    change.moves(**by)
    change.write()
    for chore in LINES:
        for key in chore.due(change.session, change.now):
            chore.act(change, key)
            settle(change)


def busy(change: UnitChange, queue: Queue, agent: Agent) -> None:
    accept(change, agent, offer_of(change, a_chat(change, queue)))


# Delays


def test_a_member_with_a_delay_is_asked_once_the_work_is_so_old() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    queue.set_delays(change, {ada.id: 30, bo.id: 60})
    settle(change)

    chat = a_chat(change, queue)
    assert rings_at(change, chat) is None
    later(change, seconds=29)
    assert rings_at(change, chat) is None
    later(change, seconds=1)

    assert ada.id == rings_at(change, chat)


def test_who_has_no_delay_comes_first_and_who_has_one_is_given_what_is_old() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada, bo) = a_floor(change)
    queue.set_delays(change, {ada.id: 30})
    settle(change)
    busy(change, queue, bo)
    old = a_chat(change, queue)
    presence.set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    later(change, seconds=30)
    young = a_chat(change, queue)

    presence.set_intent(change, ada.id, Intent.AVAILABLE)
    settle(change)

    assert [ada.id, None] == [rings_at(change, old), rings_at(change, young)]


def test_a_delay_holds_for_who_asks_for_work_too() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    queue.set_delays(change, {ada.id: 600})
    ticket = a_ticket(change, queue_id=queue.id)
    settle(change)

    with pytest.raises(Refused, match="Nothing waits for you"):
        matching.next_ticket(change, ada.id)
    change.moves(minutes=10)

    assert ticket == matching.next_ticket(change, ada.id)


# Help


def test_others_help_while_a_line_is_long() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    bo, noor = an_agent(change, "Bo"), an_agent(change, "Noor")
    repairs = a_queue(change, "Repairs", bo, noor)
    queue.set_overflow(change, to=repairs.id, at=2)
    at_the_desk(change, bo)
    busy(change, queue, ada)
    first = a_chat(change, queue)
    assert rings_at(change, first) is None, "one waits"

    second = a_chat(change, queue)
    assert [bo.id, None] == [rings_at(change, first), rings_at(change, second)]

    accept(change, bo, offer_of(change, first))
    at_the_desk(change, noor)
    settle(change)
    assert rings_at(change, second) is None, "the line is short again"


# Full lines


def a_full_queue(change: UnitChange, then: WhenFull, *, says: str = "") -> tuple[Queue, Queue]:
    """One talks to Ada, one waits, and that is all that Support can hold."""
    queue, (ada,) = a_floor(change, "Ada")
    other = a_queue(change, "Repairs")
    queue.set_limits(change, most_waiting=1, longest_wait=None, then=then, to=other.id, says=says)
    busy(change, queue, ada)
    a_chat(change, queue)
    return queue, other


def test_who_comes_to_a_full_line_is_told_and_answered_in_writing() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, _ = a_full_queue(change, WhenFull.LETTER, says="We are busy until three.")

    chat = a_ticket(change, live=True, queue_id=queue.id)
    change.settle(ALL)
    told = [event for event in change.recorded if isinstance(event, QueueFull)]

    assert [("letter", "We are busy until three.")] == [(one.then, one.says) for one in told]
    assert (False, queue.id) == (chat.live, chat.queue_id), "it waits to be answered by mail"


def test_who_comes_to_a_full_line_may_wait_in_another() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, other = a_full_queue(change, WhenFull.QUEUE)

    chat = a_chat(change, queue)

    assert (True, other.id) == (chat.live, chat.queue_id)


def test_a_line_is_full_of_long_waits_too() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_limits(change, most_waiting=None, longest_wait=300, then=WhenFull.LETTER)
    busy(change, queue, ada)
    assert a_chat(change, queue).live

    change.moves(minutes=5)
    assert not a_chat(change, queue).live


def test_a_line_is_not_full_where_somebody_is_free() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_limits(change, most_waiting=1, longest_wait=None, then=WhenFull.LETTER)

    first, second = a_chat(change, queue), a_chat(change, queue)

    assert [ada.id, ada.id] == [rings_at(change, first), rings_at(change, second)]


def test_a_line_is_full_where_whoever_is_free_may_have_no_more_or_is_there_for_something_else() -> None:
    """Ada has room, but one chat at once is the most; Bo has room, but is there for mails."""
    change = a_change()
    queue, (ada, bo) = a_floor(change, "Ada", "Bo")
    queue.set_limits(change, most_waiting=1, longest_wait=None, then=WhenFull.LETTER)
    loads.set_loads(change, {Medium.CHAT: LoadForm(most=1)})
    mails = states.add_state(change, StateForm("Mails only", takes={Medium.EMAIL: Takes.NEW}))
    presence.choose(change, bo.id, mails.key)
    settle(change)
    busy(change, queue, ada)
    change.by = "system"

    assert [True, False, False] == [a_chat(change, queue).live for _ in range(3)]

    loads.set_loads(change, {Medium.CHAT: LoadForm(most=3)})
    settle(change)
    later(change, seconds=0)
    assert [True, False] == [a_chat(change, queue).live for _ in range(2)], "who waits and who comes ring at Ada"


def test_who_was_turned_away_is_told_so_again_until_the_line_is_shorter() -> None:
    change = ALoggedChange(rules=ONE_CHAT)
    queue, _ = a_full_queue(change, WhenFull.LETTER)
    chat = a_chat(change, queue)

    chat.begin_live(change)
    change.settle(ALL)
    assert ["LiveBegan", "QueueFull", "LiveEnded"] == [
        kind for kind in change.kinds if "Live" in kind or "Full" in kind
    ]
    change.events.clear()
    chat.begin_live(change)
    settle(change)
    assert not chat.live, "nor the time after"

    queue.set_limits(change, most_waiting=2, longest_wait=None, then=WhenFull.LETTER)
    chat.begin_live(change)
    settle(change)
    assert chat.live


def test_who_left_a_line_by_themselves_has_kept_their_place_in_it() -> None:
    change = ALoggedChange(rules=ONE_CHAT)
    queue, _ = a_full_queue(change, WhenFull.LETTER)
    queue.set_limits(change, most_waiting=2, longest_wait=None, then=WhenFull.LETTER)
    chat, other = a_chat(change, queue), a_chat(change, queue)
    assert (True, False) == (chat.live, other.live)

    turning.to_email(change, chat.id, "sam@mail.example")
    settle(change)
    a_chat(change, queue)
    turning.to_chat(change, chat.id)
    settle(change)
    assert chat.live, "they had chosen a mail"

    turning.to_email(change, other.id, "li@mail.example")
    settle(change)
    turning.to_chat(change, other.id)
    settle(change)
    assert not other.live, "they had been turned away"


def test_what_is_moved_by_hand_waits_however_full_a_line_is() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, other = a_full_queue(change, WhenFull.LETTER)
    chat = a_chat(change, other)

    handing.move(change, chat.id, queue.id)
    settle(change)

    assert (True, queue.id) == (chat.live, chat.queue_id)


# Offers that nobody takes


def test_after_so_many_refusals_the_next_step_is_taken_at_once() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    helper = an_agent(change, "Noor")
    repairs = a_queue(change, "Repairs", helper)
    at_the_desk(change, helper)
    step = RelaxStep(queue_id=0, number=0, after_seconds=3600, drop=[], widen_to=repairs.id, raise_priority=False)
    set_steps(change, queue.id, [step])
    queue.set_escalation(change, 2)
    settle(change)
    chat = a_chat(change, queue)

    decline(change, ada, offer_of(change, chat))
    decline(change, bo, offer_of(change, chat))

    assert helper.id == rings_at(change, chat)


# What is refused


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda change, queue: queue.set_overflow(change, to=None, at=5), "overflow_at"),
        (lambda change, queue: queue.set_overflow(change, to=queue.id, at=5), "overflow_to"),
        (lambda change, queue: queue.set_overflow(change, to=404, at=0), "overflow_at"),
        (lambda change, queue: queue.set_escalation(change, 0), "escalate_after"),
        (lambda change, queue: queue.set_delays(change, {1: 10_000.0}), "delays"),
        (lambda change, queue: _limits(change, queue, most_waiting=0), "most_waiting"),
        (lambda change, queue: _limits(change, queue, longest_wait=1e9), "longest_wait"),
        (lambda change, queue: _limits(change, queue), "most_waiting"),
        (lambda change, queue: _limits(change, queue, most_waiting=5, then=WhenFull.QUEUE, to=queue.id), "full_to"),
    ],
)
def test_figures_that_make_no_sense_are_refused_beside_their_field(
    act: Callable[[UnitChange, Queue], None], field: str
) -> None:
    change = a_change()
    queue = a_queue(change)

    with pytest.raises(Refused) as refusal:
        act(change, queue)

    assert field == refusal.value.field


def _limits(change: UnitChange, queue: Queue, **said: object) -> None:
    queue.set_limits(change, **{"most_waiting": None, "longest_wait": None, "then": WhenFull.LETTER, **said})  # type: ignore[arg-type]
