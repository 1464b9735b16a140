"""PostgreSQL: how its connections are made, and what it must promise before a desk is opened on it."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import URL, Engine, Integer, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry

from server.postgres_url import PostgresAddress
from tickets.errors import Refused
from tickets.vigil import CUT

CONNECT_SECONDS = 4  # whoever waits for a line is told within five that there is none, as is whoever waits on one
LOCK_SECONDS = 5  # that a change or a page waits for somebody else's
CHANGE_SECONDS = 5  # for one statement of a change
PAGE_SECONDS = 30  # for one statement of a page or a report
IDLE_SECONDS = 10  # in the middle of a change: whoever began it has stopped, and others wait
_REPLICA = "frontdesk.replica"  # in the notes of a line: whether its server was one when it was made
NAME = "frontdesk"  # of our lines, at the server
MIGRATING = 0x66_64_6D  # key of the advisory lock
AT_A_TABLE_SECONDS = 3  # that a migration waits for whoever reads there: all others stand in line behind it
SILENT_SECONDS = 3  # without a sign of life, then either end takes the line for dead; by itself the system waits hours
_PROBES = {"idle": 2, "interval": 1, "count": SILENT_SECONDS - 2}
_NOTICES_SILENCE = {
    "tcp_user_timeout": SILENT_SECONDS * 1000,
    **{f"keepalives_{what}": seconds for what, seconds in _PROBES.items()},
}
# The server must notice it as well: a process that vanished in the middle of a change holds locks that all others need,
# and between the messages of one batch no other limit of the server's runs.
_BE_NOTICED = f"set tcp_user_timeout = {SILENT_SECONDS * 1000};" + "".join(
    f"set tcp_keepalives_{what} = {seconds};" for what, seconds in _PROBES.items()
)
_LOCK_NOT_AVAILABLE = "55P03"
_SECRETS = ("password", "sslpassword")  # among what stands behind the question mark of an address
_BAD_DATA = "22"  # the class of such codes
_QUOTED = re.compile(r'".*("|$)')
_DURABLE = {"on", "remote_apply", "remote_write", "local"}


@compiles(Integer, "postgresql")
def _eight_bytes(*_: Any, **__: Any) -> str:
    """Every whole number: ids are one series for all tables, and four bytes end at two thousand million."""
    return "BIGINT"


def writing(url: str, *, pool: int, mark: str = "") -> Engine:
    """`mark`: by which its lines are known at the server, beside our name."""
    engine = _engine(url, pool=pool, isolation_level="READ COMMITTED", mark=mark)
    _settle(engine, read_only=False, statement_seconds=CHANGE_SECONDS)
    return engine


def reading(url: str, *, pool: int, mark: str = "") -> Engine:
    """Each look sees one snapshot of what is committed."""
    engine = _engine(url, pool=pool, isolation_level="REPEATABLE READ", mark=mark)
    _settle(engine, read_only=True, statement_seconds=PAGE_SECONDS)
    return engine


def check_durable(connection: Connection) -> None:
    """What was acknowledged must outlive a power cut. Raises Refused where the server does not see to that."""
    asked = "select current_setting('fsync'), current_setting('synchronous_commit')"
    fsync, commit = connection.execute(text(asked)).one()
    refuse_unless_durable(fsync=fsync, synchronous_commit=commit)


def refuse_unless_durable(*, fsync: str, synchronous_commit: str) -> None:
    if fsync != "on":
        raise Refused("PostgreSQL runs with fsync = off: a power cut would lose messages. Set it to on.")
    if synchronous_commit not in _DURABLE:
        raise Refused("PostgreSQL runs with synchronous_commit = off: a power cut would lose messages. Set it to on.")


def wait_to_migrate(connection: Connection, seconds: float) -> None:
    """One process at a time; the others wait, and then find nothing to do. Nobody waits for those who wait here."""
    take_your_time(connection)
    connection.execute(text(f"set local lock_timeout = {round(seconds * 1000)}"))
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    connection.execute(text(f"set local lock_timeout = {round(AT_A_TABLE_SECONDS * 1000)}"))


def keep_from_migrating(connection: Connection) -> None:
    """Until this transaction ends nobody migrates; whoever wants to waits, and stands in nobody's way meanwhile.

    Raises Refused where somebody does: a look from before would find the tables of after, some of them empty.
    """
    asked = text("select pg_try_advisory_xact_lock_shared(:key)")
    if not connection.execute(asked, {"key": MIGRATING}).scalar_one():
        raise Refused("The database is being migrated just now: try again when that is done.")


def waited_too_long(error: BaseException) -> bool:
    """For a lock that somebody else has: trying again helps."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == _LOCK_NOT_AVAILABLE


