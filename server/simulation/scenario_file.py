"""Reads a scenario from a TOML file; what is wrong in it is said in a sentence, with the place where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from routing.calendars import DAY, BusinessCalendar, checked
from routing.loads import LONGEST_WRAP, USUAL, LoadForm
from routing.medium import Medium
from routing.names import LONGEST_NAME
from routing.queues import LONGEST_DELAY
from routing.simulation.scenario import HOURS, Duration, Flow, Promised, Scenario, Shape, Shift
from routing.sla.metrics import promisable
from routing.sla.targets import LONGEST_TARGET
from server.simulation.part import Part
from server.simulation.queue_part import line_of
from tickets.errors import Refused
from tickets.status import Channel, Priority
from tickets.text import one_line

CHANNELS = (Channel.CHAT, Channel.CALLBACK, Channel.EMAIL, Channel.PORTAL)
MOST_AGENTS, MOST_DAYS, MOST_CONTACTS = 2000, 31, 1_000_000
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
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
    part = Part("", told)
    zone = part.take("zone", str, "UTC")
    part.expect(zone in available_timezones(), "zone", "is a time zone's name, such as Europe/Berlin")
    queues = part.parts("queue", least=1)
    names = [one.take("name", str) for one in queues]
    kept = {one_line(one, LONGEST_NAME).lower() for one in names} - {""}  # as the desk tells them apart
    part.expect(len(kept) == len(names), "queue", "has a name of its own each")
    scenario = Scenario(
        name=part.take("name", str, name),
        lines=[line_of(one, queue, names) for one, queue in zip(queues, names, strict=True)],
        flows=[_flow(one, names) for one in part.parts("contacts", least=1)],
        shifts=[_shift(one, names) for one in part.parts("shift", least=1)],
        promises=[_promised(one, names) for one in part.parts("promise")],
        hours=_hours(part, zone),
        first_day=_first_day(part),
        days=part.number("days", 1, least=1, most=MOST_DAYS),
        zone=zone,
        seed=part.number("seed", 1),
        at_once=part.number("chats_at_once", 1, least=1, most=20),
        wrap_up=part.number("wrap_up", 0, most=LONGEST_WRAP),
        answers_after=part.amount("answers_after", 0.0, most=15.0),
        misses=part.amount("misses_percent", 0.0, most=90.0) / 100,
        loads=_loads(part.part("capacity")),
    )
    part.ends()
    part.expect(sum(one.agents for one in scenario.shifts) <= MOST_AGENTS, "shift", f"has at most {MOST_AGENTS} agents")
    contacts = scenario.days * sum(sum(flow.by_hour) for flow in scenario.flows)
    part.expect(contacts <= MOST_CONTACTS, "contacts", f"are at most {MOST_CONTACTS:,} in all")
    return scenario


def _first_day(part: Part) -> date:
    found = part.take("date", date, date(2026, 11, 23))
    part.expect(FIRST <= found <= LAST, "date", f"is a day from {FIRST} to {LAST}")
    return found


def _flow(part: Part, queues: Sequence[str]) -> Flow:
    queue = part.queue("queue", queues, queues[0])
    flow = Flow(
        queue,
        part.choice("channel", CHANNELS, Channel.CHAT),
        _by_hour(part),
        _duration(part, "handling") or Duration(300.0),
        _duration(part, "patience"),
        part.choice("priority", list(Priority), Priority.NORMAL),
        part.amount("reached_percent", 100.0, least=1.0, most=100.0) / 100,
    )
    part.expect(flow.reached == 1.0 or flow.channel is Channel.CALLBACK, "reached_percent", "is for callbacks")
    part.expect(flow.live or flow.patience is None, "patience", "is for who waits at the other end, in a chat")
    part.ends()
    return flow


def _by_hour(part: Part) -> list[float]:
    found = part.pop("by_hour")
    good = isinstance(found, list) and len(found) == HOURS
    part.expect(
        good and all(type(one) in (int, float) and 0 <= one <= 100_000 for one in found),
        "by_hour",
        f"is a list of {HOURS} numbers, the first for the hour after midnight",
    )
    return [float(one) for one in found]


def _duration(part: Part, name: str) -> Duration | None:
    told = part.part(name)
    if told is None:
        return None
    shape = told.choice("shape", list(Shape), Shape.EXPONENTIAL)
    found = Duration(told.amount("seconds", least=0.1), shape, told.amount("spread", 0.6, least=0.01, most=10.0))
    told.ends()
    return found


def _shift(part: Part, queues: Sequence[str]) -> Shift:
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
        part.amount("delay", 0.0, most=LONGEST_DELAY),
    )
    inside = all(found.starts <= leaves and returns <= found.goes for leaves, returns in found.pauses)
    part.expect(inside, "breaks", "lie within the hours of the shift")
    part.ends()
    return found


def _promised(part: Part, queues: Sequence[str]) -> Promised:
    found = Promised(
        part.choice("metric", [metric.value for metric in promisable(internal=False)]),
        part.number("seconds", least=15, most=LONGEST_TARGET * 60),
        part.names("queues", queues, usual=()),
    )
    part.ends()
    return found


def _hours(part: Part, zone: str) -> BusinessCalendar | None:
    told = part.part("hours")
    if told is None:
        return None
    week = tuple(told.spans(day) for day in DAYS)
    told.ends()
    return checked(BusinessCalendar(zone, week))


def _loads(part: Part | None) -> dict[Medium, LoadForm]:
    """What other work than chats takes of an agent; of a chat `chats_at_once` and `wrap_up` say it."""
    if part is None:
        return {}
    found = {}
    for medium in (Medium.CALLBACK, Medium.EMAIL, Medium.TICKET):
        told, usual = part.part(medium.value), USUAL[medium]
        if told is not None:
            most, weight = told.perhaps("most", least=1.0, most=100.0), told.perhaps("weight", least=1.0, most=100.0)
            found[medium] = LoadForm(
                weight=None if weight is None else int(weight),
                most=None if most is None else int(most),
                interruptible=told.take("waits", bool, usual.interruptible),
                wrap_seconds=told.number("wrap_up", 0, most=LONGEST_WRAP),
            )
            told.ends()
    part.ends()
    return found
