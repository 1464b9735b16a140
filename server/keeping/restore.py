"""The way back: an archive becomes the desk that it was, whole and checked, or nothing is changed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

from server.auth.tokens import new_token
from server.config.config import Config
from server.database import newest_revision, revisions, upgrade
from server.keeping import walk
from server.keeping.archive import Manifest, Reading, reading
from server.keeping.backup import Tell
from server.keeping.place import cleared
from tickets.errors import Refused
from tickets.failpoint import reached
from tickets.files.holding import Holding
from tickets.files.store import Store
from tickets.history import SKIPPED_IDS, SKIPPED_NUMBERS
from tickets.opening import FIRST_NUMBER, NUMBERS

FORGOTTEN = ("console_session", "live_ticket", "one_time_link")
"""Whoever was signed in signs in again: who was signed out after the copy was made must not be signed in by it."""


def restore(config: Config, source: Path, *, replace: bool = False, tell: Tell = lambda _: None) -> Manifest:
    """Put the archive's desk into the database and the folder that the settings name; what was restored.

    Into a database without people and tickets, unless `replace`. All of it is read back and compared before it counts.
    Its next opening gives the log a new epoch, so that every screen of the time after the copy loads anew
    (tickets/history.py). A file that is damaged in the archive is named and left out: it does not keep the rest away.
    Raises Refused, and then the database is as it was.
    """
    with reading(source) as archive:
        _refuse_what_is_newer(archive)
        with _key_put_back(archive, config, replace=replace):
            folder = Path(config.files.folder)
            with cleared(config.database.url, replace=replace) as connection:
                _put_files(archive, Store(folder), tell)
                reached("restore.files")
                upgrade(connection, archive.manifest.revision)
                _fill(archive, connection, tell)
                reached("restore.filled")
                _leave_a_gap(connection)
                upgrade(connection, newest_revision())
                epoch = _end_the_stretch(connection, archive.manifest.cursor)
            reached("restore.committed")
            with closing(Holding(folder)) as holding:
                holding.take(epoch)  # the name that was written there may be younger than the archive
        return archive.manifest


def check(source: Path, *, tell: Tell = lambda _: None) -> Manifest:
    """Read all of an archive, and compare it with what its manifest says, without a desk. Raises Refused."""
    with reading(source) as archive:
        _refuse_what_is_newer(archive)
        for table in archive.manifest.tables:
            with archive.damages():
                for line in archive.lines(table):
                    table.shape.row(line)
        tell(f"{archive.manifest.rows} rows of {len(archive.manifest.tables)} tables are whole")
        damaged = _refused(archive.check_file, archive.manifest.files)
        tell(f"{len(archive.manifest.files) - len(damaged)} files are whole")
        _name(damaged, archive.manifest, tell)
        if damaged:
            raise Refused(
                "{file} is damaged: {n} files are not what they were. It can be restored without them.",
                file=source,
                n=len(damaged),
            )
        return archive.manifest


def _refuse_what_is_newer(archive: Reading) -> None:
    manifest = archive.manifest
    if manifest.revision > newest_revision():
        raise Refused(
            "This backup was made by a later version of Frontdesk (revision {there}, this one knows {here}).",
            there=manifest.revision,
            here=newest_revision(),
        )
    if manifest.revision not in revisions():
        raise archive.damaged(f"there was never a revision {manifest.revision}")


def _put_files(archive: Reading, store: Store, tell: Tell) -> None:
    """First of all: a file that no row names harms nobody, and is swept away by and by."""
    try:
        damaged = _refused(lambda sha256: archive.put_file(sha256, store), archive.manifest.files)
    except OSError as error:
        raise Refused("{file} cannot be written: {why}.", file=store.folder, why=error.strerror or error) from None
    tell(f"{len(archive.manifest.files) - len(damaged)} files")
    _name(damaged, archive.manifest, tell)


def _refused(act: Callable[[str], None], files: Iterable[str]) -> list[str]:
    """Those of the files that are not what they should be. All of them are looked at."""
    found = []
    for sha256 in files:
        try:
            act(sha256)
        except Refused:
            found.append(sha256)
    return found


def _name(damaged: Iterable[str], manifest: Manifest, tell: Tell) -> None:
    for sha256 in damaged:
        tell(f"The file {sha256} is damaged in this backup")
    for sha256 in manifest.damaged:
        tell(f"The file {sha256} was damaged already when this backup was made")


def _fill(archive: Reading, connection: Connection, tell: Tell) -> None:
    tables = archive.manifest.tables
    for table in reversed(tables):  # what a migration put there is in the archive, too
        connection.execute(table.shape.table.delete())
    for table in tables:
        with archive.damages():
            walk.fill(connection, table.shape, archive.lines(table))
        now = walk.counted(connection, table.shape)
        if (now.rows, now.mark) != (table.rows, table.mark):
            raise Refused("{table} is not what it was in the backup. Nothing was changed.", table=table.name)
        tell(f"{table.name}: {table.rows} rows, compared")


_SKIP_NUMBERS = text(
    "insert into counter (name, next) values (:name, :first) on conflict (name) do update set next = counter.next + :n"
)
"""Also where the copy knows of no ticket: the first may have been opened after it."""


def _leave_a_gap(connection: Connection) -> None:
    """A link or an address that was given out after the copy was made must not lead to somebody else's ticket."""
    connection.execute(text("update id_block set next = next + :n"), {"n": SKIPPED_IDS})
    numbers = {"name": NUMBERS, "first": FIRST_NUMBER + SKIPPED_NUMBERS, "n": SKIPPED_NUMBERS}
    connection.execute(_SKIP_NUMBERS, numbers)
    for table in FORGOTTEN:
        connection.execute(text(f"delete from {table}"))


def _end_the_stretch(connection: Connection, cursor: int) -> str:
    """A screen whose place is the end of the copy may show what came next: a place is told once all of it is there.

    Such a place is none any more (tickets/history.py); one before it still is. Returns the name of the new stretch.
    """
    epoch = new_token()[:16]
    added = "insert into history (id, epoch, since) select coalesce(max(id), 0) + 1, :epoch, :since from history"
    connection.execute(text(added), {"epoch": epoch, "since": max(0, cursor - 1)})
    return epoch


@contextmanager
def _key_put_back(archive: Reading, config: Config, *, replace: bool) -> Iterator[None]:
    """In its place once the database counts, which happens in here; on the disk before that, for a desk whose key
    cannot be written would have lost it. Nothing to do where the archive holds none, or the settings give one.
    """
    key, kept = archive.key(), Path(config.secrets.kept_in)
    if key is None or config.secrets.key:
        yield
        return
    with _said_of(kept):
        other = kept.exists() and kept.read_bytes().strip() != key
    if other and not replace:
        raise Refused("{file} holds another key than the backup. Move it away first. Nothing was changed.", file=kept)
    draft = kept.with_name(f".{kept.name}.{secrets.token_hex(8)}")
    try:
        with _said_of(kept):
            _write(key, draft)
        yield
        draft.replace(kept)
    finally:
        with suppress(OSError):
            draft.unlink()


def _write(key: bytes, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key + b"\n")
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _said_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise Refused("The key in {file} cannot be used: {why}. Nothing was changed.", file=file, why=why) from None
