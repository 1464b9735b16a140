"""Where tickets wait: a queue has a name, members, and a way in which its work reaches them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from routing import line
from routing.aims import Aim
from routing.choosing import Rule
from routing.events import QueueChanged
from routing.hours import Calendar
from routing.limits import Limits
from routing.line import Turn
from routing.loads import LONGEST_WRAP
from routing.names import free_name
from tickets import former
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.people import Agent
from tickets.ticket import Ticket

_DUE = text("drain_due is not null")
LOOK_AGAIN = timedelta(seconds=60)
LONGEST_DELAY = 9999.0  # seconds
SHORTEST_RING, LONGEST_RING = 5.0, 300.0  # seconds
MOST_REFUSALS = 50
LONGEST_ACQUAINTANCE = 3600.0  # seconds


class Delivery(StrEnum):
    """How work reaches an agent when nobody waits for it live; where somebody does, it is always offered."""

    OFFER = "offer"
    ASSIGN = "assign"
    PULL = "pull"  # agents ask for the next one


class QueueMember(SQLModel, table=True):
    """This agent answers this queue."""

    __tablename__ = "queue_member"
    __table_args__ = (Index("ix_queue_member_agent", "agent_id", "queue_id"),)

    queue_id: int = Field(primary_key=True, foreign_key="queue.id", sa_column_kwargs={"autoincrement": False})
    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    delay_seconds: float = 0.0  # how old this queue's work must be before this agent sees it
    given_at: datetime | None = Field(default=None, sa_type=Moment)  # when it last offered or gave them something


class Queue(Limits, Aim, table=True):
    __table_args__ = (Index("ix_queue_drain_due", "drain_due", sqlite_where=_DUE, postgresql_where=_DUE),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    delivery: str = Delivery.PULL.value
    rule: str = Rule.LONGEST_IDLE.value  # which of its members is asked first
    turn: str = Turn.URGENCY.value  # whose turn is next
    ring_seconds: float | None = None  # None: as the rules say
    wrap_seconds: float | None = None  # for what an agent writes down after a talk; None: as for all queues
    raise_after: int = 3  # so many refused offers in a row make a ticket more urgent; 0: none do
    last_agent_seconds: float = 0.0  # whoever answered the customer last is asked first, for so long; 0: nobody is
    calendar_id: int | None = Field(default=None, foreign_key="calendar.id")
    archived: bool = False
    longest_delay: float = 0.0  # of its members
    drain_due: datetime | None = Field(default=None, sa_type=Moment)  # when its line is looked through again

    def rename(self, change: Change, name: str) -> None:
        name = _free_name(change, name, but=self.id)
        if name != self.name:
            self.name = name
            change.record(QueueChanged(queue=self.id))

    def set_rules(
        self,
        change: Change,
        *,
        delivery: Delivery,
        rule: Rule = Rule.LONGEST_IDLE,
        turn: Turn = Turn.URGENCY,
        ring_seconds: float | None = None,
        calendar_id: int | None = None,
    ) -> None:
        """How its work is handed out, to whom and in which order, how long an offer rings (None: as everywhere), when
        it is open."""
        if ring_seconds is not None and not SHORTEST_RING <= ring_seconds <= LONGEST_RING:
            raise Refused("An offer can ring for 5 to 300 seconds.", field="ring_seconds")
        if calendar_id is not None:
            change.take(Calendar, calendar_id)
        before = (self.delivery, self.rule, self.turn, self.ring_seconds, self.calendar_id)
        wanted = (delivery.value, rule.value, turn.value, ring_seconds, calendar_id)
        if self.calendar_id != calendar_id:
            former.keep(change, Queue, self.id, calendar_id=self.calendar_id)
        if wanted != before:
            self.delivery, self.rule, self.turn, self.ring_seconds, self.calendar_id = wanted
            change.record(QueueChanged(queue=self.id, hours=before[-1] != calendar_id))

    def set_patience(self, change: Change, *, wrap_seconds: float | None, raise_after: int) -> None:
        """How long its agents may write down what was said (None: as everywhere), how many refusals raise a ticket."""
        if wrap_seconds is not None and not 0 <= wrap_seconds <= LONGEST_WRAP:
            raise Refused("At most half an hour: 1800 seconds.", field="wrap_seconds")
        if not 0 <= raise_after <= MOST_REFUSALS:
            raise Refused("Between 0 and 50; 0 is never.", field="raise_after")
        if (self.wrap_seconds, self.raise_after) != (wrap_seconds, raise_after):
            self.wrap_seconds, self.raise_after = wrap_seconds, raise_after
            change.record(QueueChanged(queue=self.id))

    def prefer_last_agent(self, change: Change, *, seconds: float) -> None:
        """For so long after a ticket joins its line, whoever had the customer's last one is asked first. 0: nobody."""
        if not 0 <= seconds <= LONGEST_ACQUAINTANCE:
            raise Refused("Between 0 and 3600 seconds; 0 is never.", field="last_agent_seconds")
        if self.last_agent_seconds != seconds:
            self.last_agent_seconds = seconds
            change.record(QueueChanged(queue=self.id))

    def gives(self, change: Change, agent_id: int) -> None:
        """Something was offered or given to this member: where the queue goes round, the others come first."""
        if self.rule == Rule.ROUND_ROBIN:
            member = select(QueueMember).where(QueueMember.queue_id == self.id, QueueMember.agent_id == agent_id)
            for one in change.rows(member):
                one.given_at = change.now

    def set_members(self, change: Change, agent_ids: Collection[int]) -> None:
        """These agents and no others answer it from now on."""
        wanted = set(agent_ids)
        members = {row.agent_id: row for row in change.rows(select(QueueMember).where(QueueMember.queue_id == self.id))}
        for agent_id in sorted(wanted - set(members)):
            agent = change.take(Agent, agent_id)
            change.add(QueueMember(queue_id=self.id, agent_id=agent.id))
        for agent_id in sorted(set(members) - wanted):
            change.remove(members[agent_id])
        if wanted != set(members):
            change.record(QueueChanged(queue=self.id))

    def set_delays(self, change: Change, delays: Mapping[int, float]) -> None:
        """How old its work must be before these members see it: {agent: seconds}. The others see it at once."""
        if any(not 0 <= seconds <= LONGEST_DELAY for seconds in delays.values()):
            raise Refused("A delay is at most 9 999 seconds.", field="delays")
        members = change.rows(select(QueueMember).where(QueueMember.queue_id == self.id))
        others = [one for one in members if one.delay_seconds != delays.get(one.agent_id, 0.0)]
        for one in others:
            one.delay_seconds = delays.get(one.agent_id, 0.0)
        self.longest_delay = max((one.delay_seconds for one in members), default=0.0)
        if others:
            change.record(QueueChanged(queue=self.id, delays=True))

    def look_again(self, change: Change) -> None:
        """Something still waits: whatever else happens, its line is looked through before long."""
        if self.drain_due is None:
            self.drain_due = change.now + LOOK_AGAIN

    def archive(self, change: Change) -> None:
        """No new work comes here. Refused while anything waits or is being worked on."""
        left = change.one(select(func.count()).where(col(Ticket.queue_id) == self.id, line.undone()))
        if left:
            raise Conflict("Open tickets here: {n}. Move them first.", n=left)
        if not self.archived:
            self.archived = True
            change.record(QueueChanged(queue=self.id))

    def restore(self, change: Change) -> None:
        if self.archived:
            self.archived = False
            change.record(QueueChanged(queue=self.id))


