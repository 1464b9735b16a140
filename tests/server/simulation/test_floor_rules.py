"""What a queue says of itself holds on a made-up floor: calls, steps, help, and what happens when it is full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from routing.limits import WhenFull
from routing.loads import LoadForm
from routing.medium import Medium
from routing.simulation.outcome import Contact, Outcome
from routing.simulation.scenario import Duration, Full, Help, Line, Shape, Step
from server.simulation.play import play
from tests.engine import brings_its_own
from tests.server.simulation.floors import between, flow, scenario, shift
from tickets.status import Channel

pytestmark = brings_its_own
MANY: dict[str, Any] = {"by_hour": between(9, 10, 60)}  # of two minutes each: one agent can do half of them


def waits(outcome: Outcome, queue: str) -> Sequence[float]:
    return [one.waited for one in outcome.contacts if one.flow.queue == queue and one.answered]


def calls(**but: Any) -> Any:
    return flow(channel=Channel.CALLBACK, by_hour=between(9, 10, 12), handling=Duration(120.0, Shape.CONSTANT), **but)


def test_who_wants_to_be_rung_is_rung() -> None:
    outcome = play(scenario([calls()], [shift(2)]))

    assert outcome.contacts
    for one in outcome.contacts:
        assert one.answered is not None
        assert one.settled == one.answered + one.handling
    assert {"callback_window": (len(outcome.contacts), 0)} == outcome.promises


def test_who_does_not_answer_is_tried_again_and_then_written_to() -> None:
    """Every other call is answered; nobody is tried a third time."""
    line = Line("Support", calls={"tries": 2, "no_answer_minutes": 10})
    outcome = play(scenario([calls(reached=0.5)], [shift(2)], line))

    tries = [(one.settled - one.answered).total_seconds() for one in outcome.contacts if one.settled and one.answered]
    assert any(spent < 130 for spent in tries), "at the first try"
    assert any(spent > 600 for spent in tries), "ten minutes later"
    assert any(one.settled is None for one in outcome.contacts), "not at all"


def test_where_a_line_is_full_who_comes_is_answered_in_writing() -> None:
    line = Line("Support", full=Full(2, None, WhenFull.LETTER))
    outcome = play(scenario([flow(**MANY)], [shift(1)], line))

    turned = [one for one in outcome.contacts if one.turned is not None]
    assert turned
    assert len(turned) == outcome.turned_away(line)
    assert all(one.answered for one in outcome.contacts), "if later"
    assert ["chats", "in writing"] == list(outcome.by_medium(line))
    assert len(outcome.contacts) - len(turned) == outcome.live_of(line).came
    assert max(one.waited for one in outcome.contacts if one.live) <= 3 * 120


def test_where_a_line_is_full_who_comes_may_be_rung() -> None:
    line = Line("Support", full=Full(None, 60.0, WhenFull.CALLBACK))
    outcome = play(scenario([flow(**MANY)], [shift(1)], line))

    rung = [one for one in outcome.contacts if one.to_call]
    assert rung
    assert all(one.answered and one.turned for one in rung)
    assert (len(rung), 0) == outcome.promises["callback_window"]


def test_where_a_line_is_full_who_comes_may_wait_in_another() -> None:
    lines = (Line("Support", full=Full(1, None, WhenFull.QUEUE, "Others")), Line("Others"))
    outcome = play(scenario([flow(**MANY)], [shift(1, "Support"), shift(1, "Others", name="Others")], *lines))

    moved = [one for one in outcome.contacts if one.line == "Others"]
    assert moved
    assert (len(moved), 0) == tuple(map(outcome.turned_away, lines))
    assert len(moved) == outcome.of(lines[1]).came


def test_what_nobody_can_do_is_given_up_after_its_time() -> None:
    """Nobody speaks German: after a minute somebody helps all the same."""
    line = Line("Support", skills={"German": 3}, steps=[Step(60.0, drop=["German"])])
    outcome = play(scenario([flow(by_hour=between(9, 10, 4))], [shift(3)], line))

    assert outcome.contacts
    assert {60.0} == set(waits(outcome, "Support"))


def test_a_queue_that_is_called_helps() -> None:
    """One agent is there for two agents' work; two more help after half a minute, or while the line is long."""
    helped = [
        Line("Support", steps=[Step(30.0, widen="Others", more_urgent=True)]),
        Line("Support", help=Help("Others", 3)),
    ]
    shifts = [shift(1, "Support"), shift(2, "Others", name="Others")]

    days = [play(scenario([flow(**MANY)], shifts, line, Line("Others"))) for line in (Line("Support"), *helped)]
    alone, *others = (sum(waits(one, "Support")) for one in days)
    assert all(one < alone / 5 for one in others)


def test_who_helps_late_sees_what_is_old_enough() -> None:
    shifts = [shift(1), shift(1, name="Later", delay=20.0)]
    outcome = play(scenario([flow(by_hour=between(9, 10, 30))], shifts))

    late = [one for one in waits(outcome, "Support") if one]
    assert late
    assert 20.0 in late


def test_mails_give_way_to_chats() -> None:
    """An agent with a mail in hand is offered a chat, unless the scenario says otherwise."""
    day = [flow(channel=Channel.EMAIL, by_hour=between(9, 10, 40), handling=Duration(600.0, Shape.CONSTANT)),
           flow(by_hour=between(9, 10, 6))]  # fmt: skip
    loads = [{}, {Medium.EMAIL: LoadForm(weight=100, interruptible=False)}]

    gives_way, does_not = (chats(play(scenario(day, [shift(1)], loads=one))) for one in loads)
    assert sum(one.waited for one in gives_way) < sum(one.waited for one in does_not)


def chats(outcome: Outcome) -> Sequence[Contact]:
    return [one for one in outcome.contacts if one.flow.live]
