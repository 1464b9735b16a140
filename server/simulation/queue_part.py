"""Reads one queue of a scenario: how it hands out, what its contacts give up, and what happens when it is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routing import limits, stays
from routing.callbacks.terms import BOUNDS
from routing.choosing import Rule
from routing.limits import WhenFull
from routing.line import Turn
from routing.queues import LONGEST_RING, SHORTEST_RING
from routing.simulation.scenario import Full, Help, Line, Step, Target
from server.simulation.part import Part

_THEN = [one for one in WhenFull if one is not WhenFull.STAYS]
_OTHER = "another queue"
_CALLS = ("per_window", "most_waiting", "tries", "no_answer_minutes", "busy_minutes", "owner_minutes", "expire_hours")


def line_of(part: Part, name: str, queues: Sequence[str]) -> Line:
    """`queues`: all that the scenario has."""
    others, skills = [one for one in queues if one != name], part.levels("skills")
    found = Line(
        name,
        _target(part.part("answered")),
        part.choice("rule", list(Rule), Rule.LONGEST_IDLE),
        skills,
        part.choice("turn", list(Turn), Turn.URGENCY),
        part.perhaps("ring", least=SHORTEST_RING, most=LONGEST_RING),
        _steps(part, others, list(skills)),
        _help(part.part("help"), others),
        _full(part.part("full"), others),
        _calls(part.part("calls")),
    )
    part.ends()
    return found


def _target(part: Part | None) -> Target:
    if part is None:
        return Target()
    found = Target(part.amount("percent", most=99.9), part.amount("seconds"))
    part.ends()
    return found


def _steps(part: Part, others: Sequence[str], skills: Sequence[str]) -> list[Step]:
    told = part.parts("step")
    part.expect(len(told) <= stays.MOST_STEPS, "step", f"is there at most {stays.MOST_STEPS} times")
    found = [_step(one, others, skills) for one in told]
    times = [one.after for one in found]
    part.expect(times == sorted(set(times)), "step", "comes later than the one before each time")
    return found


def _step(part: Part, others: Sequence[str], skills: Sequence[str]) -> Step:
    found = Step(
        part.amount("after", least=1.0, most=stays.LONGEST_WAIT),
        part.names("drop", skills, usual=(), of="skills that this queue asks for"),
        part.queue("widen", others, "", what=_OTHER),
        part.truth("more_urgent"),
    )
    part.expect(bool(found.drop or found.widen or found.more_urgent), "", "drops, widens or makes more urgent")
    part.ends()
    return found


def _help(part: Part | None, others: Sequence[str]) -> Help | None:
    if part is None:
        return None
    found = Help(part.queue("queue", others, what=_OTHER), part.number("waiting", least=1, most=limits.MOST))
    part.ends()
    return found


def _full(part: Part | None, others: Sequence[str]) -> Full | None:
    if part is None:
        return None
    waiting, wait = (
        part.perhaps("waiting", least=1.0, most=limits.MOST),
        part.perhaps("seconds", least=1.0, most=limits.LONGEST),
    )
    part.expect(waiting is not None or wait is not None, "", "says how many wait, or for how many seconds")
    then = part.choice("then", _THEN, WhenFull.LETTER)
    queue = part.queue("queue", others, None if then is WhenFull.QUEUE else "", what=_OTHER)
    part.ends()
    return Full(None if waiting is None else int(waiting), wait, then, queue)


def _calls(part: Part | None) -> Mapping[str, int]:
    if part is None:
        return {}
    found = {
        name: part.number(name, least=BOUNDS[name][0], most=BOUNDS[name][1]) for name in _CALLS if name in part.keys
    }
    part.ends()
    return found
