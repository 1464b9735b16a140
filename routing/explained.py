"""Why a ticket still waits: what came of looking for somebody, written down when it is another than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, col

from routing import choosing, skills
from routing.choosing import MOST_PASSED, Candidate
from routing.events import WaitExplained
from routing.heads import Head
from routing.skills import Skill
from routing.stays import Stay
from tickets.change import Change
from tickets.moment import Moment
from tickets.plain import listed
from tickets.statement import Statement
from tickets.table import Swift
from tickets.ticket import Ticket

MOST_EARLIER = 4  # outcomes before the present one that are kept
MOST_NEEDS = 5  # skills that are named


class Why(StrEnum):
    """What stands between a ticket and somebody, said in one word: the nearest of all that were looked at."""

    FOUND = "found"  # nothing any more: it rings, or was given to somebody
    BUSY = "full"
    EARLY = "early"
    REFUSED = "refused"
    SKILL = "skill"
    AWAY = "away"  # nobody who answers this queue is available


_NEAREST = (Why.BUSY, Why.EARLY, Why.REFUSED, Why.SKILL)


class Look(Swift, table=True):
    """One for each ticket that nobody could take at once. `found` is {"why": Why, "here": how many were available,
    "named": [{"agent": id, "why": see choosing.why_not}], "others": {why: how many}, "needs": [[skill, level]]};
    `earlier` is [{"at": ISO time, "why": Why}], the newest first.
    """

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    next_at: datetime | None = Field(default=None, sa_type=Moment)  # when it asks for less, or others may see it
    found: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    earlier: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


def note(
    change: Change, ticket: Ticket, looked_at: Sequence[Candidate], reasons: Mapping[str, int], *, needed: int
) -> None:
    """Nobody can take it. `looked_at` are a few of those who are available, `reasons` counts all of them."""
    named = [{"agent": one.agent_id, "why": choosing.why_not(one, needed)} for one in looked_at[:MOST_PASSED]]
    others = Counter(reasons)
    others.subtract(str(one["why"]) for one in named)
    stay = change.find(Stay, ticket.id)
    found = {
        "why": next((why for why in _NEAREST if reasons.get(why)), Why.AWAY).value,
        "here": sum(reasons.values()),
        "named": named,
        "others": {why: n for why, n in sorted(others.items()) if n > 0},
        "needs": _needs(change, ticket) if stay is not None else [],
    }
    _keep(change, ticket, found, None if stay is None else stay.look_due)


def note_alike(change: Change, head: Head, waiting: Collection[Head], *, most: int) -> bool:
    """What keeps the first of a sort from everybody keeps the others of it as well; those that somebody refused, or
    that are young, only where nobody is there at all. False where some were left: so many events are enough.
    """
    look = change.find(Look, head.ticket_id)
    if look is None or look.found["why"] == Why.FOUND:
        return True
    nobody_is_there = look.found["why"] == Why.AWAY
    alike = [one.ticket_id for one in waiting if one.sort == head.sort and (nobody_is_there or not one.apart)]
    others = [one for one in change.find_all(Look, alike) if one.found["why"] != look.found["why"]]
    for other in others[: max(0, most - len(change.events))]:
        _turn(change, other, look.found, other.next_at)
    return all(one.found["why"] == look.found["why"] for one in others)


def is_news(change: Change, ticket_id: int) -> bool:
    """What keeps it waiting was found out in this change: what keeps others may be another, too."""
    look = change.find(Look, ticket_id)
    return look is not None and look.at == change.now and look.found["why"] != Why.FOUND


def found(change: Change, ticket_id: int) -> None:
    """It waits for nobody any more: it rings at somebody, or was given to them."""
    look = change.find(Look, ticket_id)
    if look is not None and look.found["why"] != Why.FOUND:
        _turn(change, look, {"why": Why.FOUND.value}, None)


def whys(session: Session, ticket_ids: Collection[int]) -> dict[int, str]:
    """What stands between these tickets and somebody: see Why. Without those at which nothing does."""
    rows = _FOUND.rows(session.connection(), ids=ticket_ids) if ticket_ids else ()
    return {ticket_id: found["why"] for ticket_id, found in rows if found["why"] != Why.FOUND}


_FOUND = Statement(core_select(col(Look.ticket_id), col(Look.found)).where(listed(col(Look.ticket_id))))


def _keep(change: Change, ticket: Ticket, found: dict[str, Any], next_at: datetime | None) -> None:
    look = change.find(Look, ticket.id)
    if look is None:
        change.add(Look(ticket_id=ticket.id, at=change.now, next_at=next_at, found=found, earlier=[]))
        change.record(WaitExplained(ticket=ticket.id, why=found["why"]))
    elif _outcome(look.found, look.next_at) != _outcome(found, next_at):
        _turn(change, look, found, next_at)


def _turn(change: Change, look: Look, found: dict[str, Any], next_at: datetime | None) -> None:
    before = {"at": look.at.isoformat(), "why": look.found["why"]}
    if look.found["why"] != found["why"]:
        look.earlier = [before, *look.earlier][:MOST_EARLIER]
    look.found, look.next_at, look.at = found, next_at, change.now
    change.record(WaitExplained(ticket=look.ticket_id, why=found["why"]))


def _outcome(found: Mapping[str, Any], next_at: datetime | None) -> tuple[Any, ...]:
    """What makes it another: how many others are busy changes all the time."""
    return found["why"], found.get("named"), found.get("needs"), sorted(found.get("others", ())), next_at


def _needs(change: Change, ticket: Ticket) -> list[list[Any]]:
    asked = sorted(skills.needs_of(change, ticket.id), key=lambda one: one.skill_id)[:MOST_NEEDS]
    return [[change.take(Skill, one.skill_id).name, one.level] for one in asked]
