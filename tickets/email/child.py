"""Reads other people's mail in a process of its own: whatever a mail does to it, nobody else is harmed."""

from __future__ import annotations

import contextlib
import resource
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from tickets.email.mime import Unreadable
from tickets.email.reading import read, show
from tickets.files.store import Store

LENGTH = struct.Struct(">I")  # before each line of the talk: how many bytes it has
MOST_MEMORY = 512 * 1024 * 1024  # bytes of address space
MOST_SECONDS = 10  # of work on one mail
MOST_MAILS = 2_000  # then a fresh process takes over: what memory was lost comes back
LARGE = 4 * 1024 * 1024  # bytes of a mail after which it does so too
TOO_MUCH = "it took more than"


class TooMuchWork(BaseException):
    """No handler of something else may take it for its own."""


class Task(msgspec.Struct, frozen=True):
    do: str  # read, show, or show with pictures from elsewhere: remote
    sha256: str


class Answer(msgspec.Struct, frozen=True):
    """`why` is empty where all went well; `final` says that another try would end the same way.

    `leaves`: this was the last one, somebody fresh has to go on.
    """

    result: msgspec.Raw = msgspec.Raw(b"null")
    why: str = ""
    final: bool = False
    leaves: bool = False


def main(folder: str) -> None:
    """Answer what comes in on standard input until it ends."""
    _bound()
    store = Store(Path(folder))
    talk_in, talk_out = sys.stdin.buffer, sys.stdout.buffer
    _say(talk_out, Answer())  # ready: how long it took to start is no mail's fault
    for left in reversed(range(MOST_MAILS)):
        task = _next(talk_in)
        if task is None:
            return
        told = _within_bounds(task, store)
        leaves = left == 0 or told.why.startswith(("MemoryError", TOO_MUCH)) or _size(store.path(task.sha256)) > LARGE
        _say(talk_out, msgspec.structs.replace(told, leaves=leaves))
        if leaves:
            return


def _bound() -> None:
    """So much memory and no more; and if the machine itself has none left, this process is the first to go."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGXCPU, _stop)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _within_bounds(task: Task, store: Store) -> Answer:
    try:
        _bound_work()
        return answer(task, store)
    except TooMuchWork:
        return Answer(why=f"{TOO_MUCH} {MOST_SECONDS} seconds of work")
    finally:
        _bound_work()


def _stop(*_: object) -> None:
    raise TooMuchWork


def _bound_work() -> None:
    """So many seconds of work from now on; then the system says so, and whoever waits has patience for no more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MOST_SECONDS, most))


def answer(task: Task, store: Store) -> Answer:
    path = store.path(task.sha256)
    ways: dict[str, Callable[[], object]] = {
        "read": lambda: read(path, store),
        "show": lambda: show(path, remote=False),
        "remote": lambda: show(path, remote=True),
    }
    try:
        return Answer(msgspec.Raw(msgspec.json.encode(ways[task.do]())))
    except Unreadable as error:
        return Answer(why=str(error), final=True)
    except Exception as error:
        return Answer(why=f"{type(error).__name__}: {error}"[:300])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _next(talk: BinaryIO) -> Task | None:
    head = talk.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return msgspec.json.decode(talk.read(LENGTH.unpack(head)[0]), type=Task)


def _say(talk: BinaryIO, said: Answer) -> None:
    line = msgspec.json.encode(said)
    talk.write(LENGTH.pack(len(line)) + line)
    talk.flush()


if __name__ == "__main__":
    main(sys.argv[1])
