"""Reads a scenario from a TOML file; what is wrong in it is said in a sentence, with the place where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

from routing.calendars import DAY, BusinessCalendar, Span, checked
from routing.choosing import Rule
from routing.loads import LONGEST_WRAP
from routing.simulation.scenario import HOURS, Duration, Flow, Line, Promised, Scenario, Shape, Shift, Target
from routing.sla.metrics import Metric
from server.admin.hours_text import read_spans
from tickets.errors import Refused
from tickets.status import Channel, Priority

T = TypeVar("T")
CHANNELS = (Channel.CHAT, Channel.EMAIL, Channel.PORTAL)
MOST_AGENTS, MOST_DAYS, MOST_CONTACTS = 2000, 31, 1_000_000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_scenario(path: Path) -> Scenario:
    """Raises Refused where the file cannot be read, or says what cannot be."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Refused("{file} cannot be read: {why}.", file=str(path), why=error.strerror or "unknown") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("{file} is not TOML: {why}.", file=str(path), why=str(error)) from None
    return scenario_of(told, name=path.stem)


def scenario_of(told: Mapping[str, Any], *, name: str = "") -> Scenario:
    part = _Part("", told)
    zone = part.take("zone", str, "UTC")
    part.expect(zone in available_timezones(), "zone", "is a time zone's name, such as Europe/Berlin")
    lines = [_line(one) for one in part.parts("queue", least=1)]
    names = [line.name for line in lines]
    part.expect(len(set(names)) == len(names), "queue", "has a name of its own each")
    scenario = Scenario(
        name=part.take("name", str, name),
        lines=lines,
        flows=[_flow(one, names) for one in part.parts("contacts", least=1)],
        shifts=[_shift(one, names) for one in part.parts("shift", least=1)],
        promises=[_promised(one, names) for one in part.parts("promise")],
        hours=_hours(part, zone),
        first_day=part.take("date", date, date(2026, 11, 23)),
        days=part.number("days", 1, least=1, most=MOST_DAYS),
        zone=zone,
        seed=part.number("seed", 1),
        at_once=part.number("chats_at_once", 1, least=1, most=20),
        wrap_up=part.number("wrap_up", 0, most=LONGEST_WRAP),
        answers_after=part.amount("answers_after", 0.0, most=15.0),
        misses=part.amount("misses_percent", 0.0, most=90.0) / 100,
    )
    part.ends()
    part.expect(sum(one.agents for one in scenario.shifts) <= MOST_AGENTS, "shift", f"has at most {MOST_AGENTS} agents")
    contacts = scenario.days * sum(sum(flow.by_hour) for flow in scenario.flows)
    part.expect(contacts <= MOST_CONTACTS, "contacts", f"are at most {MOST_CONTACTS:,} in all")
    return scenario


class _Part:
    """A table of the file, and where it stands. What nobody asked for is a mistake: somebody meant something by it."""

    def __init__(self, where: str, told: Any) -> None:
        self.where = where
        self.expect(isinstance(told, dict), "", "is a table")
        self._left = dict(told)

    def expect(self, holds: bool, name: str, what: str) -> None:
        if not holds:
            place = ".".join(one for one in (self.where, name) if one)
            raise Refused("{place} {what}.", place=place or "The scenario", what=what)

    def take(self, name: str, kind: type[T], usual: T | None = None) -> T:
        found: T = self._left.pop(name, usual)
        self.expect(found is not None, name, "is needed")
        self.expect(type(found) is kind, name, f"is {_KINDS[kind]}")
        return found

    def number(self, name: str, usual: int | None = None, *, least: int = 0, most: int = 10**9) -> int:
        found = self.take(name, int, usual)
        self.expect(least <= found <= most, name, f"is a number from {least} to {most}")
        return found

    def amount(self, name: str, usual: float | None = None, *, least: float = 0.0, most: float = 1e7) -> float:
        found = self._left.pop(name, usual)
        self.expect(found is not None, name, "is needed")
        self.expect(type(found) in (int, float) and least <= found <= most, name, f"is from {least:g} to {most:g}")
        return float(found)

    def choice(self, name: str, choices: Sequence[T], usual: T | None = None) -> T:
        found = self._left.pop(name, usual)
        self.expect(found in choices, name, f"is one of {', '.join(str(one) for one in choices)}")
        return choices[choices.index(found)]

    def parts(self, name: str, *, least: int = 0) -> list[_Part]:
        found = self._left.pop(name, [])
        self.expect(isinstance(found, list) and len(found) >= least, name, "is needed, as [[" + name + "]]")
        return [_Part(f"{self._at(name)}[{number}]", one) for number, one in enumerate(found, 1)]

    def part(self, name: str) -> _Part | None:
        found = self._left.pop(name, None)
        return None if found is None else _Part(self._at(name), found)

    def levels(self, name: str) -> dict[str, int]:
        found = self._left.pop(name, {})
        good = isinstance(found, dict) and all(type(level) is int and 1 <= level <= 5 for level in found.values())
        self.expect(good, name, "gives each skill a level from 1 to 5")
        return dict(found)

    def names(self, name: str, known: Sequence[str], *, usual: Sequence[str] | None = None) -> list[str]:
        found = self._left.pop(name, list(known if usual is None else usual))
        self.expect(isinstance(found, list) and all(one in known for one in found), name, "names queues of this file")
        return list(found)

    def spans(self, name: str) -> tuple[Span, ...]:
        try:
            return read_spans(self.take(name, str, ""))
        except Refused as refused:
            raise Refused("{place}: {what}", place=self._at(name), what=str(refused)) from None

    def ends(self) -> None:
        self.expect(not self._left, next(iter(self._left), ""), "is nothing that a scenario knows")

    def pop(self, name: str) -> Any:
        return self._left.pop(name, None)

    def _at(self, name: str) -> str:
        return ".".join(one for one in (self.where, name) if one)


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", date: "a day, such as 2026-11-23"}


