"""What was needed for a moment is given back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_SIGNS_IN = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from argon2.low_level import Type, hash_secret_raw
from server.processes.memory import give_back

def resident():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line)

def look():
    hash_secret_raw(b"secret", b"salt" * 4, 1, 19 * 1024, 1, 16, Type.ID)

give_back()
with ThreadPoolExecutor(2) as threads:
    before = resident()
    for _ in range(6):
        threads.submit(look).result()
    print((resident() - before) // 1024)
"""

_WORKS = """
import gc
from collections import deque
from server.processes.serve import _settle_memory

_settle_memory()
before, lately = gc.get_stats()[2]["collections"], deque(maxlen=5000)
for number in range(400_000):  # pairs of which each holds the other; a few are in use for a while
    pair = [[], []]
    pair[0].append(pair[1]), pair[1].append(pair[0])
    if number % 20 == 0:
        lately.append(pair)
print(gc.get_stats()[2]["collections"] - before, len(gc.get_objects()))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
def test_the_memory_that_a_password_took_is_not_kept() -> None:
    """Megabytes that are left of six looks; without us there are nineteen or more."""
    told = subprocess.run([sys.executable, "-c", _SIGNS_IN], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 8


def test_what_holds_itself_is_looked_for_often_enough() -> None:
    """All that had outlived one look of the collector used to stay for hundreds of thousands of messages."""
    told = subprocess.run([sys.executable, "-c", _WORKS], capture_output=True, text=True, check=True)
    looks, there = map(int, told.stdout.split())
    assert looks >= 5
    assert there < 60_000
