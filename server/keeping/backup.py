"""Writes down a whole desk while it goes on working: everything as it was at one moment, and nothing later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from server.config.config import Config
from server.database import Database, newest_revision, reason, revision_of
from server.keeping import walk
from server.keeping.archive import FORMAT, Manifest, TableThere, Writing, writing
from server.keeping.walk import Row, Shape
from server.postgres import keep_from_migrating, take_your_time
from server.secret import secret_key
from tickets.errors import Refused
from tickets.failpoint import reached
from tickets.files.store import Store

HASHES = {"attachment": ("sha256", "preview_sha256"), "raw_mail": ("sha256",)}
"""Which columns name a file."""
Tell = Callable[[str], None]


def backup(config: Config, where: Path, *, with_key: bool = False, tell: Tell = lambda _: None) -> Path:
    """Everything that was acknowledged before this began, and its files, in one archive; its name.

    `where` is the file to make, or a folder in which it gets a name of its own. Raises Refused.
    """
    moment = datetime.now(UTC)
    target = where / f"frontdesk-{moment:%Y%m%dT%H%M%SZ}.zip" if where.is_dir() else where
    with writing(target) as archive, one_moment(config) as connection:
        cursor = connection.execute(text("select max(pos) from log")).scalar() or 0
        named: dict[str, None] = {}
        tables = tuple(_table(archive, connection, shape, named) for shape in walk.shapes())
        tell(f"{sum(table.rows for table in tables)} rows of {len(tables)} tables")
        reached("backup.rows")
        store = Store(Path(config.files.folder))
        for sha256 in named:
            archive.file(sha256, store.path(sha256))
        archive.gone = _missed(config, archive.gone)
        tell(f"{len(archive.files)} files, {sum(archive.files.values())} bytes")
        if with_key:
            archive.key(secret_key(config.secrets))
        archive.end(
            Manifest(
                format=FORMAT,
                made_by=version("frontdesk"),
                revision=newest_revision(),
                at=moment.isoformat(timespec="seconds"),
                cursor=cursor,
                tables=tables,
                files=archive.files,
                gone=tuple(archive.gone),
                damaged=tuple(archive.damaged),
                with_key=with_key,
            )
        )
    if archive.gone:
        tell(f"{len(archive.gone)} files that the desk names are not in its folder, and so not in the archive")
    for sha256 in archive.damaged:
        tell(f"The file {sha256} is damaged in the desk's folder: put it back from an earlier backup")
    return target


@contextmanager
def one_moment(config: Config) -> Iterator[Connection]:
    """All of the desk as it is when this begins, however long somebody looks. Raises Refused for no desk of today."""
    if not config.database.is_postgres and not config.database.path.exists():
        raise Refused("There is no desk at {file}.", file=config.database.path)
    database = Database(config.database.url)
    try:
        with database.reads.connect() as connection, connection.begin():
            if database.is_postgres:
                take_your_time(connection)
                keep_from_migrating(connection)
            there = revision_of(connection)
            if there != newest_revision():
                raise Refused(
                    "This database is at revision {there}, and this version of Frontdesk knows {here}: use the one "
                    "that it belongs to, or run frontdesk migrate first.",
                    there=there or "none",
                    here=newest_revision(),
                )
            yield connection
    except DBAPIError as error:
        raise Refused("The database cannot be read: {why}.", why=reason(error)) from error
    finally:
        database.close()


def _missed(config: Config, gone: Sequence[str]) -> list[str]:
    """Those of them that the desk names still: an upload whose message never came may be swept away meanwhile."""
    if not gone:
        return []
    with one_moment(config) as connection:
        shapes = [shape for shape in walk.shapes() if shape.name in HASHES]
        named = {
            sha256
            for shape in shapes
            for name in HASHES[shape.name]
            for (sha256,) in connection.execute(select(shape.table.c[name]))
        }
    return [sha256 for sha256 in gone if sha256 in named]


def _table(archive: Writing, connection: Connection, shape: Shape, named: dict[str, None]) -> TableThere:
    found = walk.rows(connection, shape)
    return archive.table(shape, map(shape.line, _noting(shape, found, named)))


def _noting(shape: Shape, found: Iterable[Row], named: dict[str, None]) -> Iterator[Row]:
    """The rows, of which the files are remembered."""
    places = [place for place, (name, _) in enumerate(shape.columns) if name in HASHES.get(shape.name, ())]
    for row in found:
        for place in places:
            if row[place]:
                named[row[place]] = None
        yield row
