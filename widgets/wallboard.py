"""The supervisor's wallboard: every part of it has an id, serves page and swap alike, and is drawn once a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from chat import satisfaction
from chat.events import SiteChanged, SurveyTermsChanged
from routing.events import PlacementsChanged, WaitsTold
from routing.sla.events import NoticesChanged
from routing.wait import Band
from routing.wallboard.board import Board, QueueFigures, board
from routing.wallboard.entries import Count, Counted, counted
from routing.wallboard.people import Doing
from routing.wallboard.today import as_of
from tickets import events, log
from tickets.people import initials
from tickets.rules import Rules
from widgets import script_words
from widgets.drawing import render
from widgets.labels import REASONS
from widgets.states import Look, looks
from widgets.wallboard_words import AGES, DOING, TELLS
from widgets.words import translate

TOPIC = "wallboard"
PARTS = ("asof", "tiles", "queues", "people", "more")
QUIET = frozenset(
    kind.__name__
    for kind in (
        events.MessagesSeen,
        events.NoteAdded,
        events.SubjectChanged,
        events.CustomerChanged,
        events.CannedChanged,
        events.StatusNamesChanged,
        SiteChanged,
        SurveyTermsChanged,
        PlacementsChanged,
        WaitsTold,
        NoticesChanged,
    )
)
"""The kinds of event after which every number is the same: whatever else happens, the floor is counted anew."""
MOST_QUEUES, MOST_PEOPLE = 200, 250  # on a board, which is told whole: more than an eye takes in, less than a line
WANTED = 80  # percent of promises kept that a desk aims at (semantics.md part 8)
POOR = 10  # so many percent below that it is said to be bad
DOING_ICONS = {
    Doing.MISSED: "warn",
    Doing.BUSY: "bolt",
    Doing.WRAPPING: "pen",
    Doing.AVAILABLE: "check",
    Doing.AWAY: "moon",
    Doing.OFFLINE: "x",
}


@dataclass(frozen=True)
class Floor:
    """Everything that the wallboard shows, read in one snapshot."""

    board: Board
    rated: Count
    could_rate: Count
    looks: Mapping[str, Look]  # of every state that an agent may be in

    @classmethod
    def read(cls, session: Session, now: datetime, rules: Rules) -> Floor:
        at = as_of(session, now)
        liked = {name: counted(session, figure, at).all for name, figure in satisfaction.FIGURES.items()}
        return cls(
            board(session, at, rules), liked["rated-today"], liked["could-rate-today"], looks(session, archived=True)
        )

    def parts(self, language: str) -> dict[str, str]:
        """Each part as HTML, by its id without "board-"."""
        facts = self._facts(language)
        return {part: render(f"console/_board_{part}.html", language, **facts) for part in PARTS}

    def _facts(self, language: str) -> dict[str, Any]:
        board, shown = self.board, busiest(self.board.queues)
        return {
            "board": board,
            "queues": shown,
            "people": board.people[:MOST_PEOPLE],
            "unshown": {"queues": len(board.queues) - len(shown), "people": max(0, len(board.people) - MOST_PEOPLE)},
            "as_of": board.as_of,
            "rated": self.rated,
            "could_rate": self.could_rate,
            "most": {kind: most(board, kind) for kind in ("at_risk", "breached")},
            "longest_queue": next((one for one in board.queues if one.longest == board.longest), None),
            "doing": DOING,
            "doing_icons": DOING_ICONS,
            "states": states(board),
            "looks": self.looks,
            "reasons": REASONS,
            "initials": initials,
            "ages": AGES,
            "backlog": {age: board.backlog.of(age).n for age in AGES},
            "late": late,
            "tells": {name: translate(language, text) for name, text in TELLS.items()},
            "meaning": meaning,
            "minutes": minutes,
            "wanted": WANTED,
        }


@dataclass(frozen=True)
class Watcher:
    """Who reads the page, and when; see `pages.Reader`."""

    agent: Any
    language: str
    csrf: str
    epoch: str
    now: datetime


def page(session: Session, /, *, rules: Rules, tv: bool = False, **reader: Any) -> str:
    """The whole page. `tv`: for a screen on the wall, to be read from the other side of the room."""
    watcher = Watcher(**{name: reader[name] for name in ("agent", "language", "csrf", "epoch", "now")})
    cursor, floor = log.newest(session), Floor.read(session, watcher.now, rules)
    parts = {part: Markup(html) for part, html in floor.parts(watcher.language).items()}
    return render(
        "console/wallboard.html",
        watcher.language,
        reader=watcher,
        initials=initials(watcher.agent.name),
        here="wallboard",
        parts=parts,
        tv=tv,
        facts=script_facts(watcher, cursor),
    )


def script_facts(watcher: Watcher, cursor: int) -> dict[str, Any]:
    """What the page's scripts go by."""
    return {
        "me": watcher.agent.id,
        "name": watcher.agent.name,
        "language": watcher.language,
        "epoch": watcher.epoch,
        "cursor": cursor,
        "now": watcher.now.isoformat(),
        "words": script_words.words(watcher.language),
    }


def busiest(queues: Sequence[QueueFigures]) -> Sequence[QueueFigures]:
    """In their order, and where there are too many only those in which the most is late, or soon will be, or waits."""
    by_need = sorted(queues, key=lambda one: [-one.on[kind] for kind in ("breached", "at_risk", "in_line")])
    kept = {one.queue_id for one in by_need[:MOST_QUEUES]}
    return [one for one in queues if one.queue_id in kept]


def most(board: Board, kind: str) -> QueueFigures | None:
    """The queue with the most tickets on this list; None where there is none, or nothing to choose between."""
    having = [queue for queue in board.queues if queue.on[kind]]
    return max(having, key=lambda queue: queue.on[kind]) if len(board.queues) > 1 and having else None


def states(board: Board) -> Mapping[Doing, int]:
    """How many agents do what, in the order in which they are listed."""
    counts = {doing: sum(one.doing is doing for one in board.people) for doing in Doing}
    return {doing: n for doing, n in counts.items() if n}


def meaning(count: Count) -> str:
    """What a share of kept promises is worth: good, warn or bad; empty where nothing was promised."""
    return meaning_of(count.share)


def meaning_of(share: int | None, wanted: int = WANTED) -> str:
    if share is None:
        return ""
    if share >= wanted:
        return "good"
    return "warn" if share >= wanted - POOR else "bad"


def minutes(band: Band) -> tuple[int, int]:
    """The band in whole minutes, rounded away from its middle; from 0 for "less than a minute"."""
    low, high = band.minutes
    return low, max(high, low + 1)


def late(counted: Counted) -> int:
    return counted.of("late").n
