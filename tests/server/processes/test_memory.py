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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
def test_the_memory_that_a_password_took_is_not_kept() -> None:
    """Megabytes that are left of six looks; without us there are nineteen or more."""
    told = subprocess.run([sys.executable, "-c", _SIGNS_IN], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 8
