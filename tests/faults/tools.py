"""Programs of the system that a long round needs: found, or installed where we may, or named in a sentence."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path


def program(name: str, package: str = "") -> str:
    """Where it is. Fails with a sentence where it is not there and cannot be had."""
    found = shutil.which(name) or _installed(name, package or name)
    assert found, f"{name} is needed for this round: install the package {package or name}"
    return found


def sockets_of(pid: int) -> int:
    """How many this process has open."""
    found = 0
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found += os.readlink(path).startswith("socket:")
    return found


def _installed(name: str, package: str) -> str | None:
    apt = shutil.which("apt-get")
    if apt is not None and os.geteuid() == 0:
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run([apt, *words], check=False, capture_output=True, timeout=300)
    return shutil.which(name)
