"""What happened stays as it was written: who did it, when, and what (I17)."""

from __future__ import annotations

import re
from pathlib import Path

from tickets.log import LogRow
from tickets.table import AppendOnly

ROOT = Path(__file__).parents[2]
ROOMS = ("tickets", "routing", "chat", "widgets", "server")
CHANGES = re.compile(r"(?:update|delete)\((?:log\.)?LogRow|(?:delete from|update) log\b", re.IGNORECASE)


def test_nobody_changes_or_removes_what_was_logged() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]

    assert [] == [str(path) for path in files if CHANGES.search(path.read_text("utf-8"))]
    assert issubclass(LogRow, AppendOnly)


def test_every_row_says_who_and_when() -> None:
    columns = LogRow.__table__.columns  # type: ignore[attr-defined]

    assert {"at": False, "by": False, "kind": False} == {name: columns[name].nullable for name in ("at", "by", "kind")}