def add_queue(change: Change, name: str, *, delivery: Delivery = Delivery.PULL, members: Collection[int] = ()) -> Queue:
    queue = change.add(Queue(id=change.new_id(), name=_free_name(change, name), delivery=delivery.value))
    change.record(QueueChanged(queue=queue.id))
    if members:
        queue.set_members(change, members)
    return queue


# What others ask


def queues(session: Session, *, archived: bool = False) -> Sequence[Queue]:
    """By name; the archived ones only when asked for."""
    query = select(Queue).order_by(func.lower(Queue.name))
    return session.exec(query if archived else query.where(col(Queue.archived).is_(False))).all()


def members_of(session: Session, queue_id: int) -> Sequence[Agent]:
    """Those who answer this queue and still work here, by name."""
    query = select(Agent).join(QueueMember, col(QueueMember.agent_id) == Agent.id)
    return session.exec(query.where(QueueMember.queue_id == queue_id, Agent.active).order_by(Agent.name)).all()


def queues_of(session: Session, agent_id: int) -> Sequence[Queue]:
    """Which queues this agent answers, by name."""
    query = select(Queue).join(QueueMember, col(QueueMember.queue_id) == Queue.id)
    query = query.where(QueueMember.agent_id == agent_id, col(Queue.archived).is_(False))
    return session.exec(query.order_by(func.lower(Queue.name))).all()


# How


def _free_name(change: Change, name: str, *, but: int | None = None) -> str:
    return free_name(
        change,
        Queue,
        name,
        but=but,
        needed=Refused("A queue needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a queue named {name}.", field="name", name=name),
    )
