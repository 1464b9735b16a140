"""Which agent is asked first, and why: a pure decision that can be told to the agent it was made for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MOST_PASSED = 5  # who else could have been asked: so many are named


@dataclass(frozen=True)
class Candidate:
    """An available member of the queue."""

    agent_id: int
    room: int
    idle_since: datetime
    ringing: int = 0  # offers they have not answered yet
    refused: bool = False  # they have declined or missed this ticket during its present stay in line


@dataclass(frozen=True)
class Choice:
    """`reason` is plain data, kept on the offer: see `longest_idle`."""

    agent_id: int
    reason: dict[str, Any]


def longest_idle(candidates: Sequence[Candidate], *, needed: int, now: datetime) -> Choice | None:
    """The agent with room who has been given nothing for longest (semantics.md part 3); equal ones by id.

    Whoever is being rung at comes after those who are not. The reason is {"rule": "longest_idle", "idle": seconds,
    "room": weight units, "passed": [{"agent": id, "why": "full" | "refused" | "ringing"}]}. None when nobody can.
    """
    able = [one for one in candidates if one.room >= needed and not one.refused]
    if not able:
        return None
    best = min(able, key=lambda one: (one.ringing > 0, one.idle_since, one.agent_id))
    idle = max(0, int((now - best.idle_since).total_seconds()))
    passed = [{"agent": one.agent_id, "why": why} for one in candidates if (why := _passed_over(one, needed))]
    reason = {"rule": "longest_idle", "idle": idle, "room": best.room}
    return Choice(
        best.agent_id, {**reason, "passed": [one for one in passed if one["agent"] != best.agent_id][:MOST_PASSED]}
    )


def _passed_over(candidate: Candidate, needed: int) -> str:
    """What kept them from being asked; empty where they were only less idle."""
    if candidate.refused:
        return "refused"
    if candidate.room < needed:
        return "full"
    return "ringing" if candidate.ringing else ""
