"""Moves a desk into another database: every row, counted and compared on the other side, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy.engine import make_url

from server.config.config import Config
from server.database import newest_revision, upgrade
from server.keeping import walk
from server.keeping.backup import Tell, one_moment
from server.keeping.place import cleared, refuse_if_open
from server.keeping.walk import Tally
from tickets.errors import Refused

EVERY = 50_000  # rows between two words about how far it is


def copy(config: Config, to: str, *, while_running: bool = False, tell: Tell = lambda _: None) -> dict[str, Tally]:
    """Copy the desk of the settings into the empty database at the address `to`; what is in each table there now.

    `while_running`: as a rehearsal, from a desk that goes on working; what happens meanwhile is not in it. The files
    stay where they are, the search index is made anew by the desk that opens there. Raises Refused; then nothing is
    there.
    """
    if make_url(to) == make_url(config.database.url):
        raise Refused("This is the database that the desk is in already.")
    if not while_running:
        refuse_if_open(config.database.url)
    with one_moment(config) as source, cleared(to, replace=False) as target:
        upgrade(target, newest_revision())
        shapes = walk.shapes()
        for shape in reversed(shapes):  # what a migration put there comes along, too
            target.execute(shape.table.delete())
        done: dict[str, Tally] = {}
        for shape in shapes:
            lines = map(shape.line, walk.rows(source, shape))
            sent = walk.fill(target, shape, _telling(lines, shape.name, tell))
            done[shape.name] = walk.counted(target, shape)
            if (sent.rows, sent.mark) != (done[shape.name].rows, done[shape.name].mark):
                raise Refused("{table} did not arrive as it was. Nothing was copied.", table=shape.name)
            tell(f"{shape.name}: {sent.rows} rows, compared")
        return done


def _telling(lines: Iterable[bytes], table: str, tell: Tell) -> Iterator[bytes]:
    for number, line in enumerate(lines, start=1):
        yield line
        if number % EVERY == 0:
            tell(f"{table}: {number} rows so far")
