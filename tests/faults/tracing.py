"""Watches a running desk's calls of the system, to see that what it says follows what it has made durable."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = "write,writev,sendto,sendmsg,pwrite64,pwritev,fdatasync,fsync"
_LINE = re.compile(
    r"(?P<at>\d+\.\d+) (?P<name>\w+)\(\d+<(?P<file>[^>]*)>(?P<rest>.*) = (?P<result>-?\d+).*<(?P<took>[\d.]+)>$"
)


@dataclass(frozen=True)
class Call:
    """One call, whole: when it began and ended (seconds), on which file or socket, with what."""

    began: float
    ended: float
    name: str
    file: str
    text: str

    @property
    def syncs(self) -> bool:
        return self.name in {"fdatasync", "fsync"}


@contextlib.contextmanager
def traced(strace: str, pid: int, folder: Path) -> Iterator[None]:
    """All threads of this process, as long as this lasts; then read `calls(folder)`."""
    folder.mkdir()
    words = [strace, "-ff", "-ttt", "-T", "-y", "-s", "16384", "-e", f"trace={CALLS}", "-o", str(folder / "t")]
    with subprocess.Popen([*words, "-p", str(pid)], stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        told = tracer.stderr.readline()
        assert "attached" in told, told
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.stderr.read()


def calls(folder: Path) -> list[Call]:
    """Of all threads, in the order in which they began."""
    found = []
    for path in folder.iterdir():
        for line in path.read_text("utf-8", "replace").splitlines():
            one = _LINE.match(line)
            if one is not None:
                began = float(one["at"])
                found.append(Call(began, began + float(one["took"]), one["name"], one["file"], one["rest"]))
    return sorted(found, key=lambda call: call.began)


def unsynced(found: list[Call], *, row: str, answer: str) -> str:
    """What is wrong with the order of row, sync and answer; empty where the answer follows a sync of the row.

    `row` is a text that stands in the row, `answer` how what is sent over the socket begins.
    """
    wal = [call for call in found if call.file.endswith("-wal")]
    told = next((call for call in found if "socket" in call.file and answer in call.text), None)
    written = next((call for call in wal if not call.syncs and row in call.text), None)
    if told is None or written is None:
        return f"seen: row {written is not None}, answer {told is not None}, of {len(found)} calls"
    before = [call for call in wal if written.began <= call.began < told.began]
    last = max((n for n, call in enumerate(before) if not call.syncs), default=-1)
    syncs = [call for call in before[last + 1 :] if call.syncs and call.ended <= told.began]
    return "" if syncs else f"the answer came at {told.began}, the row at {written.began}, and no sync between them"