def _line(part: _Part) -> Line:
    target = part.part("answered")
    found = Line(
        part.take("name", str),
        Target(target.amount("percent", most=99.9), target.amount("seconds")) if target else Target(),
        part.choice("rule", list(Rule), Rule.LONGEST_IDLE),
        part.levels("skills"),
    )
    part.ends()
    return found


def _flow(part: _Part, queues: Sequence[str]) -> Flow:
    queue = part.take("queue", str, queues[0])
    part.expect(queue in queues, "queue", "names a queue of this file")
    flow = Flow(
        queue,
        part.choice("channel", CHANNELS, Channel.CHAT),
        _by_hour(part),
        _duration(part, "handling") or Duration(300.0),
        _duration(part, "patience"),
        part.choice("priority", list(Priority), Priority.NORMAL),
    )
    part.expect(flow.live or flow.patience is None, "patience", "is for who waits at the other end, in a chat")
    part.ends()
    return flow


def _by_hour(part: _Part) -> list[float]:
    found = part.pop("by_hour")
    good = isinstance(found, list) and len(found) == HOURS
    part.expect(
        good and all(type(one) in (int, float) and 0 <= one <= 100_000 for one in found),
        "by_hour",
        f"is a list of {HOURS} numbers, the first for the hour after midnight",
    )
    return [float(one) for one in found]


def _duration(part: _Part, name: str) -> Duration | None:
    told = part.part(name)
    if told is None:
        return None
    shape = told.choice("shape", list(Shape), Shape.EXPONENTIAL)
    found = Duration(told.amount("seconds", least=0.1), shape, told.amount("spread", 0.6, least=0.01, most=10.0))
    told.ends()
    return found


def _shift(part: _Part, queues: Sequence[str]) -> Shift:
    hours = part.spans("hours")
    part.expect(0 < len(hours) <= 2, "hours", "are written as 08:00-16:00")
    over_midnight = len(hours) == 2 and hours[0][0] == 0 and hours[1][1] == DAY
    part.expect(len(hours) == 1 or over_midnight, "hours", "are one stretch; over midnight 22:00-24:00, 00:00-06:00")
    found = Shift(
        part.take("name", str, "Agents"),
        part.number("agents", least=0, most=MOST_AGENTS),
        hours[-1][0],
        hours[0][1],
        part.names("queues", queues),
        part.spans("breaks"),
        part.levels("skills"),
    )
    part.ends()
    return found


def _promised(part: _Part, queues: Sequence[str]) -> Promised:
    found = Promised(
        part.choice("metric", [metric.value for metric in Metric]),
        part.number("seconds", least=15),
        part.names("queues", queues, usual=()),
    )
    part.ends()
    return found


def _hours(part: _Part, zone: str) -> BusinessCalendar | None:
    told = part.part("hours")
    if told is None:
        return None
    week = tuple(told.spans(day) for day in DAYS)
    told.ends()
    return checked(BusinessCalendar(zone, week))
