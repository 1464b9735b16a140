"""How the house stands at this moment, in figures for whoever watches it: read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from routing import line
from routing.sla.clock import SlaClock
from routing.sla.metrics import State
from tickets import log
from tickets.email.incoming import incoming_of
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.raw import RawMail, RawState
from tickets.ticket import Ticket

MOST_QUEUES = 100  # that have figures of their own; an operator makes them by hand
OTHERS = "others"
_STANDING = (MailState.QUEUED, MailState.SENDING, MailState.RETRY, MailState.FAILED, MailState.INDETERMINATE)

Rows = Sequence[tuple[tuple[str, ...], float]]
"""The values of the labels, and the figure."""


@dataclass(frozen=True)
class Figures:
    """What the database says. Ages are in seconds."""

    waiting: Mapping[str, tuple[int, float]] = field(default_factory=dict)  # by queue: tickets, age of the oldest
    clocks: Mapping[str, int] = field(default_factory=dict)
    outbox: Mapping[str, int] = field(default_factory=dict)
    outbox_oldest: float = 0.0  # since the mail that should have gone first was due
    unread: int = 0
    quarantined: int = 0
    fetched: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # by mailbox: since success, waiting there
    unread_oldest: float = 0.0
    feed_events: int = 0  # behind the newest of the log
    feed_seconds: float = 0.0


def read(session: Session, now: datetime, cursor: int) -> Figures:
    """`cursor` is how far this process's feed has come. Only indexed rows are looked at: those that still wait."""
    outbox, due = _outbox(session, now)
    unread, oldest = session.execute(
        select(func.count(), func.min(RawMail.received_at)).where(col(RawMail.state) == RawState.RECEIVED.value)
    ).one()
    behind, lag = feed_lag(session, now, cursor)
    return Figures(
        waiting=_waiting(session, now),
        clocks=_clocks(session),
        outbox=outbox,
        outbox_oldest=due,
        unread=unread,
        quarantined=_quarantined(session),
        fetched=_fetched(session, now),
        unread_oldest=_age(now, oldest),
        feed_events=behind,
        feed_seconds=lag,
    )


def feed_lag(session: Session, now: datetime, cursor: int) -> tuple[int, float]:
    """How many events a feed at `cursor` has not told yet, and how old the first of them is."""
    newest = log.newest(session)
    if newest <= cursor:
        return 0, 0.0
    first = log.after(session, cursor, limit=1)
    return newest - cursor, _age(now, first[0].at if first else None)


def oldest_unread(session: Session, now: datetime) -> float:
    """Since when a mail waits that nobody has read yet."""
    unread = select(func.min(RawMail.received_at)).where(col(RawMail.state) == RawState.RECEIVED.value)
    return _age(now, session.execute(unread).scalar())


def _quarantined(session: Session) -> int:
    put_aside = select(func.count()).select_from(RawMail).where(col(RawMail.state) == RawState.QUARANTINED.value)
    return int(session.execute(put_aside).scalar_one())


def not_fetched(session: Session, now: datetime) -> int:
    """How many mailboxes are not fetched from as they should be."""
    return sum(bool(row.alarm(now)) for _, row in incoming_of(session))


def _fetched(session: Session, now: datetime) -> dict[str, tuple[float, float]]:
    rows = [row for _, row in incoming_of(session) if row.active]
    return {str(row.mailbox_id): (_age(now, row.checked_at or row.set_at), row.waiting) for row in rows}


def _waiting(session: Session, now: datetime) -> dict[str, tuple[int, float]]:
    """The longest lines by their queue's number; what is beyond the most that are told apart stands together."""
    queue, oldest = col(Ticket.queue_id), func.min(Ticket.queued_at)
    lines = select(queue, func.count(), oldest).where(line.waiting()).group_by(queue)
    found: dict[str, tuple[int, float]] = {}
    for id, many, since in session.execute(lines.order_by(func.count().desc(), queue)):
        name = str(id) if len(found) < MOST_QUEUES else OTHERS
        before, age = found.get(name, (0, 0.0))
        found[name] = (before + many, max(age, _age(now, since)))
    return found


def _clocks(session: Session) -> dict[str, int]:
    def count(*where: ColumnElement[bool]) -> int:
        unended = select(func.count()).select_from(SlaClock).where(col(SlaClock.ended_at).is_(None), *where)
        return int(session.execute(unended).scalar_one())

    unbroken, runs = col(SlaClock.breached_at).is_(None), col(SlaClock.state) == State.RUNNING.value
    return {"running": count(unbroken, runs), "paused": count(unbroken, ~runs), "breached": count(~unbroken)}


