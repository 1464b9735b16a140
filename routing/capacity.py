"""How much each agent can hold: one pool of weights, and a constraint that routed work can never break."""

from sqlalchemy import CheckConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, col

from routing import loads
from routing.events import CapacityFreed
from routing.medium import Medium, medium_of
from tickets.change import Change
from tickets.errors import Conflict
from tickets.people import Agent
from tickets.plain import Plain, plain
from tickets.status import Category
from tickets.ticket import Ticket


class Capacity(SQLModel, table=True):
    """`used` is what open assignments, ringing offers and wrap-ups weigh. `excess` is made by what was taken by hand or
    came back, and by talks for which other work is laid aside.

    The database holds the law: routing that forgot to look would be refused by the constraint.
    """

    __table_args__ = (CheckConstraint("used >= 0 and excess >= 0 and used <= pool + excess", name="ck_capacity_used"),)

    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    pool: int
    used: int = 0
    excess: int = 0

    @property
    def room(self) -> int:
        """How much more routing may give; 0 when hands went over the pool."""
        return self.room_with(0)

    def room_with(self, aside: int) -> int:
        """The same, with work of this weight laid aside."""
        return max(0, self.pool - self.used + aside)


def weight_of(change: Change, ticket: Ticket) -> int:
    """What a ticket weighs in its agent's hands: nothing while it waits for others, sleeps, or is silent."""
    asleep = ticket.category_of_status is not Category.OPEN or ticket.snoozed_until is not None
    rests = ticket.silent if ticket.live else asleep
    return 0 if rests else loads.weight(change.rules, loads.load(change, medium_of(ticket)))


def needed_room(change: Change, ticket: Ticket) -> int:
    """The room an agent must have before routing gives them this: tickets never take the last place for a chat."""
    medium = medium_of(ticket)
    weight = loads.weight(change.rules, loads.load(change, medium))
    if medium in {Medium.CHAT, Medium.CALLBACK}:
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


def hold(change: Change, agent_id: int, weight: int, *, by_hand: bool = False, aside: int = 0) -> bool:
    """Take room; True when the agent now holds more than the pool. Raises Conflict where there is not enough.

    Hands may go beyond the pool, and so may a talk: `aside` is what can be laid aside for it meanwhile.
    """
    capacity = of(change, agent_id)
    if not by_hand and weight > capacity.room_with(aside):
        raise Conflict("{name} has no room for more.", name=change.take(Agent, agent_id).name)
    capacity.used += weight
    if by_hand or aside:
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
