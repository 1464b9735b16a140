"""What is to be tried, and the whole of a replay: which tickets, in which world, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from routing.hours import Calendar
from routing.sla.policy import policies
from routing.sla.replay.outcome import Outcome, in_parts, window
from routing.sla.replay.story import touched_since
from routing.sla.replay.world import World, as_it_was, what_if
from server.whatif.known import Known
from server.whatif.policy_file import read_policies, written
from tickets.errors import Refused

MOST_DAYS = 366


@dataclass(frozen=True)
class Asked:
    """`policies` is the text of a file; None: today's. `hours` is the name of a calendar; empty: each its own."""

    days: int
    policies: str | None = None
    hours: str = ""

    @property
    def nothing(self) -> bool:
        """Nothing else is tried: it is told as it was, by what held when it happened."""
        return self.policies is None and not self.hours


@dataclass(frozen=True)
class Prepared:
    """What is read once, before the tickets."""

    world: World
    ids: Sequence[int]
    outcome: Outcome


def prepare(session: Session, asked: Asked, now: datetime, *, most: int | None = None) -> Prepared:
    """Raises Refused for what cannot be tried, and where it is about more than so many tickets."""
    if not 1 <= asked.days <= MOST_DAYS:
        raise Refused("Between 1 and {n} days.", field="days", n=MOST_DAYS)
    since, until = window(now, asked.days)
    world = as_it_was(session) if asked.nothing else _tried(session, asked)
    ids = touched_since(session, since)
    if most is not None and len(ids) > most:
        raise Refused(
            "That is about {n} tickets; at most {most} can be looked at here. Choose fewer days, or ask "
            "`frontdesk sla replay`.",
            field="days",
            n=len(ids),
            most=most,
        )
    return Prepared(world, ids, Outcome(since, until))


def replay(session: Session, asked: Asked, now: datetime) -> Outcome:
    """All of it at once."""
    prepared = prepare(session, asked, now)
    for ids in in_parts(prepared.ids):
        prepared.outcome.tell(session, prepared.world, ids)
        session.expunge_all()
    return prepared.outcome


def todays(session: Session) -> str:
    """The policies that are in force, as a file to begin with."""
    return written(policies(session), Known.of(session))


def _tried(session: Session, asked: Asked) -> World:
    terms = None if asked.policies is None else read_policies(asked.policies, Known.of(session))
    hours = session.exec(select(Calendar).where(Calendar.name == asked.hours)).first() if asked.hours else None
    if asked.hours and hours is None:
        raise Refused("There are no opening hours named {name}.", field="hours", name=asked.hours)
    return what_if(session, terms, hours)