def _outbox(session: Session, now: datetime) -> tuple[dict[str, int], float]:
    """What was sent is no news, and would be counted for ever."""
    state = col(Outgoing.state)
    counted = select(state, func.count()).where(state.in_([one.value for one in _STANDING])).group_by(state)
    found = {one.value: 0 for one in _STANDING}
    found.update((name, many) for name, many in session.execute(counted))
    waits = state.in_([MailState.QUEUED.value, MailState.RETRY.value])
    first = select(func.min(Outgoing.due_at)).where(col(Outgoing.due_at).is_not(None), waits)
    return found, _age(now, session.execute(first).scalar())


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def of_database(found: Figures) -> list[Metric]:
    """What is the same whichever process says it."""
    waiting = found.waiting.items()
    return [
        _family("queue_tickets", "Tickets that wait for an agent.", ("queue",), _rows(waiting, 0)),
        _family("queue_oldest_wait_seconds", "How long the first of them waits.", ("queue",), _rows(waiting, 1)),
        _family("sla_clocks", "Promises that are not kept yet.", ("state",), _plain(found.clocks)),
        _family("outbox_mails", "Mails that are not sent, or of which nobody knows.", ("state",), _plain(found.outbox)),
        _one("outbox_oldest_seconds", "Since when the first mail should have gone.", found.outbox_oldest),
        _family(
            "mailbox_success_seconds", "Since mail was last fetched.", ("mailbox",), _rows(found.fetched.items(), 0)
        ),
        _family(
            "mailbox_waiting", "Mails that lie there to be fetched.", ("mailbox",), _rows(found.fetched.items(), 1)
        ),
        _one("mail_unread", "Mails that came and are not read yet.", found.unread),
        _one("mail_unread_oldest_seconds", "How long the first of them waits.", found.unread_oldest),
        _one("mail_quarantined", "Mails that were put aside for an admin to look at.", found.quarantined),
    ]


PROCESS = {
    "sockets": ("Open sockets, by who is at the other end.", "kind"),
    "sockets_most": ("Open sockets that this process takes.", ""),
    "changes_waiting": ("Changes that wait for the writer.", ""),
    "scheduler_lag_seconds": ("Since the scheduler finished its last look.", ""),
    "last_write_seconds": ("Since the last change that was kept.", ""),
    "disk_free_bytes": (
        "Room on the disk of the files, or of a database that is a file, whichever has less.",
        "",
    ),
    "database_up": ("1 while the database answers.", ""),
    "bus_up": ("1 while this process hears of the others' changes at once.", ""),
    "bus_lines_lost": ("Lines to the other processes that broke.", ""),
    "bus_whispers_dropped": ("Hints, such as typing, that were not passed on.", ""),
    "limits_hit": ("How often a limit asked somebody for patience.", "limit"),
    "feed_lag_events": ("Events that this process's screens have not been told yet.", ""),
    "feed_lag_seconds": ("How old the first of them is.", ""),
    "workers": ("Processes behind this port, by whether they answer.", "state"),
}
"""What only the process itself knows: what it says, and its label if it has one."""
_COUNTED = {"bus_lines_lost", "bus_whispers_dropped", "limits_hit"}  # since the start; they only rise


def of_process(process: Mapping[str, Any]) -> Iterable[Metric]:
    """What only this process knows, by name: a number, or by label."""
    for name, value in process.items():
        says, label = PROCESS[name]
        kind = CounterMetricFamily if name in _COUNTED else GaugeMetricFamily
        family = kind(f"frontdesk_{name}", says, labels=(label,) if label else ())
        for values, figure in _plain(value) if label else [((), value)]:
            family.add_metric(values, figure)
        yield family


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"frontdesk_{name}", says, value=value)


def _family(name: str, says: str, labels: Sequence[str], rows: Rows) -> Metric:
    family = GaugeMetricFamily(f"frontdesk_{name}", says, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def _rows(lines: Iterable[tuple[str, tuple[float, ...]]], place: int) -> Rows:
    return [((name,), figures[place]) for name, figures in lines]


def _plain(found: Mapping[str, float]) -> Rows:
    return [((name,), figure) for name, figure in found.items()]
