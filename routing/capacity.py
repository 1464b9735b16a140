"""How much each agent can hold: one pool of weights, and a constraint that routed work can never break."""

from collections.abc import Collection

from sqlalchemy import CheckConstraint, bindparam
from sqlmodel import Field, Session, col

from routing import loads
from routing.events import CapacityFreed
from routing.medium import TALKS, Medium, medium_of
from tickets.change import Change
from tickets.errors import Conflict
from tickets.people import Agent
from tickets.plain import Plain, plain
from tickets.status import Category
from tickets.table import Swift
from tickets.ticket import Ticket


class Capacity(Swift, table=True):
    """`used` is what open assignments, ringing offers and wrap-ups weigh; `emails` and `tickets` are what of it may be
    laid aside for a talk. `excess` is made by what was taken by hand or came back, and by talks for which other work is
    laid aside.

    The database holds the law: routing that forgot to look would be refused by the constraint.
    """

    __table_args__ = (
        CheckConstraint("used >= 0 and excess >= 0 and used <= pool + excess", name="ck_capacity_used"),
        CheckConstraint("emails >= 0 and tickets >= 0 and emails + tickets <= used", name="ck_capacity_held"),
    )

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    pool: int
    used: int = 0
    excess: int = 0
    emails: int = 0
    tickets: int = 0

    def room_for(self, medium: Medium, waits: Collection[Medium]) -> int:
        """How much more of this routing may give; 0 when hands went over the pool.

        For a talk, work of the media that wait meanwhile is laid aside (`loads.interruptible`).
        """
        aside = sum(self.held(one) for one in waits) if medium in TALKS else 0
        return max(0, self.pool - self.used + aside)

    def held(self, medium: Medium) -> int:
        """What open assignments of a medium that may be interrupted weigh."""
        return {Medium.EMAIL: self.emails, Medium.TICKET: self.tickets}[medium]

    def holds(self, medium: Medium, weight: int) -> None:
        """So much more, or less, of this is in the agent's hands."""
        if medium is Medium.EMAIL:
            self.emails += weight
        elif medium is Medium.TICKET:
            self.tickets += weight


def weight_of(change: Change, ticket: Ticket) -> int:
    """What a ticket weighs in its agent's hands: nothing while it waits for others, sleeps, or is silent."""
    asleep = ticket.category_of_status is not Category.OPEN or ticket.snoozed_until is not None
    rests = ticket.silent if ticket.live else asleep
    return 0 if rests else loads.weight(change.rules, loads.load(change, medium_of(ticket)))


def needed_room(change: Change, ticket: Ticket) -> int:
    """The room an agent must have before routing gives them this: tickets never take the last place for a chat."""
    return needed_for(change, medium_of(ticket))


def needed_for(change: Change, medium: Medium) -> int:
    """The same, of anything of this medium."""
    weight = loads.weight(change.rules, loads.load(change, medium))
    if medium in TALKS:
        return weight
    chat = loads.weight(change.rules, loads.load(change, Medium.CHAT))
    return weight + max(0, min(chat, change.rules.pool - chat))


def of(change: Change, agent_id: int) -> Capacity:
    """The agent's capacity, to change it; made where there is none. The pool follows the rules."""
    found = change.find(Capacity, agent_id)
    if found is None:
        found = change.add(Capacity(agent_id=change.take(Agent, agent_id).id, pool=change.rules.pool))
    elif found.pool != change.rules.pool:
        found.pool = change.rules.pool
        _measure(found)
    return found


def hold(change: Change, agent_id: int, weight: int, medium: Medium, *, by_hand: bool = False) -> bool:
    """Take room; True when the agent now holds more than the pool. Raises Conflict where there is not enough.

    Hands may go beyond the pool, and so may a talk, for which other work is laid aside meanwhile.
    """
    capacity = of(change, agent_id)
    if not by_hand and weight > capacity.room_for(medium, loads.interruptible(change)):
        raise Conflict("{name} has no room for more.", name=change.take(Agent, agent_id).name)
    capacity.used += weight
    _measure(capacity)
    return capacity.excess > 0


def free(change: Change, agent_id: int, weight: int) -> None:
    """Give room back, and say so: what waits may fit now."""
    if weight > 0:
        capacity = of(change, agent_id)
        capacity.used -= weight
        _measure(capacity)
        change.record(CapacityFreed(agent=agent_id))


def capacity_of(session: Session, agent_id: int) -> Capacity | None:
    return _ONE.first(session, agent=agent_id)


_ONE = Plain(Capacity, plain(Capacity).where(col(Capacity.agent_id) == bindparam("agent")))


def _measure(capacity: Capacity) -> None:
    capacity.excess = max(0, capacity.used - capacity.pool)
