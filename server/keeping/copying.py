"""Moves a desk into another database: every row, counted and compared on the other side, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from server.config.config import Config
from server.config.settings import address_problems, is_postgres
from server.database import Database, newest_revision, revision_of, upgrade
from server.keeping import walk
from server.keeping.backup import Tell, one_moment
from server.keeping.place import cleared, refuse_if_open
from server.keeping.stranger import strange
from server.keeping.walk import Tally
from server.postgres import address_of, take_your_time
from tickets.errors import Refused
from tickets.failpoint import reached

EVERY = 50_000  # rows between two words about how far it is


def copy(config: Config, to: str, *, while_running: bool = False, tell: Tell = lambda _: None) -> dict[str, Tally]:
    """Copy the desk of the settings into the empty database at the address `to`; what is in each table there now.

    `while_running`: as a rehearsal, from a desk that goes on working; what happens meanwhile is not in it. The files
    stay where they are, the search index is made anew by the desk that opens there. Raises Refused; then nothing is
    there. All of it is one transaction: cut off at any point it has not happened, or all of it has, which is found out
    by whoever begins again.
    """
    for problem in address_problems(to, named="--to"):
        raise Refused(problem)
    if _place(to) == _place(config.database.url):
        raise Refused("This is the database that the desk is in already.")
    if not while_running:
        refuse_if_open(config.database.url)
    with one_moment(config) as source:
        if there := _all_there(source, to):
            tell("An earlier copy had come to its end: every row is there, compared once more")
            return there
        with cleared(to, replace=False) as target:
            done = _filled(source, target, tell)
            reached("copy.filled")
        reached("copy.committed")
        return done


def _filled(source: Connection, target: Connection, tell: Tell) -> dict[str, Tally]:
    upgrade(target, newest_revision())
    shapes = walk.shapes()
    for shape in reversed(shapes):  # what a migration put there comes along, too
        target.execute(shape.table.delete())
    done: dict[str, Tally] = {}
    for shape in shapes:
        lines = map(shape.line, walk.rows(source, shape))
        sent = walk.fill(target, shape, _telling(lines, shape.name, tell))
        done[shape.name] = walk.counted(target, shape)
        if not _alike(sent, done[shape.name]):
            raise Refused("{table} did not arrive as it was. Nothing was copied.", table=shape.name)
        tell(f"{shape.name}: {sent.rows} rows, compared")
        reached("copy.table")
    return done


def _all_there(source: Connection, to: str) -> dict[str, Tally]:
    """What the target holds, where that is this desk, row for row; else nothing."""
    refuse_if_open(to)
    found: dict[str, Tally] = {}
    with closing(Database(to)) as database, database.reads.connect() as target:
        if database.is_postgres:
            take_your_time(target)
        if revision_of(target) != newest_revision() or strange(target):
            return {}
        for shape in walk.shapes():
            found[shape.name] = walk.counted(target, shape)
            if not _alike(walk.counted(source, shape), found[shape.name]):
                return {}
    return found


def _place(url: str) -> object:
    """However its path is written, a file is one place."""
    return address_of(url) if is_postgres(url) else Path(make_url(url).database or "").resolve()


def _alike(one: Tally, other: Tally) -> bool:
    return (one.rows, one.mark) == (other.rows, other.mark)


def _telling(lines: Iterable[bytes], table: str, tell: Tell) -> Iterator[bytes]:
    for number, line in enumerate(lines, start=1):
        yield line
        if number % EVERY == 0:
            tell(f"{table}: {number} rows so far")
