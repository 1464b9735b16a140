"""Which desk has a folder of files open: another, such as a copy of it, must not clear away what it does not know."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

NAME = "open-for"


class Holding:
    """A folder that a desk's processes have open, for as long as this is. They go by the name of its log's stretch.

    The first to come writes the name down, and all who come hold on to what is written (flock(2)). Where disks know no
    locks, everybody is alone.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._file = -1  # not open yet: a folder that cannot be written today keeps no desk closed
        self._holds = False
        self._names = set[str]()  # that were ours since this was opened: after a failover the name is another

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    def is_ours(self, name: str) -> bool:
        """Whether nobody has it open but the desk of this name, which it writes down where nobody else is there."""
        try:
            self._open()
            if not (self._holds and self._written() in self._names):
                self._hold(name)
        except BlockingIOError:  # somebody else writes just now
            return False
        except OSError:
            return True
        if self._written() == name:
            self._names.add(name)
        return self._written() in self._names

    def _open(self) -> None:
        if self._file < 0:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def _hold(self, name: str) -> None:
        self._holds = False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, name.encode(), 0)
        fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # one that could not be made another is lost
        self._holds = True

    def _written(self) -> str:
        return os.pread(self._file, 1000, 0).decode(errors="replace")
