"""Where the bytes of files are kept: a folder, each file under the hash of its content."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tickets.errors import Refused, TooBig
from tickets.failpoint import reached

_HASH = re.compile("[0-9a-f]{64}")
_STALE = 3600.0  # seconds after which a half-written file belongs to nobody


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int  # bytes


class Store:
    """What is kept is durable at once, what is laid down is so once it has settled. The same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unfinished = folder / "unfinished"

    def receive(self, *, largest: int) -> Incoming:
        """A new file of at most `largest` bytes, written piece by piece; closed without `finish` it leaves nothing."""
        path = f"{self._unfinished}/{secrets.token_hex(16)}"
        try:
            return Incoming(self, path, largest=largest)
        except FileNotFoundError:  # the folder is made once, and not looked for each time
            self._unfinished.mkdir(parents=True, exist_ok=True)
            return Incoming(self, path, largest=largest)

    def keep(self, content: bytes) -> Stored:
        with closing(self.receive(largest=len(content))) as incoming:
            incoming.write(content)
            return incoming.finish()

    def lay(self, content: bytes) -> Stored:
        """As `keep`, without the wait for the disk: whoever lays down much settles all of it together."""
        with closing(self.receive(largest=len(content))) as incoming:
            incoming.write(content)
            return incoming.lay()

    def settle(self, hashes: Iterable[str]) -> None:
        """These files are durable when this returns, whoever laid them down. The first wait serves most of them."""
        wanted, folder = dict.fromkeys(hashes), str(self.folder)
        paths = [f"{folder}/{sha256[:2]}/{sha256}" for sha256 in wanted]
        for path in [*paths, *{f"{folder}/{sha256[:2]}" for sha256 in wanted}, folder]:
            sync(path)
        reached("file.settled")

    def path(self, sha256: str) -> Path:
        assert _HASH.fullmatch(sha256), "not a hash"
        return self.folder / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Whether these bytes are there, as they were: all of them are read, for a disk may have changed some."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def older_than(self, seconds: float) -> Iterator[str]:
        """The hashes of files that nobody stored anew for so long."""
        limit = time.time() - seconds
        for path in self.folder.glob("??/" + "?" * 64):
            if _is_older(path, limit):
                yield path.name

    def remove(self, sha256: str, *, unless_newer_than: float = _STALE) -> bool:
        """Forget these bytes, unless they were stored anew meanwhile: looked at again where nobody stores."""
        path, limit = self.path(sha256), time.time() - unless_newer_than
        aside = self._unfinished / secrets.token_hex(16)
        if not _is_older(path, limit) or not _moved(path, aside):
            return False
        old = _is_older(aside, limit)
        if old:
            aside.unlink()
        else:
            aside.replace(path)
            sync(path.parent)
        return old

    def sweep_unfinished(self) -> int:
        """Remove what uploads that were cut off (by a crash) have left; how many there were."""
        limit = time.time() - _STALE
        stale = [path for path in self._unfinished.glob("*") if _is_older(path, limit)]
        for path in stale:
            reached("sweep.unfinished")
            path.unlink(missing_ok=True)
        return len(stale)


class Incoming:
    """A file that is being received. Refuses the first byte too many."""

    def __init__(self, store: Store, path: str, *, largest: int) -> None:
        self.size = 0
        self.head = b""  # the first bytes, which say what it is
        self._store = store
        self._path = path
        self._largest = largest
        self._hash = hashlib.sha256()
        self._file = open(path, "xb")  # noqa: SIM115  (it stays open as long as pieces come)

    def close(self) -> None:
        """Whatever was not finished is forgotten."""
        self._file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._path)

    def write(self, data: bytes) -> None:
        """Raises TooBig."""
        self.size += len(data)
        if self.size > self._largest:
            raise TooBig("Largest is {n} MB.", field="file", n=self._largest // (1024 * 1024))
        if len(self.head) < 4096:
            self.head += data[: 4096 - len(self.head)]
        self._hash.update(data)
        self._file.write(data)
        reached("file.written")

    def finish(self) -> Stored:
        """Make it durable under its hash. Raises Refused for a file without content."""
        stored, target = self._whole()
        os.fsync(self._file.fileno())
        reached("file.synced")
        target.parent.mkdir(exist_ok=True)
        Path(self._path).replace(target)
        reached("file.named")
        sync(target.parent)
        sync(self._store.folder)  # whoever made its folder may not have waited for that yet
        return stored

    def lay(self) -> Stored:
        """Put it under its hash, and leave the wait to `Store.settle`. What is there already and durable stays."""
        stored, target = self._whole()
        try:
            self._link(target)
        except OSError:  # it is there, or these disks know no links
            if not (self._store.holds(stored.sha256) and _made_young(target)):
                return self.finish()
        reached("file.laid")
        return stored

    def _link(self, target: Path) -> None:
        try:
            os.link(self._path, target)
        except FileNotFoundError:  # the first one of its folder
            target.parent.mkdir(exist_ok=True)
            os.link(self._path, target)

    def _whole(self) -> tuple[Stored, Path]:
        """All of it is written; and where it belongs."""
        if self.size == 0:
            raise Refused("The file is empty.", field="file")
        self._file.flush()
        stored = Stored(self._hash.hexdigest(), self.size)
        return stored, self._store.path(stored.sha256)


def sync(path: Path | str) -> None:
    """Bytes of a file; or names in a folder, which are durable only once the folder is."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _moved(path: Path, aside: Path) -> bool:
    aside.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(aside)
        return True
    return False


def _made_young(path: Path) -> bool:
    """False where it was swept away in this moment."""
    with suppress(FileNotFoundError):
        os.utime(path)
        return True
    return False


def _is_older(path: Path, limit: float) -> bool:
    try:
        return path.stat().st_mtime < limit
    except FileNotFoundError:
        return False
