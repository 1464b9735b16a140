"""The heads of lines are what sorting all of them would put first."""

from datetime import timedelta
from random import Random

import pytest
from sqlmodel import select

from routing import heads, line, presence
from routing.line import Turn
from routing.presence import Intent
from routing.queues import Delivery, Queue
from routing.stays import Widening
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, offer_of, rings_at, settle
from tickets.rules import Rules
from tickets.status import Priority
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def some_wait(change: UnitChange, queue: Queue, dice: Random) -> Ticket:
    """At any age, live or not, with any urgency; some were promised something."""
    change.moves(minutes=dice.randrange(90))
    ticket = a_ticket(change, live=dice.random() < 0.3, queue_id=queue.id)
    ticket.set_priority(change, dice.choice(list(Priority)))
    ticket.set_lane(dice.choice((0, 0, 7200)))
    if dice.random() < 0.5:
        ticket.sla_due_at = change.now + timedelta(minutes=dice.randrange(-60, 6000))
    return ticket


@pytest.mark.parametrize("seed", range(5))
def test_whatever_waits_the_heads_are_the_first_of_all(seed: int) -> None:
    """Of two queues, one by urgency and one by promises, as one agent sees them, and of each queue by itself."""
    dice, change = Random(seed), a_change()
    ada = an_agent(change)
    queues = [a_queue(change, name, ada, delivery=Delivery.OFFER) for name in ("Support", "Claims")]
    queues[1].set_rules(change, delivery=Delivery.OFFER, turn=Turn.PROMISE)
    waiting = [(some_wait(change, queue, dice), queue) for queue in dice.choices(queues, k=40)]

    def sorted_out(*of: Queue) -> list[int]:
        mine = [(not one.live, line.stands_at(one, queue.turn), one.id) for one, queue in waiting if queue in of]
        return [ticket_id for *_, ticket_id in sorted(mine)][:12]

    assert sorted_out(*queues) == [head.ticket_id for head in heads.of_agent(change, ada.id, 12)]
    for queue in queues:
        assert sorted_out(queue) == [head.ticket_id for head in heads.of_queue(change, queue, 12)[:12]]
        in_order = change.rows(
            select(Ticket.id).where(Ticket.queue_id == queue.id).order_by(*line.in_order(queue.turn))
        )
        assert sorted_out(queue) == list(in_order)[:12]


def test_a_queue_may_go_by_what_was_promised_soonest() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_rules(change, delivery=Delivery.OFFER, turn=Turn.PROMISE)
    talking, old, promised = (a_chat(change, queue) for _ in range(3))
    accept(change, ada, offer_of(change, talking))
    promised.sla_due_at = change.now + timedelta(minutes=10)
    old.sla_due_at = change.now + timedelta(minutes=20)

    talking.resolve(change)
    settle(change)

    assert [None, ada.id] == [rings_at(change, old), rings_at(change, promised)]


def test_who_was_promised_nothing_does_not_starve_in_a_line_of_promises() -> None:
    """They stand as if an answer were due a day after they came."""
    change = a_change()
    queue = a_queue(change)
    forgotten = a_ticket(change, queue_id=queue.id)
    change.moves(hours=23)
    promised = a_ticket(change, queue_id=queue.id)
    promised.sla_due_at = change.now + timedelta(hours=2)

    assert line.stands_at(forgotten, Turn.PROMISE) < line.stands_at(promised, Turn.PROMISE)


def test_whose_promise_is_far_away_is_not_passed_for_ever_by_nearer_ones() -> None:
    """Whoever comes two days later stands behind, however soon they were promised something."""
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_rules(change, delivery=Delivery.OFFER, turn=Turn.PROMISE)
    talking, far = a_chat(change, queue), a_chat(change, queue)
    far.sla_due_at = change.now + timedelta(days=30)
    accept(change, ada, offer_of(change, talking))

    def next_is(ticket: Ticket) -> bool:
        soon = a_chat(change, queue)
        soon.sla_due_at = change.now + timedelta(seconds=15)
        first, *_ = heads.of_agent(change, ada.id, 1)
        (in_order, *_) = change.rows(select(Ticket.id).where(line.waiting()).order_by(*line.in_order(Turn.PROMISE)))
        assert first.ticket_id == in_order
        soon.resolve(change)
        settle(change)
        return ticket.id == in_order

    change.moves(hours=47)
    assert not next_is(far), "what is due soon comes first"
    change.moves(hours=1, seconds=1)
    for _ in range(12):
        assert next_is(far)


def test_what_others_call_for_help_with_is_among_them() -> None:
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    support, repairs = a_queue(change, "Support", ada), a_queue(change, "Repairs", bo)
    theirs, own = a_ticket(change, live=True, queue_id=support.id), a_ticket(change, live=True, queue_id=repairs.id)
    presence.set_intent(change, bo.id, Intent.AVAILABLE)
    assert [own.id] == [head.ticket_id for head in heads.of_agent(change, bo.id, 5)]

    change.add(Widening(ticket_id=theirs.id, queue_id=repairs.id))

    assert [theirs.id, own.id] == [head.ticket_id for head in heads.of_agent(change, bo.id, 5)]
