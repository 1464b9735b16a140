"""Names each stretch of the log, so that a screen's place in it is known again, or known to be worthless."""

import hashlib

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from tickets import log
from tickets.change import Change
from tickets.ids import IdBlock
from tickets.opening import skip_numbers

KNOWN = 100  # openings of the desk back; whoever was away for longer loads anew
SKIPPED_IDS = 1_000_000_000  # that may have been handed out after the log ends: they name nothing else now
SKIPPED_NUMBERS = 1000


class History(SQLModel, table=True):
    """The log from one opening of the desk to the next, under a name of its own (its epoch).

    A restored backup begins a new stretch where the copy ends. A cursor of the old one that lies behind that place
    stands for something that this log does not hold, however long it has grown since.
    """

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: str
    since: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # the newest position at that moment


def mark(session: Session) -> str:
    """What the names of a database's stretches begin with, where several processes share it; empty for a file.

    Another server, a promoted replica, a database or a log that was made anew: each has a mark of its own.
    """
    if session.get_bind().dialect.name != "postgresql":
        return ""
    found = session.connection().exec_driver_sql(_MARK).scalar_one()
    return hashlib.sha256(str(found).encode()).hexdigest()[:12]


_MARK = (
    "select concat_ws('.', system.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), pg_database.oid, "
    "pg_relation_filenode('log')) from pg_control_system() system, pg_database where datname = current_database()"
)
"""The first eight signs of the file that is being written are the timeline: at once, not at the next checkpoint."""


def begin(change: Change, epoch: str, mark: str = "") -> str:
    """This opening of the desk goes on with the log under a new name. Returns the name.

    Where others may have it open (they know the same `mark`), it joins the present stretch, whose name they gave.
    """
    last = change.one(select(History).order_by(col(History.id).desc()))
    if mark and last is not None and last.epoch.startswith(mark):
        return last.epoch
    epoch = mark + epoch
    since = change.one(select(log.LogRow.pos).order_by(col(log.LogRow.pos).desc()))
    change.add(History(id=last.id + 1 if last else 1, epoch=epoch, since=since or 0))
    return epoch


def begin_anew(change: Change, epoch: str, mark: str, *, instead_of: str) -> str:
    """What was read under that name is gone from the end of the log: no place of it is one any more. Returns the name.

    A replica that took over may lack the last moments, and others may have written since. So nobody's place holds, and
    neither does an id or a number that was given out. Whoever notices second joins.
    """
    last = change.one(select(History).order_by(col(History.id).desc()))
    if last is not None and last.epoch != instead_of and last.epoch.startswith(mark):
        change.take(History, last.id).since = 0
        return last.epoch
    change.claim(update(IdBlock).values(next=col(IdBlock.next) + SKIPPED_IDS))
    skip_numbers(change, SKIPPED_NUMBERS)
    return change.add(History(id=last.id + 1 if last else 1, epoch=mark + epoch)).epoch


def current(session: Session) -> str | None:
    """The name that the log goes by since the desk, or its latest process, has opened."""
    return session.exec(select(History.epoch).order_by(col(History.id).desc()).limit(1)).first()


def names(session: Session) -> list[str]:
    """All that the log ever went by, the present one last."""
    return list(session.exec(select(History.epoch).order_by(col(History.id))))


def end_of(session: Session, epoch: str) -> int | None:
    """The highest position that a cursor of this epoch can hold in this log; None if the log knows no such epoch."""
    end = log.newest(session)
    latest = select(History.epoch, History.since).order_by(col(History.id).desc()).limit(KNOWN)
    for name, since in session.exec(latest):
        if name == epoch:
            return end
        end = min(end, since)
    return None
