"""The examples of docs/routing.md, as they are told there."""

from datetime import timedelta

from routing import line
from routing.limits import WhenFull
from routing.line import Turn
from routing.stays import set_steps
from tests.cast import a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, accept, at_the_desk, decline, offer_of, rings_at
from tests.routing.test_limits import ONE_CHAT, busy, later
from tests.routing.test_stays import step
from tickets.status import Priority


def test_whose_turn_is_next() -> None:
    """Urgency passes what came up to a day before, and nothing older."""
    change = a_change()
    queue = a_queue(change)
    monday = change.now.replace(hour=7)
    at_six, at_eight = (monday - timedelta(days=1) + timedelta(hours=hours) for hours in (-1, 1))
    sam, earlier, li_jing = (a_ticket(change, queue_id=queue.id) for _ in range(3))
    for ticket, came in ((sam, at_eight), (earlier, at_six), (li_jing, monday)):
        ticket.queued_at = came
        ticket.stand()
    li_jing.set_priority(change, Priority.URGENT)

    order = sorted((sam, earlier, li_jing), key=lambda one: line.stands_at(one, Turn.URGENCY))

    assert [earlier, li_jing, sam] == order


def test_members_who_come_later() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada, bo) = a_floor(change)
    queue.set_delays(change, {bo.id: 60})
    busy(change, queue, ada)

    sam = a_chat(change, queue)
    assert rings_at(change, sam) is None
    later(change, seconds=60)

    assert bo.id == rings_at(change, sam)


def test_a_full_queue() -> None:
    change = a_change(rules=ONE_CHAT)
    queue, (ada,) = a_floor(change, "Ada")
    queue.set_limits(change, most_waiting=2, longest_wait=None, then=WhenFull.LETTER)
    busy(change, queue, ada)

    sam, li_jing, priya = (a_chat(change, queue) for _ in range(3))

    assert [True, True, False] == [one.live for one in (sam, li_jing, priya)]
    assert queue.id == priya.queue_id


def test_offers_that_nobody_takes() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    noor = an_agent(change, "Noor")
    repairs = a_queue(change, "Repairs", noor)
    at_the_desk(change, noor)
    set_steps(change, queue.id, [step(3600, widen_to=repairs.id)])
    queue.set_escalation(change, 2)
    chat = a_chat(change, queue)

    decline(change, ada, offer_of(change, chat))
    decline(change, bo, offer_of(change, chat))

    assert noor.id == rings_at(change, chat)
    assert chat == accept(change, noor, offer_of(change, chat))
