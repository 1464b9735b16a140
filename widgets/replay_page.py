"""What came of a replay, in the order and the words of the supervisor's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.sla.replay.outcome import Changed, Outcome, Row, Tally, Verdict
from widgets.labels import PRIORITIES
from widgets.sla import METRICS
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


_BY = {"metric": _("Promise"), "priority": _("Priority"), "queue": _("Queue")}
_VERDICTS = {Verdict.KEPT: _("kept"), Verdict.BROKEN: _("broken"), Verdict.NONE: _("not decided")}


@dataclass(frozen=True)
class Line:
    """`meaning` is good, bad or empty: whether more or fewer of them would have been kept."""

    name: str
    row: Row

    @property
    def points(self) -> float | None:
        """By how much the share of kept ones would be another, in percent points."""
        really, then = self.row.really.percent, self.row.then.percent
        return None if really is None or then is None else round(then - really, 1)

    @property
    def meaning(self) -> str:
        return {True: "good", False: "bad"}[self.points > 0] if self.points else ""


@dataclass(frozen=True)
class Section:
    title: str
    lines: Sequence[Line]


def sections(language: str, outcome: Outcome, queues: Mapping[int, str]) -> list[Section]:
    """All promises, then by what they are, by priority, by queue."""
    found = [Section("", [Line(translate(language, "All promises"), outcome.promises)])]
    for by, title in _BY.items():
        rows = outcome.by[by]
        found.append(
            Section(title, [Line(name, rows[key]) for key, name in _names(language, by, queues) if key in rows])
        )
    return found


def share(language: str, tally: Tally) -> str:
    """ "92 %"; empty where nothing was promised."""
    return "" if tally.percent is None else translate(language, "{n} %", n=_number(tally.percent))


def differences(language: str, changed: Changed) -> str:
    """ "First reply: kept → broken; Resolution: broken → kept"."""
    each = [
        translate(
            language,
            "{metric}: {really} → {then}",
            metric=translate(language, METRICS[one.metric]),
            really=translate(language, _VERDICTS[one.really]),
            then=translate(language, _VERDICTS[one.then]),
        )
        for one in changed.differences
    ]
    return translate(language, "; ").join(each)


def _names(language: str, by: str, queues: Mapping[int, str]) -> Sequence[tuple[str | int, str]]:
    """Every value that there may be, in the order in which pages show them."""
    if by == "queue":
        known = sorted(queues.items(), key=lambda one: one[1].casefold())
        return [*known, (0, translate(language, "No queue"))]
    labels = METRICS if by == "metric" else PRIORITIES
    return [(key, translate(language, label)) for key, label in labels.items()]


def _number(percent: float) -> str:
    """One place, unless it is none: 92, 92.5."""
    return f"{percent:.1f}".removesuffix(".0")
