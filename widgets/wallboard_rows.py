"""The rows behind one of the wallboard's numbers, as a plain list at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from chat import satisfaction
from routing.queues import Queue
from routing.wallboard import call_waits, entries, figures, flow, hands, outcomes, speed
from routing.wallboard.days import Days, chosen, usual_days
from routing.wallboard.entries import PAGE, Asked, Entry, Figure
from routing.wallboard.today import AsOf, as_of
from tickets.errors import NotFound
from tickets.ticket import Ticket
from widgets import moments
from widgets.behind_board import behind
from widgets.callback_card import STANDS
from widgets.labels import CHANNELS
from widgets.lists import called, customers
from widgets.names import Names
from widgets.sla import METRICS
from widgets.wallboard_words import AGES, CAME, TELLS
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


OF_DAYS: Mapping[str, Figure] = {**outcomes.FIGURES, **call_waits.FIGURES}
"""Of chosen days."""
FIGURES: Mapping[str, Figure] = {
    **figures.FIGURES,
    **speed.FIGURES,
    **flow.FIGURES,
    **hands.FIGURES,
    **satisfaction.FIGURES,
    **OF_DAYS,
}


@dataclass(frozen=True)
class Heading:
    """How the list of a figure is called, what it means (a name in `TELLS`), and what is said of good and bad rows."""

    title: str
    tells: str
    good: str = ""
    bad: str = ""


_ON_TIME, _LATE = _("on time"), _("late")
_SOON = _("in time"), _("later")
HEADINGS: Mapping[str, Heading] = {
    "answered-today": Heading(_("Answered within target today"), "answered", _("within target"), _("too late")),
    "abandoned-today": Heading(_("Abandoned today"), "abandoned"),
    "taken-today": Heading(_("Chats taken today"), "taken", *_SOON),
    "left-today": Heading(_("Chats left today"), "left", *_SOON),
    "came-today": Heading(_("Chats that came today"), "came", _("stayed"), _("left")),
    "sent-on-today": Heading(_("Chats sent on today"), "sent_on"),
    "chats-talked-today": Heading(_("Chats handled today"), "talks"),
    "calls-talked-today": Heading(_("Calls handled today"), "talks"),
    "handled-today": Heading(_("Handled today"), "handled"),
    "backlog": Heading(_("Backlog"), "backlog"),
    **{f"backlog-{age}": Heading(_("Backlog"), "backlog") for age in AGES},
    "callbacks-due": Heading(_("Callbacks due"), "callbacks", _ON_TIME, _LATE),
    "callbacks-late": Heading(_("Callbacks that are late"), "callbacks", "", _LATE),
    "complaints-unacknowledged": Heading(_("Complaints to acknowledge"), "unacknowledged", _ON_TIME, _LATE),
    "complaints-unacknowledged-late": Heading(_("Acknowledgements that are late"), "unacknowledged", "", _LATE),
    "complaints-undecided": Heading(_("Complaints to decide"), "undecided", _ON_TIME, _LATE),
    "complaints-undecided-late": Heading(_("Final answers that are late"), "undecided", "", _LATE),
    "rated-today": Heading(_("Liked today"), "rated", _("liked"), _("not liked")),
    "could-rate-today": Heading(_("Rated, of those asked today"), "could_rate", _("rated"), _("not rated")),
    "promises": Heading(_("Promises"), "promises", _("within target"), _("too late")),
    **{f"reopened-{one}": Heading(_("Solved"), "reopened", _("stayed so"), _("opened again")) for one in CHANNELS},
    **{f"one-touch-{one}": Heading(_("Solved"), "one_touch", _("one answer"), _("otherwise")) for one in CHANNELS},
    **{f"first-replies-{one}": Heading(_("First answers"), "first_replies") for one in CHANNELS},
    "calls-ended": Heading(_("Calls that ended"), "calls", _("reached"), _("not reached")),
}


@dataclass(frozen=True)
class Line:
    """One row as it is read: whose ticket, and what it counts as."""

    entry: Entry
    ticket: Ticket
    name: str
    queue: str
    what: str


def rows_page(
    session: Session, /, *, figure: str, number: int = 1, days: tuple[date, date] | None = None, **reader: Any
) -> str:
    """The rows behind a number, by its name (answered-today, queue-3-answered-today). `days`: the first and the last,
    for a figure of chosen ones. Raises NotFound.
    """
    language = reader["language"]
    asked, names = entries.asked(figure), Names(session)
    at = _at(session, asked, reader["now"], days)
    total = entries.total(session, FIGURES, asked, at)
    found = entries.page(session, FIGURES, asked, at, skip=PAGE * (number - 1))
    heading = HEADINGS[asked.name]
    return behind(
        "console/wallboard_rows.html",
        session,
        reader,
        heading=heading,
        tells=TELLS[heading.tells],
        part=AGES.get(asked.name.removeprefix("backlog-"), "") or _channel(asked),
        queue=_queue(session, asked),
        total=total,
        at=at,
        span=[moments.day(language, day) for day in (at.first, at.last)] if isinstance(at, Days) else [],
        query=f"&{at.query}" if isinstance(at, Days) else "",
        lines=_lines(session, found, names, language),
        figure=figure,
        number=number,
        first=PAGE * (number - 1) + 1,
        more=PAGE * number < total.n,
    )


def _at(session: Session, asked: Asked, now: datetime, days: tuple[date, date] | None) -> AsOf:
    if asked.name in OF_DAYS:
        return chosen(session, now, *(days or usual_days(session, now)))
    return as_of(session, now)


def _channel(asked: Asked) -> str:
    """Of a figure of chosen days that has one."""
    return CHANNELS.get(asked.name.rpartition("-")[2], "") if asked.name in OF_DAYS else ""


def _queue(session: Session, asked: Asked) -> str:
    """The name of the queue whose rows these are; empty for those of all."""
    if asked.queue_id is None:
        return ""
    queue = session.get(Queue, asked.queue_id)
    if queue is None:
        raise NotFound("There is no such list.")
    return queue.name


def _lines(session: Session, found: Sequence[Entry], names: Names, language: str) -> list[Line]:
    ids = {entry.ticket_id for entry in found}
    tickets = {one.id: one for one in session.exec(select(Ticket).where(col(Ticket.id).in_(ids)))}
    known = customers(session, {one.customer_id for one in tickets.values()})
    return [
        Line(
            entry,
            ticket,
            called(language, known.get(ticket.customer_id, ""), ticket),
            names.queue(entry.queue_id),
            _says(language, entry.what),
        )
        for entry in found
        for ticket in [tickets[entry.ticket_id]]
    ]


def _says(language: str, what: str) -> str:
    """A metric, a channel, an age, a score, the end of a wait or of a call, in words."""
    if what.isdigit():
        return translate(language, "{n} of 5", n=what)
    said = METRICS.get(what) or CHANNELS.get(what) or AGES.get(what) or CAME.get(what) or STANDS.get(what) or ""
    return translate(language, said) if said else ""
