"""Brings what waits to who is free: every ticket that joins a line, and every agent who gets room, passes here."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from routing import (
    asking,
    assignments,
    capacity,
    choosing,
    explained,
    heads,
    line,
    loads,
    offers,
    overflow,
    room,
    stays,
)
from routing.choosing import Choice, Rule
from routing.events import WaitExplained
from routing.explained import ENOUGH
from routing.medium import Medium
from routing.presence import Presence
from routing.queues import Delivery, Queue, QueueMember
from routing.sorts import Sort
from routing.states import Takes
from routing.stays import Widening
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.errors import Refused
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

FARTHEST = 200  # tickets of one sort looked at that somebody refused
AT_ONCE = 3  # lines that are explained when somebody comes or goes; their others are, a moment later


def match_ticket(change: Change, ticket_id: int) -> bool:
    """Offer or give a waiting ticket to the agent whose turn it is. False where nobody can take it in this change."""
    ticket = change.take(Ticket, ticket_id)
    queue = change.find(Queue, ticket.queue_id) if ticket.queue_id is not None else None
    if queue is None:
        return False
    if overflow.watch(change, queue):
        match_queue(change, queue.id)
    placed = line.waits(ticket) and _placed(change, ticket, queue)
    if not placed and line.waits(ticket):
        queue.look_again(change)
    return placed


def match_agent(change: Change, agent_id: int) -> None:
    """Hand out what this agent could take, in its turn, until they have no room. Where so much has happened in this
    change that nothing more can be, their lines are gone through by the next.
    """
    if len(change.events) >= ENOUGH:
        mine = select(QueueMember.queue_id).where(QueueMember.agent_id == agent_id)
        _go_through(change, or_(col(Queue.id).in_(mine), _helped_by(mine)))
        return
    presence = change.find(Presence, agent_id)
    media: tuple[Medium, ...] = ()
    if presence is not None and presence.available:
        media = tuple(medium for medium in Medium if presence.takes(medium) is Takes.NEW)
    while media := _that_fit(change, agent_id, media):
        if not _hand_out(change, agent_id, media):
            break


def match_queue(change: Change, queue_id: int) -> None:
    """Hand out what waits in this queue, in its turn; of a sort that nobody can take now, nothing more is tried. Of
    what is left it is found out why.

    While none of its own is free, only what others were called to help with is tried besides the first.
    """
    queue = change.take(Queue, queue_id)
    nobody_takes, handed_out = set[str](), set[int]()
    somebody_free: bool | None = True  # as far as is known: the first is tried at once
    waiting = heads.of_queue(change, queue, ENOUGH, most_apart=FARTHEST)
    for number, head in enumerate(waiting):
        if head.sort in nobody_takes:
            continue
        somebody_free = asking.anyone_free(change, queue) if somebody_free is None else somebody_free
        if not (somebody_free or Sort.of(head.sort).helpers):
            continue
        if match_ticket(change, head.ticket_id):
            handed_out.add(head.ticket_id)
        elif len(change.events) >= ENOUGH:
            break
        elif not head.apart and _still_waits(change, head.ticket_id):
            nobody_takes.add(head.sort)
        if number == 0 or head.ticket_id in handed_out:
            somebody_free = None
    left = {one.sort for one in waiting if one.ticket_id not in handed_out}
    explained.look_through(change, queue, left, counted=True)


def explain_lines_of(change: Change, agent_id: int) -> None:
    """Somebody who answers these came, went, or can do something else: what waits there may wait for another reason."""
    for number, queue in enumerate(change.find_all(Queue, explained.lines_of(change, agent_id))):
        if number < AT_ONCE and len(change.events) < ENOUGH:
            explained.look_through(change, queue)
        else:
            queue.drain_due = change.now


def next_ticket(change: Change, agent_id: int) -> Ticket:
    """The agent asks for work and gets what is next in their queues and fits."""
    weights = {medium: loads.weight(change.rules, loads.load(change, medium)) for medium in Medium}
    media = tuple(medium for medium in Medium if weights[medium] <= room.room(change, agent_id, medium))
    head = next(iter(heads.of_agent(change, agent_id, 1, media=media, asked=True) if media else ()), None)
    if head is None:
        waiting = heads.of_agent(change, agent_id, 1, asked=True)
        raise Refused("You have no room for more. Finish something first." if waiting else "Nothing waits for you.")
    ticket = change.take(Ticket, head.ticket_id)
    _give(change, ticket, agent_id)
    if ticket.status == Status.NEW:
        ticket.set_status(change, Status.OPEN)
    return ticket


def look_again(change: Change, ticket_id: int) -> None:
    """It has waited so long that it asks for less, or that others may see it."""
    if stays.relax(change, ticket_id) and not match_ticket(change, ticket_id):
        change.record(WaitExplained(ticket=ticket_id))


def drain(change: Change, queue_id: int) -> None:
    """Go on handing out what an earlier change had to leave."""
    left = update(Queue).where(col(Queue.id) == queue_id, col(Queue.drain_due) <= change.now).values(drain_due=None)
    if change.claim(left) == 1:
        match_queue(change, queue_id)


def drain_helped(change: Change, queue_id: int) -> None:
    """Whoever answers this queue may be others: the lines that they help with are gone through as well."""
    _go_through(change, _helped_by([queue_id]))


def drain_all(change: Change) -> None:
    """Whatever waits may fit now: the scheduler goes through every line."""
    _go_through(change)


undrained = Due(select(Queue.id).where(col(Queue.drain_due) <= NOW).limit(100))


# How


def _go_through(change: Change, *which: ColumnElement[bool]) -> None:
    change.claim(update(Queue).where(*which, col(Queue.archived).is_(False)).values(drain_due=change.now))


def _helped_by(queue_ids: Collection[int] | SelectOfScalar[int]) -> ColumnElement[bool]:
    """Lines with which members of these queues help: all of one that is long, or a ticket of it."""
    called = select(Ticket.queue_id).join(Widening, col(Widening.ticket_id) == Ticket.id)
    called = called.where(col(Widening.queue_id).in_(queue_ids), line.waiting())
    return or_(col(Queue.id).in_(called), and_(col(Queue.overflows), col(Queue.overflow_to).in_(queue_ids)))


def _that_fit(change: Change, agent_id: int, media: Collection[Medium]) -> tuple[Medium, ...]:
    """Of these, what the agent has room for."""
    return tuple(one for one in media if room.room(change, agent_id, one) >= capacity.needed_for(change, one))


def _hand_out(change: Change, agent_id: int, media: tuple[Medium, ...]) -> bool:
    """Until there is no more room for one of these media: True, for behind it something else may wait that fits."""
    for head in heads.of_agent(change, agent_id, ENOUGH, media=media):
        if match_ticket(change, head.ticket_id) and _that_fit(change, agent_id, media) != media:
            return True
    return False


def _still_waits(change: Change, ticket_id: int) -> bool:
    """Nothing else in this change has handed it out meanwhile."""
    return line.waits(change.take(Ticket, ticket_id)) and offers.live_of_ticket(change, ticket_id) is None


def _placed(change: Change, ticket: Ticket, queue: Queue) -> bool:
    if not (ticket.live or queue.delivery != Delivery.PULL) or offers.live_of_ticket(change, ticket.id) is not None:
        return False
    asked = asking.Asked(change, ticket, queue, needed=capacity.needed_room(change, ticket))
    choice = _choice(change, queue, asked)
    if choice is None:
        explained.note(change, queue, ticket)
        return False
    if len(change.events) >= ENOUGH:
        queue.drain_due = change.now
        return False
    if ticket.live or queue.delivery == Delivery.OFFER:
        offers.make(change, ticket, queue, choice)
    else:
        _give(change, ticket, choice.agent_id)
    queue.gives(change, choice.agent_id)
    return True


def _choice(change: Change, queue: Queue, asked: asking.Asked) -> Choice | None:
    """The first of those who can, and nobody who comes on a later page; some of the others are looked at for why they
    were not asked.
    """
    rule, others, when = Rule(queue.rule), asked.others, change.now
    for page in asked.able() if others else ():
        choice = choosing.choose(rule, page, needed=asked.needed, now=when, preferred=asked.preferred, besides=others)
        if choice is not None:
            return choice
    return None


def _give(change: Change, ticket: Ticket, agent_id: int) -> None:
    """Into the agent's hands, within their capacity."""
    assignments.start(change, ticket, agent_id, by_hand=False)
    ticket.assign(change, change.take(Agent, agent_id), by_hand=False)
