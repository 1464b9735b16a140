"""`frontdesk sla`: the policies as a file, and what would have become of others. It reads, beside a running desk."""

from __future__ import annotations

import time
from pathlib import Path

from sqlmodel import Session, select

from routing.queues import Queue
from server.config.config import Config
from server.keeping.backup import one_moment
from server.whatif import report
from server.whatif.asking import Asked, replay, todays
from server.whatif.policy_file import InPolicy
from tickets.errors import Refused
from tickets.moment import WallClock


def tell(config: Config, *, policies: Path | None, hours: str, days: int, as_json: bool) -> str:
    """The report. Raises Refused where the file or the desk cannot be used."""
    asked = Asked(days, None if policies is None else _text(policies), hours)
    began = time.perf_counter()
    with one_moment(config) as connection, Session(connection, autoflush=False) as session:
        try:
            outcome = replay(session, asked, WallClock().now())
        except InPolicy as wrong:
            where = ": ".join(one for one in (wrong.policy, wrong.line) if one)
            raise Refused("{policy}: {what}", policy=where, what=str(wrong)) from None
        queues = dict(session.exec(select(Queue.id, Queue.name)).all())
    form = report.as_json if as_json else report.told
    return form(outcome, queues, time.perf_counter() - began)


def example(config: Config) -> str:
    """Today's policies."""
    with one_moment(config) as connection, Session(connection) as session:
        return todays(session)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise Refused("{file} cannot be read: {why}.", file=str(file), why=error.strerror or error) from None
    except UnicodeDecodeError:
        raise Refused("{file} cannot be read: {why}.", file=str(file), why="it is not UTF-8 text") from None