def take_your_time(connection: Connection) -> None:
    """What takes longer than a change or a page is ended; this transaction may."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(text(f"set local {limit} = 0"))


def shown(url: str) -> str:
    """The address without its password, for people and logs."""
    bare = address_of(url).set(drivername="postgresql").difference_update_query(_SECRETS)
    return bare.render_as_string(hide_password=True)


def address_of(url: str) -> URL:
    """The same for SQLAlchemy, which reads one host, and a password that ends at its first @."""
    told = PostgresAddress.parse(url)
    found = make_url(f"postgresql+psycopg:///?{told.options}")
    found = found.set(username=told.user, password=told.password, database=told.database)
    names, ports = [name for name, _ in told.hosts], [port for _, port in told.hosts]
    if len(names) == 1 and not names[0].startswith("/"):
        return found.set(host=names[0], port=int(ports[0]) if ports[0] else None)
    given = {"host": ",".join(names), **({"port": ",".join(ports)} if any(ports) else {})}
    return found.update_query_dict(given) if names else found


def _engine(url: str, *, pool: int, isolation_level: Any, mark: str) -> Engine:
    known_as = f"{NAME} {mark}" if mark else NAME
    engine = create_engine(
        address_of(url),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=LOCK_SECONDS,
        isolation_level=isolation_level,
        hide_parameters=True,  # what people wrote does not belong into a log
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": known_as, **_NOTICES_SILENCE},
    )
    _say_no_words(engine)
    _can_be_cut(engine)
    return engine


def _can_be_cut(engine: Engine) -> None:
    """Each of its lines, under whoever waits on it for a server that stands still (tickets/vigil.py)."""

    @event.listens_for(engine, "connect")
    def note(connection: DBAPIConnection, line: ConnectionPoolEntry) -> None:
        line.info[CUT] = partial(_cut, connection)


def _cut(connection: Any) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


def _say_no_words(engine: Engine) -> None:
    """The server quotes the row that it refuses, with all that people wrote in it: no log may ever print that."""

    @event.listens_for(engine, "handle_error")
    def shorten(context: ExceptionContext) -> None:
        refused, told = context.original_exception, context.sqlalchemy_exception
        if getattr(refused, "sqlstate", None):
            said, short = str(refused), _without_words(refused)
            refused.args = (short,)
            if told is not None:
                told.args = tuple(part.replace(said, short) if isinstance(part, str) else part for part in told.args)


def _without_words(refused: Any) -> str:
    """Its first line, its code and the name of the rule. Data that is none is quoted in the first line already."""
    first, state = str(refused).partition("\n")[0], refused.sqlstate
    plain = _QUOTED.sub('"…"', first) if state.startswith(_BAD_DATA) else first
    rule = refused.diag.constraint_name
    return f"{plain}\nSQLSTATE {state}{f', constraint {rule}' if rule else ''}"


def _settle(engine: Engine, *, read_only: bool, statement_seconds: int) -> None:
    told = (
        f"set lock_timeout = {LOCK_SECONDS * 1000}; set statement_timeout = {statement_seconds * 1000};"
        f"set idle_in_transaction_session_timeout = {IDLE_SECONDS * 1000}; set jit = off; {_BE_NOTICED}"
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, line: ConnectionPoolEntry) -> None:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(told)
        cursor.execute("select pg_is_in_recovery()")
        (line.info[_REPLICA],) = cursor.fetchone() or (False,)
        cursor.close()
        connection.autocommit = False
        connection.read_only = read_only

    @event.listens_for(engine, "checkin")
    def keep(_: DBAPIConnection | None, line: ConnectionPoolEntry) -> None:
        """While one server takes over from another, an address may lead to a replica. It does not break by itself when
        the address leads to the right one, and nobody could write until we were started anew: so none is kept.
        """
        if line.info.get(_REPLICA):
            line.invalidate()
