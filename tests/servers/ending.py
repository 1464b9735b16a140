"""What the tests have started ends with them: also where they are interrupted, or killed without a word."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

# Reads +pid and -pid until there is nobody left who writes: then it asks those to end who have not.
# SIGCONT, for a story may have paused one of them.
_MOURNER = """
import os, signal, sys
for deaf in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
    signal.signal(deaf, signal.SIG_IGN)
alive = {}
for line in sys.stdin:
    alive[line[1:]] = line[0] == "+"
for pid in [int(pid) for pid, lives in alive.items() if lives]:
    for told in signal.SIGTERM, signal.SIGCONT:
        try:
            os.kill(pid, told)
        except OSError:
            pass
"""


def ends_with_us(pid: int) -> None:
    """This process is asked to end when ours has, in whichever way."""
    _tell(f"+{pid}")


def has_ended(pid: int) -> None:
    """It has been waited for: its number is no longer its own."""
    _tell(f"-{pid}")


def _tell(line: str) -> None:
    mourner = _mourner()
    assert mourner.stdin is not None
    mourner.stdin.write(f"{line}\n")
    mourner.stdin.flush()


@cache
def _mourner() -> subprocess.Popen[str]:
    words = [sys.executable, "-I", "-S", "-c", _MOURNER]
    return subprocess.Popen(words, stdin=subprocess.PIPE, text=True, start_new_session=True)
