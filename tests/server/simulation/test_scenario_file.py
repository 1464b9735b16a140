"""A scenario is read as it is meant, or refused with a sentence that says where it is wrong."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from routing.limits import WhenFull
from routing.line import Turn
from routing.loads import LoadForm
from routing.medium import Medium
from routing.simulation.scenario import Duration, Full, Help, Shape, Step, Target
from server.simulation.scenario_file import read_scenario, scenario_of
from tests.elsewhere import ROOT
from tickets.errors import Refused
from tickets.status import Channel

LEAST = """
[[queue]]
name = "Support"

[[contacts]]
by_hour = [0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

[[shift]]
agents = 2
hours = "09:00-17:00"
"""


def test_little_has_to_be_said() -> None:
    """A queue, who comes, and who works."""
    found = scenario_of(tomllib.loads(LEAST), name="monday")

    assert ("monday", "UTC", 1) == (found.name, found.zone, found.days)
    assert Target(80.0, 20.0) == found.lines[0].target
    (flow,) = found.flows
    assert ("Support", Channel.CHAT, 12.0) == (flow.queue, flow.channel, flow.by_hour[9])
    assert (Duration(300.0), None) == (flow.handling, flow.patience)
    (shift,) = found.shifts
    assert (2, 540, 1020, ["Support"]) == (shift.agents, shift.starts, shift.ends, shift.queues)


def test_the_example_says_everything_that_can_be_said() -> None:
    found = read_scenario(ROOT / "docs" / "simulator.toml")

    assert ["Support", "German"] == [line.name for line in found.lines]
    assert {"German": 3} == found.lines[1].skills
    assert Duration(400.0, Shape.LOGNORMAL, 0.7) == found.flows[0].handling
    assert found.hours is not None
    assert ((690, 720),) == found.shifts[0].breaks


def test_a_queue_may_say_what_happens_when_it_is_long() -> None:
    told = tomllib.loads(LEAST)
    told["queue"] = [
        {
            "name": "Support",
            "turn": "promise",
            "ring": 15,
            "skills": {"German": 3},
            "step": [{"after": 30, "drop": ["German"]}, {"after": 60.5, "widen": "Sales", "more_urgent": True}],
            "help": {"queue": "Sales", "waiting": 5},
            "full": {"waiting": 9, "then": "callback"},
            "calls": {"tries": 2},
        },
        {"name": "Sales", "full": {"seconds": 300, "then": "queue", "queue": "Support"}},
    ]
    told["contacts"][0] |= {"channel": "callback", "reached_percent": 70}
    told["shift"][0]["delay"] = 10
    told["capacity"] = {"email": {"weight": 20, "most": 3}, "callback": {"wrap_up": 30, "waits": False}}
    found = scenario_of(told)

    support, sales = found.lines
    assert [Step(30.0, ["German"]), Step(60.5, [], "Sales", more_urgent=True)] == support.steps
    assert (Turn.PROMISE, 15.0, Help("Sales", 5)) == (support.turn, support.ring, support.help)
    assert (Full(9, None, WhenFull.CALLBACK), {"tries": 2}) == (support.full, support.calls)
    assert Full(None, 300.0, WhenFull.QUEUE, "Support") == sales.full
    assert (Channel.CALLBACK, 0.7, 10.0) == (found.flows[0].channel, found.flows[0].reached, found.shifts[0].delay)
    wanted = {Medium.EMAIL: LoadForm(20, 3, interruptible=True), Medium.CALLBACK: LoadForm(wrap_seconds=30)}
    assert wanted == found.loads


def test_a_shift_may_go_over_midnight() -> None:
    told = tomllib.loads(LEAST)
    told["shift"][0]["hours"] = "22:00-24:00, 00:00-06:00"
    (shift,) = scenario_of(told).shifts

    assert (22 * 60, 6 * 60, 30 * 60) == (shift.starts, shift.ends, shift.goes)


@pytest.mark.parametrize(
    ("says", "name", "value"),
    [
        ("contacts is needed, as", "contacts", []),
        ("shift is needed, as", "shift", []),
        ("zone is a time zone", "zone", "Mars/Olympus"),
        ("days is a number from 1 to 31", "days", 0),
        ("days is a whole number", "days", "two"),
        ("weather is nothing that a scenario knows", "weather", "rain"),
        ("queue has a name of its own", "queue", [{"name": "Support"}, {"name": "Support"}]),
        (r"queue\[1\].rule is one of", "queue", [{"name": "Support", "rule": "alphabet"}]),
        (r"queue\[1\].skills gives each skill a level", "queue", [{"name": "Support", "skills": {"German": 9}}]),
        (r"queue\[1\].ring is from 5 to 300", "queue", [{"name": "Support", "ring": 2}]),
        (r"queue\[1\].help.queue names another queue", "queue", [{"name": "A", "help": {"queue": "A", "waiting": 3}}]),
        (r"queue\[1\].full says how many wait", "queue", [{"name": "Support", "full": {"then": "letter"}}]),
        (r"queue\[1\].full.queue is needed", "queue", [{"name": "A", "full": {"waiting": 3, "then": "queue"}}]),
        (
            r"queue\[1\].full.then is one of letter, callback, queue",
            "queue",
            [{"name": "A", "full": {"waiting": 3, "then": "x"}}],
        ),
        (r"queue\[1\].step\[1\] drops, widens", "queue", [{"name": "Support", "step": [{"after": 60}]}]),
        (
            r"queue\[1\].step\[1\].drop names skills",
            "queue",
            [{"name": "A", "step": [{"after": 60, "drop": ["German"]}]}],
        ),
        (r"queue\[1\].step comes later", "queue", [{"name": "A", "step": [{"after": 60, "more_urgent": True}] * 2}]),
        (r"queue\[1\].calls.tries is a number from 1 to 20", "queue", [{"name": "Support", "calls": {"tries": 0}}]),
        (r"queue\[1\].turn is one of urgency, promise", "queue", [{"name": "Support", "turn": "luck"}]),
        (r"capacity.email.weight is from 1 to 100", "capacity", {"email": {"weight": 300}}),
        (r"capacity.email.weight is from 1 to 100", "capacity", {"email": {"weight": 0}}),
        (r"promise\[1\].seconds is a number from 15 to", "promise", [{"metric": "resolution", "seconds": 10**9}]),
        ("date is a day from 2000-01-01 to 2199", "date", date(9999, 12, 31)),
        ("queue has a name of its own", "queue", [{"name": "Support"}, {"name": " SUPPORT"}]),
        ("queue has a name of its own", "queue", [{"name": " "}]),
        ("capacity.chat is nothing", "capacity", {"chat": {"weight": 50}}),
        (r"contacts\[1\].reached_percent is for callbacks", "contacts", [{"by_hour": [1] * 24, "reached_percent": 50}]),
        (r"shift\[1\].delay is from 0 to 9999", "shift", [{"agents": 1, "hours": "08:00-12:00", "delay": -1}]),
        (r"promise\[1\].metric is one of", "promise", [{"metric": "callback_window", "seconds": 60}]),
        (r"contacts\[1\].by_hour is a list of 24 numbers", "contacts", [{"by_hour": [1, 2, 3]}]),
        (r"contacts\[1\].queue names a queue", "contacts", [{"queue": "Sales", "by_hour": [1] * 24}]),
        (r"contacts\[1\].handling.seconds is from", "contacts", [{"by_hour": [1] * 24, "handling": {"seconds": -1}}]),
        (
            r"contacts\[1\].patience is for who waits",
            "contacts",
            [{"by_hour": [1] * 24, "channel": "email", "patience": {"seconds": 60}}],
        ),
        ("contacts are at most", "contacts", [{"by_hour": [90_000] * 24}]),
        (r"shift\[1\].hours: ", "shift", [{"agents": 1, "hours": "nine to five"}]),
        (r"shift\[1\].hours are one stretch", "shift", [{"agents": 1, "hours": "08:00-12:00, 13:00-17:00"}]),
        (
            r"shift\[1\].breaks lie within the hours",
            "shift",
            [{"agents": 1, "hours": "13:00-17:00", "breaks": "12:00-12:30"}],
        ),
        (
            r"shift\[1\].breaks lie within the hours",
            "shift",
            [{"agents": 1, "hours": "22:00-24:00, 00:00-06:00", "breaks": "07:00-07:30"}],
        ),
        (r"shift\[1\].queues names queues", "shift", [{"agents": 1, "hours": "08:00-12:00", "queues": ["Sales"]}]),
        ("shift has at most 2000 agents", "shift", [{"agents": 1001, "hours": "08:00-12:00"}] * 2),
        (r"promise\[1\].metric is one of", "promise", [{"metric": "luck", "seconds": 60}]),
        ("working time", "hours", {"monday": ""}),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(says: str, name: str, value: object) -> None:
    with pytest.raises(Refused, match=says):
        scenario_of({**tomllib.loads(LEAST), name: value})


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ")

    with pytest.raises(Refused, match=r"broken.toml is not TOML"):
        read_scenario(tmp_path / "broken.toml")
    with pytest.raises(Refused, match=r"missing.toml cannot be read"):
        read_scenario(tmp_path / "missing.toml")
