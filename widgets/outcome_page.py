"""How soon customers were answered in chosen days, and what became of their tickets: opened again, settled at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlmodel import Session

from routing.queues import queues
from routing.wallboard import first_replies
from routing.wallboard.days import chosen
from routing.wallboard.entries import Count, Counted, counted
from routing.wallboard.first_replies import Waited, waited
from routing.wallboard.outcomes import FIGURES, Place, by_place
from routing.wallboard.standing import Standing, standing
from tickets.forms.fields import Form
from widgets import moments
from widgets.behind_board import behind
from widgets.call_waits import called
from widgets.labels import CHANNELS
from widgets.wallboard import meaning


class Outcome(NamedTuple):
    """What became of the tickets of one queue and channel."""

    queue_id: int
    queue: str
    channel: str
    solved: Count  # good: not opened again
    touched_once: Count  # of these
    waited: Waited


class Promised(NamedTuple):
    """What one queue promised; `at_risk` counts what runs now."""

    queue_id: int
    queue: str
    kept: Count
    at_risk: int


def outcomes_page(session: Session, /, *, form: Form, days: tuple[date, date] | None, **reader: Any) -> str:
    """`days`: the first and the last; None where what was typed is none, which the form says."""
    facts: dict[str, Any] = {"outcomes": [], "promised": [], "called": [], "query": ""}
    language = reader["language"]
    if days is not None:
        facts = _facts(session, reader["now"], *days)
    return behind(
        "console/outcomes.html",
        session,
        reader,
        form=form,
        chosen=days,
        channels=CHANNELS,
        mean=first_replies.mean,
        half=first_replies.half,
        meaning=meaning,
        lasted=partial(moments.lasted, language),
        **facts,
    )


def _facts(session: Session, now: Any, first: date, last: date) -> dict[str, Any]:
    days = chosen(session, now, first, last)
    names = {queue.id: queue.name for queue in queues(session, archived=True)}
    kept, now_on = counted(session, FIGURES["promises"], days), standing(session)
    return {
        "outcomes": _outcomes(
            names, by_place(session, "reopened", days), by_place(session, "one-touch", days), waited(session, days)
        ),
        "promised": _promised(names, kept, now_on),
        "called": called(session, names, days),
        "query": days.query,
    }


def _outcomes(
    names: Mapping[int, str],
    solved: Mapping[Place, Count],
    once: Mapping[Place, Count],
    replies: Mapping[Place, Waited],
) -> Sequence[Outcome]:
    """By the name of the queue; tickets in none are left out, as on the board."""
    return [
        Outcome(queue_id, name, channel, *(solved.get(place, Count()), once.get(place, Count())), found)
        for queue_id, name in names.items()
        for channel in CHANNELS
        for place in [(queue_id, channel)]
        for found in [replies.get(place, Waited())]
        if place in solved or found.n
    ]


def _promised(names: Mapping[int, str], kept: Counted, now_on: Mapping[int | None, Standing]) -> Sequence[Promised]:
    found = (
        Promised(queue_id, name, kept.of(queue_id), now_on.get(queue_id, Standing.nobody()).on["at_risk"])
        for queue_id, name in names.items()
    )
    return [one for one in found if one.kept.n or one.at_risk]
