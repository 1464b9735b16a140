"""The whole floor at one moment: every number that a supervisor's wallboard shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from routing import loads, wait
from routing.medium import Medium
from routing.wait import Band
from routing.wallboard.entries import Count, Counted, counted
from routing.wallboard.figures import FIGURES
from routing.wallboard.people import AtWork, at_work
from routing.wallboard.standing import KINDS, Longest, Standing, longest, standing
from routing.wallboard.today import AsOf
from tickets.rules import Rules


@dataclass(frozen=True)
class QueueFigures:
    """One queue. `on`: how many tickets are on each of its lists, as `standing.KINDS` names them.

    `estimate`: how long somebody who comes now may wait, None where there is too little to go by. `answered`: promises
    of an answer judged today, good: kept.
    """

    queue_id: int
    name: str
    on: Mapping[str, int]
    longest: Longest | None
    estimate: Band | None
    answered: Count
    abandoned: int
    handled: int


@dataclass(frozen=True)
class Board:
    """All queues that are not archived, by name; everyone at work; and the same numbers for everything together.

    `on`, `answered`, `abandoned` and `handled` count tickets in archived queues and in none, too.
    """

    as_of: AsOf
    queues: Sequence[QueueFigures]
    people: Sequence[AtWork]
    on: Mapping[str, int]
    longest: Longest | None
    answered: Count
    abandoned: int
    handled: int
    backlog: Counted
    callbacks: Counted
    unacknowledged: Counted
    undecided: Counted

    @property
    def now(self) -> datetime:
        return self.as_of.now


def board(session: Session, as_of: AsOf, rules: Rules) -> Board:
    """Everything at once, in one snapshot and a number of queries that does not grow with the desk."""
    stands, waits = standing(session), longest(session)
    told = {name: counted(session, FIGURES[name], as_of) for name in FIGURES if not FIGURES[name].what}
    answered, abandoned, handled = (told[f"{name}-today"] for name in ("answered", "abandoned", "handled"))
    taken = loads.loads(session)
    paces = wait.paces(session, as_of.queues, now=as_of.now, each=loads.at_once(rules, taken[Medium.CHAT]))
    return Board(
        as_of=as_of,
        queues=[
            QueueFigures(
                queue_id=queue_id,
                name=name,
                on=here.on,
                longest=waits.get(queue_id),
                estimate=wait.band(here.live + 1, paces[queue_id]) if queue_id in paces else None,
                answered=answered.of(queue_id),
                abandoned=abandoned.of(queue_id).n,
                handled=handled.of(queue_id).n,
            )
            for queue_id, name in as_of.queues.items()
            for here in [stands.get(queue_id) or Standing.nobody()]
        ],
        people=at_work(session, rules, taken),
        on={kind: sum(here.on[kind] for here in stands.values()) for kind in KINDS},
        longest=min(waits.values(), key=lambda one: (one.since, one.ticket_id), default=None),
        answered=answered.all,
        abandoned=abandoned.all.n,
        handled=handled.all.n,
        backlog=told["backlog"],
        callbacks=told["callbacks-due"],
        unacknowledged=told["complaints-unacknowledged"],
        undecided=told["complaints-undecided"],
    )
