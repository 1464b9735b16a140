"""What judges mail, promises, files and hands finds each fault that is planted in an honest story, and none in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import laws
from tests.faults.checker import End, Fault, Sent
from tests.faults.history import Line

SENT = [Sent("sam", f"m-{end.value}", n, "", end) for n, end in enumerate(End)]
"""One that was acknowledged, one that was refused, one of which nobody knows."""
PROMISED = laws.Promised(clock=1, due_at=100, breached_at=100, warned_wrongly=False, told=1, entered=1)
KEPT = laws.Promised(clock=2, due_at=100, breached_at=None, warned_wrongly=False, told=0, entered=0)
Story = dict[str, Any]
Plant = Callable[[Story], object]


def line(who: str, op: str, end: End, ticket: str = "ticket 7") -> Line:
    return Line(0.0, who, op, ticket, end.value)


HONEST: Mapping[Callable[..., list[Fault]], Callable[[], Story]] = {
    laws.mail_in: lambda: {"sent": SENT, "tickets": ["m-ok", "m-info"], "said": ["m-ok", "m-info"]},
    laws.stored_mail: lambda: {"sent": SENT, "kept": {"m-ok"}},
    laws.mail_out: lambda: {"states": {"<1>": "sent", "<2>": "indeterminate"}, "taken": {"<1>": 1, "<2>": 1}},
    laws.promises: lambda: {"clocks": [PROMISED, KEPT]},
    laws.files: lambda: {"sent": SENT, "rows": [("sam", "m-ok"), ("sam", "m-info")], "missing": []},
    laws.at_most_once: lambda: {"events": [("MailSent", 1), ("MailSent", 2), ("OfferExpired", 1)]},
    laws.held_twice: lambda: {
        "lines": [
            line("grace", "take", End.ACKNOWLEDGED, "ticket 8"),
            line("ada", "take", End.ACKNOWLEDGED),
            line("bo", "take", End.REFUSED),
            line("ada", "release", End.ACKNOWLEDGED),
            line("bo", "take", End.ACKNOWLEDGED),
        ]
    },
}

PLANTED: list[tuple[Callable[..., list[Fault]], str, Plant]] = [
    (laws.mail_in, "lost mail", lambda story: story["said"].remove("m-ok")),
    (laws.mail_in, "doubled mail", lambda story: story["said"].append("m-info")),
    (laws.mail_in, "doubled mail", lambda story: story["tickets"].append("m-ok")),
    (laws.mail_in, "kept though refused", lambda story: story["tickets"].append("m-fail")),
    (laws.stored_mail, "lost mail", lambda story: story["kept"].clear()),
    (laws.mail_out, "sent twice", lambda story: story["taken"].update({"<2>": 2})),
    (laws.mail_out, "sent unwritten", lambda story: story["taken"].update({"<3>": 1})),
    (laws.mail_out, "said to be sent", lambda story: story["taken"].pop("<1>")),
    (laws.mail_out, "forgotten mail", lambda story: story["states"].update({"<3>": "retry"})),
    (laws.promises, "breached at another time", lambda story: _is(story, breached_at=101)),
    (laws.promises, "breach not told once", lambda story: _is(story, told=2)),
    (laws.promises, "breach not told once", lambda story: _is(story, told=0)),
    (laws.promises, "breach not told once", lambda story: _is(story, entered=2)),
    (laws.promises, "breach not told once", lambda story: _is(story, breached_at=None)),
    (laws.promises, "warned at another time", lambda story: _is(story, warned_wrongly=True)),
    (laws.files, "lost file", lambda story: story["rows"].pop(0)),
    (laws.files, "doubled file", lambda story: story["rows"].append(("sam", "m-info"))),
    (laws.files, "file without bytes", lambda story: story["missing"].append("aa")),
    (laws.at_most_once, "happened twice", lambda story: story["events"].append(("OfferExpired", 1))),
    (laws.held_twice, "held twice", lambda story: story["lines"].pop(3)),
    (
        laws.held_twice,
        "held twice",
        lambda story: story["lines"].append(line("bo", "take", End.ACKNOWLEDGED, "ticket 8")),
    ),
]


def _is(story: Story, **otherwise: Any) -> None:
    story["clocks"][0] = replace(PROMISED, **otherwise)


@pytest.mark.parametrize("law", HONEST, ids=lambda law: law.__name__)
def test_an_honest_story_has_no_fault(law: Callable[..., list[Fault]]) -> None:
    assert [] == law(**HONEST[law]())


@pytest.mark.parametrize(("law", "found_as", "plant"), PLANTED)
def test_a_planted_fault_is_found(law: Callable[..., list[Fault]], found_as: str, plant: Plant) -> None:
    story = HONEST[law]()
    plant(story)

    assert {found_as} == {fault.law for fault in law(**story)}


def test_mail_on_its_way_is_forgotten_only_where_all_had_time_to_end() -> None:
    assert [] == laws.mail_out({"<1>": "sending"}, {}, quiet=False)


def test_whoever_holds_what_they_do_not_count_is_found_though_they_count_nothing() -> None:
    assert [] == laws.loads_that_disagree({7: 5}, {7: 5, 8: 0})
    assert 3 == len(laws.loads_that_disagree({7: 5, 9: 5}, {7: 10, 8: 5}))
