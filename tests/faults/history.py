"""What people asked of the desk and what they were told, written down before and after each call.

One JSON object a line, appended with O_APPEND: {t, client, op, key, result, ...}. Before the call its result is "info":
it may have happened or not. After it stands what was heard: "ok", "fail", or "info" again where the line broke.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.checker import End, Sent

SAY, MAIL, FILE = "say", "mail", "file"


@dataclass(frozen=True)
class Line:
    t: float  # seconds, of a clock that only goes forward
    client: str
    op: str
    key: str
    result: str
    about: dict[str, Any] = field(default_factory=dict)


class History:
    """Several people, threads and processes may write to the same file: each line is one write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def close(self) -> None:
        """Whoever still writes afterwards gets an error, and never another file."""
        os.close(self._file)
        self._file = -1

    def begins(self, client: str, op: str, key: str, **about: Any) -> None:
        """Before the call."""
        self._write(client, op, key, End.UNKNOWN, {"call": "begins", **about})

    def ends(self, client: str, op: str, key: str, end: End, **about: Any) -> None:
        """After it."""
        self._write(client, op, key, end, about)

    def lines(self) -> list[Line]:
        return read(self.path)

    def _write(self, client: str, op: str, key: str, end: End, about: dict[str, Any]) -> None:
        told = {"t": time.monotonic(), "client": client, "op": op, "key": key, "result": end.value, **about}
        os.write(self._file, json.dumps(told, ensure_ascii=False).encode() + b"\n")


def read(path: Path) -> list[Line]:
    found = []
    for text in path.read_text("utf-8").splitlines():
        told = json.loads(text)
        known = {name: told.pop(name) for name in ("t", "client", "op", "key", "result")}
        found.append(Line(**known, about=told))
    return found


def sends(lines: Iterable[Line], op: str = SAY) -> list[Sent]:
    """What came of each thing that was sent, over all its tries, in the order in which each client began.

    It is there if anybody was ever told so. It is not there only if every try was refused.
    """
    tries: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.op == op:
            tries.setdefault((line.client, line.key), []).append(line)
    turns: dict[str, int] = {}
    found = []
    for (client, key), its in tries.items():
        turns[client] = turns.get(client, 0) + 1
        told = next((line for line in its if line.result == End.ACKNOWLEDGED.value), None)
        seq = told.about.get("seq") if told is not None else None
        found.append(Sent(client, key, turns[client], its[0].about.get("text", ""), _end(its), seq))
    return found


def _end(its: Sequence[Line]) -> End:
    results = [line.result for line in its]
    if End.ACKNOWLEDGED.value in results:
        return End.ACKNOWLEDGED
    begun = sum("call" in line.about for line in its)
    refused = results.count(End.REFUSED.value)
    return End.REFUSED if refused >= begun else End.UNKNOWN
