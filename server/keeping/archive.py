"""The file that holds a whole desk: its tables, its files, and a page that says what must be in it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec
from sqlalchemy.exc import DBAPIError

from server.keeping.walk import Shape, Tally
from tickets.errors import Refused
from tickets.failpoint import reached
from tickets.files.store import Store, sync

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
_PIECE = 1024 * 1024
_MODE = 0o600  # all that anybody ever wrote to us is in it


class TableThere(msgspec.Struct, frozen=True):
    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    mark: str

    @property
    def shape(self) -> Shape:
        return Shape(self.name, self.columns)


class Manifest(msgspec.Struct, frozen=True):
    """What must be in the archive. `cursor` is the newest position of the log; `at` is in UTC (RFC 3339)."""

    format: int
    made_by: str
    revision: str
    at: str
    cursor: int
    tables: tuple[TableThere, ...]
    files: dict[str, int]  # bytes by SHA-256
    gone: tuple[str, ...] = ()  # files that the desk names and did not have
    damaged: tuple[str, ...] = ()  # files that it had with other bytes than it once received
    with_key: bool = False

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


class Writing:
    """An archive in the making. It remembers which files it has whole, and which were gone or damaged."""

    def __init__(self, file: IO[bytes]) -> None:
        self.files: dict[str, int] = {}  # bytes by SHA-256
        self.gone: list[str] = []
        self.damaged: list[str] = []
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4)

    def table(self, shape: Shape, lines: Iterable[bytes]) -> TableThere:
        tally = Tally()
        with self._zip.open(_table_name(shape.name), "w", force_zip64=True) as out:
            for line in lines:
                tally.count(line)
                out.write(line)
        return TableThere(shape.name, shape.columns, tally.rows, tally.mark)

    def file(self, sha256: str, path: Path) -> None:
        """What is left of a damaged one comes along too: perhaps somebody can make something of it."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            self.gone.append(sha256)
            return
        except PermissionError as error:  # the disk is not to blame, and nothing has to be put back
            raise Refused("{file} cannot be read: {why}.", file=path, why=error.strerror or error) from None
        except OSError:
            self.damaged.append(sha256)
            return
        seen = _Seen()
        entry = zipfile.ZipInfo(_file_name(sha256))  # images and archives: there is nothing to squeeze out of them
        with source, self._zip.open(entry, "w", force_zip64=True) as out:
            while piece := _read(source):
                seen.add(piece)
                out.write(piece)
        if seen.sha256 == sha256:
            self.files[sha256] = seen.size
        else:
            self.damaged.append(sha256)

    def key(self, key: bytes) -> None:
        self._zip.writestr(KEY, key)

    def end(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        self.close()

    def close(self) -> None:
        self._zip.close()


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """The archive is there, whole and on the disk, when the block ends well; else nothing is there.

    Raises Refused where the file exists or nothing can be written.
    """
    if target.exists():
        raise Refused("{file} is there already.", file=target)
    try:
        with _draft(target) as archive:
            yield archive
    except OSError as error:
        raise Refused("{file} cannot be written: {why}.", file=target, why=error.strerror or error) from None


@contextmanager
def _draft(target: Path) -> Iterator[Writing]:
    """It takes the target's name when it is whole. To close one that is not may fail as well, on a full disk."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.unfinished")
    with ExitStack() as stack:
        _sweep(target.parent)
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE)
        file = stack.enter_context(open(descriptor, "w+b"))
        stack.callback(draft.unlink, missing_ok=True)
        fcntl.flock(file, fcntl.LOCK_EX)
        made = Writing(file)
        stack.callback(made.close)
        yield made
        file.flush()
        os.fsync(file.fileno())
        reached("backup.whole")
        draft.rename(target)
        sync(target.parent)


def _sweep(folder: Path) -> None:
    """Drafts of backups that were killed: nobody holds their lock any more."""
    for left in folder.glob(".*.unfinished"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


class Reading:
    """An archive that somebody has kept. Every method raises Refused where it is not what its manifest says."""

    def __init__(self, source: Path, opened: zipfile.ZipFile) -> None:
        self._source = source
        self._zip = opened
        self.manifest = self._manifest()

    def lines(self, table: TableThere) -> Iterator[bytes]:
        """The rows of a table; whoever reads to the end knows that they are all of them, and these."""
        tally = Tally()
        with self.damages(), self._zip.open(_table_name(table.name)) as file:
            for line in file:
                tally.count(line)
                yield line
        if (tally.rows, tally.mark) != (table.rows, table.mark):
            raise self.damaged(f"{table.name} does not hold what it should")

    def check_file(self, sha256: str) -> None:
        for _ in self._pieces(sha256):
            pass

    def put_file(self, sha256: str, store: Store) -> None:
        """Into the folder, unless it is there, or in the place of a damaged one."""
        if not store.holds(sha256):
            store.folder.mkdir(parents=True, exist_ok=True)
            incoming = store.receive(largest=self.manifest.files[sha256])
            try:
                for piece in self._pieces(sha256):
                    incoming.write(piece)
                incoming.finish()
            finally:
                incoming.close()

    def key(self) -> bytes | None:
        with self.damages():
            return self._zip.read(KEY) if self.manifest.with_key else None

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        seen = _Seen()
        with self.damages(), self._zip.open(_file_name(sha256)) as file:
            while piece := file.read(_PIECE):
                seen.add(piece)
                yield piece
        if (seen.sha256, seen.size) != (sha256, self.manifest.files[sha256]):
            raise self.damaged(f"the file {sha256[:12]} is another")

    def _manifest(self) -> Manifest:
        with self.damages():
            said = msgspec.json.decode(self._zip.read(MANIFEST))
            if isinstance(said, dict) and said.get("format") != FORMAT:
                raise Refused("{file} was made by a later version of Frontdesk.", file=self._source)
            manifest = msgspec.convert(said, Manifest)
            for table in manifest.tables:
                table.shape.table  # noqa: B018  (raises KeyError for what no column holds)
            return manifest

    @contextmanager
    def damages(self) -> Iterator[None]:
        """For whatever goes by what is in it: where that goes wrong, however it does, it is the archive's fault.

        A bit that turned over may be anything: another way of packing, a password, a name that is no text.
        """
        try:
            yield
        except (Refused, DBAPIError):
            raise
        except Exception as error:
            raise self.damaged(str(error).partition("\n")[0] or type(error).__name__) from None

    def damaged(self, why: str) -> Refused:
        return Refused("{file} is damaged: {why}.", file=self._source, why=why)


@contextmanager
def reading(source: Path) -> Iterator[Reading]:
    """Raises Refused for what is no archive of ours."""
    try:
        opened = zipfile.ZipFile(source)
    except OSError as error:
        raise Refused("{file} cannot be read: {why}.", file=source, why=error.strerror or error) from None
    except Exception:
        raise Refused("{file} is no backup, or only a part of one.", file=source) from None
    with opened:
        yield Reading(source, opened)


class _Seen:
    """What has gone by so far."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._hash.update(piece)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _read(source: IO[bytes]) -> bytes:
    """The next piece; nothing where the disk cannot read on: then this file is damaged, and the others are not."""
    try:
        return source.read(_PIECE)
    except OSError:
        return b""


def _table_name(table: str) -> str:
    return f"tables/{table}.ndjson"


def _file_name(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"
