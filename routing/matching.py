"""Brings what waits to who is free: every ticket that joins a line, and every agent who gets room, passes here."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from routing import assignments, capacity, choosing, line, offers, refusals, skills, stays
from routing.capacity import Capacity
from routing.choosing import Candidate, Rule
from routing.medium import Medium, is_one_of, medium_of
from routing.offers import Offer
from routing.presence import Presence, takes_new
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from routing.states import Takes
from routing.stays import Stay, Widening
from tickets.change import Change
from tickets.errors import Refused
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

ENOUGH = 30  # events of one change, which stops at 50: what then still waits is handed out by the next
FARTHEST = 200  # tickets looked at in a line


def match_ticket(change: Change, ticket_id: int) -> bool:
    """Offer or give a waiting ticket to the agent whose turn it is. False where nobody can take it in this change."""
    ticket = change.take(Ticket, ticket_id)
    queue = change.take(Queue, ticket.queue_id) if line.waits(ticket) and ticket.queue_id is not None else None
    if queue is None or not (ticket.live or queue.delivery != Delivery.PULL):
        return False
    needed = capacity.needed_room(change.rules, ticket)
    stay = change.find(Stay, ticket.id)
    known = None if stay is None else stay.preferred_id
    able = candidates(change, ticket, queue, needed)
    choice = choosing.choose(Rule(queue.rule), able, needed=needed, now=change.now, preferred=known)
    if choice is None or offers.live_of_ticket(change, ticket.id) is not None:
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


def match_agent(change: Change, agent_id: int) -> None:
    """Hand out what this agent could take, oldest first, until they have no room."""
    presence = change.find(Presence, agent_id)
    if presence is not None and presence.available:
        taken = is_one_of([medium for medium in Medium if presence.takes(medium) is Takes.NEW])
        for ticket in change.rows(_line_of(agent_id).where(_HANDED_OUT, taken).limit(ENOUGH)):
            if capacity.needed_room(change.rules, ticket) <= _room(change, ticket, agent_id):
                match_ticket(change, ticket.id)


def match_queue(change: Change, queue_id: int) -> None:
    """Hand out what waits in this queue, oldest first."""
    standing = select(Ticket).where(Ticket.queue_id == queue_id, line.waiting(), ~_RINGS).order_by(*line.in_order())
    for ticket in change.rows(standing.limit(FARTHEST)):
        handed_out = match_ticket(change, ticket.id)
        if not handed_out and (len(change.events) >= ENOUGH or not _anyone_free(change, queue_id)):
            break


def next_ticket(change: Change, agent_id: int) -> Ticket:
    """The agent asks for work and gets the most urgent, oldest ticket that waits in their queues and fits."""
    waiting = change.rows(_line_of(agent_id, asked=True).limit(FARTHEST))
    fits = (one for one in waiting if capacity.weight_of(change.rules, one) <= _room(change, one, agent_id))
    ticket = next(fits, None)
    if ticket is None:
        raise Refused("You have no room for more. Finish something first." if waiting else "Nothing waits for you.")
    _give(change, ticket, agent_id)
    if ticket.status == Status.NEW:
        ticket.set_status(change, Status.OPEN)
    return ticket


def drain(change: Change, queue_id: int) -> None:
    """Go on handing out what an earlier change had to leave."""
    left = update(Queue).where(col(Queue.id) == queue_id, col(Queue.drain_due) <= change.now).values(drain_due=None)
    if change.claim(left) == 1:
        match_queue(change, queue_id)


def drain_all(change: Change) -> None:
    """Whatever waits may fit now: the scheduler goes through every line."""
    change.claim(update(Queue).where(col(Queue.archived).is_(False)).values(drain_due=change.now))


def undrained(session: Session, now: datetime) -> Sequence[int]:
    return session.exec(select(Queue.id).where(col(Queue.drain_due) <= now).limit(100)).all()


def candidates(change: Change, ticket: Ticket, queue: Queue, needed: int) -> list[Candidate]:
    """The available members of its queue, and of those that help; nobody, where none of them has room."""
    stay = change.find(Stay, ticket.id)
    asked = [queue.id] if stay is None else [queue.id, *stays.widened_to(change, ticket.id)]
    present = {presence.agent_id: presence for presence in _present(change, asked, [medium_of(ticket)])}
    rooms = _rooms(change, present, ticket)
    if not any(room >= needed for room in rooms.values()):
        return []
    ringing = Counter(change.rows(select(Offer.agent_id).where(col(Offer.agent_id).in_(present), offers.is_live())))
    refused = refusals.who_refused(change, ticket.id)
    lacking = set() if stay is None else skills.who_lacks(change, ticket.id, present)
    given = queue.given(change)
    return [
        Candidate(
            agent_id,
            rooms[agent_id],
            presence.idle_since,
            ringing[agent_id],
            refused=agent_id in refused,
            pool=change.rules.pool,
            given_at=given.get(agent_id),
            lacks=agent_id in lacking,
        )
        for agent_id, presence in present.items()
    ]


# How

_RINGS: ColumnElement[bool] = exists().where(col(Offer.ticket_id) == col(Ticket.id), offers.is_live())
_HANDED_OUT: ColumnElement[bool] = or_(col(Ticket.live), col(Queue.delivery) != Delivery.PULL)


def _present(
    change: Change, queue_ids: Collection[int], media: Collection[Medium] = tuple(Medium)
) -> Sequence[Presence]:
    """The members of these queues whom new work of any of these media may reach."""
    members = select(QueueMember.agent_id).where(col(QueueMember.queue_id).in_(queue_ids))
    return change.rows(
        select(Presence)
        .join(Agent, col(Agent.id) == Presence.agent_id)
        .where(col(Presence.agent_id).in_(members), col(Agent.active), takes_new(media))
    )


def _rooms(change: Change, agent_ids: Collection[int], ticket: Ticket | None = None) -> dict[int, int]:
    """Each agent's room (for this ticket); the whole pool for those who never held anything."""
    held = change.rows(select(Capacity).where(col(Capacity.agent_id).in_(agent_ids))) if agent_ids else ()
    aside = assignments.laid_aside(change, ticket, agent_ids) if ticket is not None else {}
    rooms = {one.agent_id: one.room_with(aside.get(one.agent_id, 0)) for one in held}
    return dict.fromkeys(agent_ids, change.rules.pool) | rooms


