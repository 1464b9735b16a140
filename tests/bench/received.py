"""Mail that a server has received, as the bench sees it from outside: what was read of it, and what waits."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class House:
    """A server that takes mail. Both counts go by an index: they are asked for all the time, on the same two cores."""

    pid: int
    port: int
    database: Path | None = None  # whose mails are to be read before they count

    def read(self) -> int:
        """How many mails have become messages."""
        return self._count("done")

    def unread(self) -> int:
        return self._count("received")

    def _count(self, state: str) -> int:
        if self.database is None:
            return 0
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return int(database.execute(f"select count(*) from raw_mail where state = '{state}'").fetchone()[0])
