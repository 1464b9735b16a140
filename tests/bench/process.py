"""What a process costs, as the system counts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, in seconds; resolution of a nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cpu_seconds_of_children(pid: int) -> float:
    """CPU time of the processes that it has started: of those that run, and of those that have ended."""
    ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    running = [one for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]
    return sum(map(int, ended)) / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(int(one)) for one in running)


def megabytes(pid: int) -> float:
    """Memory of a process that is its own and in use (resident), in megabytes of 1024 x 1024 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes that are started in here run on this core; where there is only one, or no say, anywhere."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[core]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