def _room(change: Change, ticket: Ticket, agent_id: int) -> int:
    return capacity.of(change, agent_id).room_with(assignments.laid_aside(change, ticket, [agent_id]).get(agent_id, 0))


def _anyone_free(change: Change, queue_id: int) -> bool:
    rooms = _rooms(change, [presence.agent_id for presence in _present(change, [queue_id])])
    return any(room >= min(change.rules.chat_weight, change.rules.ticket_weight) for room in rooms.values())


def _line_of(agent_id: int, *, asked: bool = False) -> SelectOfScalar[Ticket]:
    """What waits in the agent's queues and rings nowhere; without what they refused, unless they asked for it."""
    own = select(QueueMember.queue_id).where(QueueMember.agent_id == agent_id)
    helps = select(Widening.ticket_id).where(col(Widening.queue_id).in_(own))
    query = (
        select(Ticket)
        .join(Queue, col(Queue.id) == Ticket.queue_id)
        .where(or_(col(Ticket.queue_id).in_(own), col(Ticket.id).in_(helps)), line.waiting(), ~_RINGS)
        .where(skills.can_do(agent_id))
        .order_by(*line.in_order())
    )
    refused = exists().where(col(Refusal.ticket_id) == col(Ticket.id), col(Refusal.agent_id) == agent_id)
    return query if asked else query.where(~refused)


def _give(change: Change, ticket: Ticket, agent_id: int) -> None:
    """Into the agent's hands, within their capacity."""
    assignments.start(change, ticket, agent_id, by_hand=False)
    ticket.assign(change, change.take(Agent, agent_id), by_hand=False)
