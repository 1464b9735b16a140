"""Whose a folder of files is: another desk, such as a copy of it, must not clear away what it does not know."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

NAME = "open-for"


class Holding:
    """A folder that a desk's processes have open, for as long as this is. They go by the name of its log's stretch.

    The first to come writes the name down, and all who come hold on to what is written (flock(2)). It stays written
    when all have gone: only a desk whose log once went by that name takes the folder again. Where disks know no locks,
    everybody is alone.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._file = -1  # not open yet: a folder that cannot be written today keeps no desk closed
        self._holds = False
        self._names = set[str]()  # that were ours since this was opened: after a failover the name is another

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._holds = -1, False

    def is_ours(self, names: Sequence[str]) -> bool:
        """Whether it is the folder of the desk whose log went by these names, now by the last of them.

        Where nobody has it open, the one who had it last must have been this desk, or nobody; the name is written down
        then. Where somebody has, it must go by the same name.
        """
        try:
            self._open()
            if not (self._holds and self._written() in self._names):
                self._hold(names)
        except BlockingIOError:  # somebody else writes just now
            return False
        except OSError:
            return True
        if self._holds and self._written() == names[-1]:
            self._names.add(names[-1])
        return self._holds and self._written() in self._names

    def take(self, name: str) -> bool:
        """Whatever was written: it is the folder of the desk of this name from now on, unless somebody has it open."""
        try:
            self._open()
            self._hold([name], whoever=True)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return self._written() == name

    def _open(self) -> None:
        if not self._holds:
            self.close()  # somebody may have removed it, so that it is written anew
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)

    def _hold(self, names: Sequence[str], *, whoever: bool = False) -> None:
        self._holds = False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if not (whoever or self._written() in ("", *names)):
                fcntl.flock(self._file, fcntl.LOCK_UN)  # whose it is finds nobody there
                return
            os.pwrite(self._file, names[-1].encode(), 0)
            os.ftruncate(self._file, len(names[-1].encode()))
        fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # one that could not be made another is lost
        self._holds = True

    def _written(self) -> str:
        return os.pread(self._file, 1000, 0).decode(errors="replace")
