"""Has open tickets go by a policy that was edited, and running clocks by hours that were edited: a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as core_select
from sqlalchemy import update
from sqlmodel import Session, col, select

from routing import line
from routing.belonging import Belonging, belongings
from routing.hours import Calendar
from routing.sla import keeping, running
from routing.sla.choosing import Facts, choose
from routing.sla.clock import SlaClock
from routing.sla.events import PolicyChanged
from routing.sla.policy import SlaPolicy, in_force
from tickets.change import Change
from tickets.chores import NOW
from tickets.statement import Statement
from tickets.ticket import Ticket

AT_ONCE = 100
Step = tuple[int, int | None]  # a policy or a calendar, and the ticket or clock that is next; None: that was all


# Policies


@dataclass(frozen=True)
class Preview:
    """How many open tickets would be another's: `joins` and `leaves` this policy, `renews` to its newest version."""

    open: int
    joins: int
    renews: int
    leaves: int

    @property
    def changes(self) -> int:
        return self.joins + self.renews + self.leaves


def preview(session: Session, policy_id: int, now: datetime) -> Preview:
    """What `apply_to_open` would do, as things stand."""
    known = {policy.id: policy for policy in session.exec(in_force())}
    mine = session.get_one(SlaPolicy, policy_id)
    alike = [policy for policy in known.values() if policy.internal is mine.internal]
    joins = renews = leaves = 0
    fields = Ticket.id, Ticket.channel, Ticket.category, Ticket.customer_id, col(Ticket.queue_id)
    found = session.execute(select(*fields).where(line.undone())).all()  # type: ignore[call-overload]
    held = held_by(session, mine)
    whose = belongings(session, now)
    for ticket_id, channel, category, customer_id, queue_id in found:
        mine_is = whose.get(customer_id, Belonging())
        facts = Facts(channel, queue_id, category, mine_is.tier, mine_is.rights)
        chosen, version = choose(alike, facts), held.get(ticket_id)
        joins += policy_id == chosen and version is None
        leaves += policy_id != chosen and version is not None
        renews += policy_id == chosen and version not in (None, mine.version)
    return Preview(len(found), joins, renews, leaves)


def held_by(session: Session, policy: SlaPolicy) -> dict[int, int]:
    """Which open tickets go by it, and by which of its versions."""
    ours = select(Ticket.id, col(Ticket.sla_policy_version)).where(line.undone(), Ticket.sla_policy_id == policy.id)
    running = SlaClock.policy_id == policy.id, col(SlaClock.ended_at).is_(None)
    inside = select(SlaClock.ticket_id, SlaClock.policy_version).where(*running)
    return dict(session.exec(inside if policy.internal else ours).all())


def apply_to_open(change: Change, policy_id: int) -> None:
    """From now on the scheduler goes through all open tickets, so that each goes by today's policies."""
    policy = change.take(SlaPolicy, policy_id)
    policy.apply_due, policy.apply_after = change.now, 0
    change.record(PolicyChanged(policy=policy.id))


def unapplied(session: Session, now: datetime) -> Sequence[Step]:
    """The next open tickets for each policy that is being applied."""
    found: list[Step] = []
    for policy_id, apply_after in _APPLYING.rows(session.connection(), now=now):
        after = select(Ticket.id).where(line.undone(), col(Ticket.id) > apply_after)
        ids = session.exec(after.order_by(col(Ticket.id)).limit(AT_ONCE)).all()
        found += [(policy_id, ticket_id) for ticket_id in ids] or [(policy_id, None)]
    return found


_APPLYING = Statement(core_select(col(SlaPolicy.id), col(SlaPolicy.apply_after)).where(col(SlaPolicy.apply_due) <= NOW))


def apply_next(change: Change, step: Step) -> None:
    """Claimed by the place that the policy has come to: no ticket twice, and none left out."""
    policy_id, ticket_id = step
    going = col(SlaPolicy.id) == policy_id, col(SlaPolicy.apply_due).is_not(None)
    if ticket_id is None:
        change.claim(update(SlaPolicy).where(*going).values(apply_due=None))
    else:
        further = update(SlaPolicy).where(*going, col(SlaPolicy.apply_after) < ticket_id)
        if change.claim(further.values(apply_after=ticket_id)) == 1:
            keeping.touch(change, change.take(Ticket, ticket_id), say=True)


# Hours


def untimed(session: Session, now: datetime) -> Sequence[Step]:
    """The next clocks of each calendar whose hours were edited."""
    found: list[Step] = []
    for calendar_id, version in _RETIMING.rows(session.connection(), now=now):
        mine = col(SlaClock.calendar_id) == calendar_id, col(SlaClock.ended_at).is_(None)
        older = select(SlaClock.id).where(
            *mine, col(SlaClock.business).is_(True), col(SlaClock.calendar_version) != version
        )
        ids = session.exec(older.order_by(col(SlaClock.id)).limit(AT_ONCE)).all()
        found += [(calendar_id, clock_id) for clock_id in ids] or [(calendar_id, None)]
    return found


_RETIMING = Statement(core_select(col(Calendar.id), col(Calendar.version)).where(col(Calendar.retime_due) <= NOW))


def retime_next(change: Change, step: Step) -> None:
    calendar_id, clock_id = step
    if clock_id is None:
        change.claim(update(Calendar).where(col(Calendar.id) == calendar_id).values(retime_due=None))
    else:
        clock = change.take(SlaClock, clock_id)
        ticket = change.take(Ticket, clock.ticket_id)
        if clock.ended_at is None:
            before = clock.due_at
            running.retime(change, clock)
            moved = clock.due_at != before
            keeping.show(change, ticket, keeping.open_clocks(change, ticket), say=True, besides=moved)
