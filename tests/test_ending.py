"""What the tests have started ends with them, however they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STARTS = """
import subprocess, sys
from tests.servers.ending import ends_with_us, has_ended
started = [subprocess.Popen(["sleep", "3600"]) for _ in range(2)]
for process in started:
    ends_with_us(process.pid)
started[0].kill()
started[0].wait()
has_ended(started[0].pid)
print("started", flush=True)
sys.stdin.read()
"""


def test_what_was_started_ends_with_a_process_that_is_killed() -> None:
    words = [sys.executable, "-c", STARTS]
    root = Path(__file__).parents[1]
    with subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "started\n" == process.stdout.readline()
        process.kill()

        assert "" == process.stdout.read()  # comes when all have ended who could still say something
