"""Which agent is asked first, and why: a pure decision that can be told to the agent it was made for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

MOST_PASSED = 5  # who else could have been asked: so many are named
_NEVER = datetime.min.replace(tzinfo=UTC)


class Rule(StrEnum):
    """By what a queue chooses among those who can (semantics.md part 3)."""

    LONGEST_IDLE = "longest_idle"  # who has been given nothing, anywhere, for longest
    MOST_SPARE = "most_spare"  # whose share of free capacity is largest; the longer idle among equals
    ROUND_ROBIN = "round_robin"  # whom this queue has given nothing for longest


@dataclass(frozen=True)
class Candidate:
    """An available member of the queue; `room` and `pool` in capacity units."""

    agent_id: int
    room: int
    idle_since: datetime
    ringing: int = 0  # offers they have not answered yet
    refused: bool = False  # they have declined or missed this ticket during its present stay in line
    pool: int = 100
    given_at: datetime | None = None  # when this queue last gave them something
    lacks: bool = False  # a skill that the ticket asks for, or the level of it
    early: bool = False  # the ticket is not yet old enough for them: others come first
    aside: int = 0  # of the room: what they would have to lay aside first


@dataclass(frozen=True)
class Choice:
    """`reason` is plain data, kept on the offer: see `choose`."""

    agent_id: int
    reason: dict[str, Any]


def choose(
    rule: Rule,
    candidates: Sequence[Candidate],
    *,
    needed: int,
    now: datetime,
    preferred: int | None = None,
    besides: Sequence[Candidate] = (),
) -> Choice | None:
    """The agent to be asked, among those with that much room; equal ones by id. None when nobody can. Those `besides`
    are not asked, only named where they could not be.

    The preferred one comes first where they can; whoever is being rung at comes after those who are not. The reason is
    {"rule": "preferred" or a Rule, "idle": seconds, "room": free units,
    "passed": [{"agent": id, "why": see `why_not`}]}.
    """
    able = [one for one in candidates if not _unable(one, needed)]
    if not able:
        return None
    order = _ORDERS[rule]
    best = min(able, key=lambda one: (one.agent_id != preferred, one.ringing > 0, *order(one), one.agent_id))
    idle = max(0, int((now - best.idle_since).total_seconds()))
    known = {one.agent_id: one for one in (*besides, *candidates)}.values()
    passed = [{"agent": one.agent_id, "why": why} for one in known if (why := why_not(one, needed))]
    reason = {
        "rule": "preferred" if best.agent_id == preferred else rule.value,
        "idle": idle,
        "room": max(0, best.room - best.aside),
        "passed": [one for one in passed if one["agent"] != best.agent_id][:MOST_PASSED],
    }
    return Choice(best.agent_id, reason)


def why_not(candidate: Candidate, needed: int) -> str:
    """What kept them from being asked: "skill", "early", "refused", "full" or "ringing"; empty where it was only the
    order."""
    return _unable(candidate, needed) or ("ringing" if candidate.ringing else "")


def _unable(candidate: Candidate, needed: int) -> str:
    if candidate.lacks:
        return "skill"
    if candidate.refused:
        return "refused"
    if candidate.early:
        return "early"
    return "full" if candidate.room < needed else ""


def _longest_idle(one: Candidate) -> tuple[Any, ...]:
    return (one.idle_since,)


def _most_spare(one: Candidate) -> tuple[Any, ...]:
    """What is laid aside for a talk is in their hands all the same."""
    return ((one.aside - one.room) / max(1, one.pool), one.idle_since)


def _round_robin(one: Candidate) -> tuple[Any, ...]:
    return (one.given_at or _NEVER, one.idle_since)


_ORDERS: dict[Rule, Callable[[Candidate], tuple[Any, ...]]] = {
    Rule.LONGEST_IDLE: _longest_idle,
    Rule.MOST_SPARE: _most_spare,
    Rule.ROUND_ROBIN: _round_robin,
}
