"""What is made once for all processes of a run, because to make it takes long."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_KEPT_IN = "FRONTDESK_TEST_SHARED"


def share() -> None:
    """What this process and those that it starts make with `once` is kept for all of them, until this one ends."""
    folder = tempfile.mkdtemp(prefix="frontdesk-shared-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[_KEPT_IN] = folder


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled: for whoever comes first, while the others wait. Nobody may change it."""
    if _KEPT_IN not in os.environ:
        share()
    here = Path(os.environ[_KEPT_IN])
    made, draft = here / name, here / f"{name}.draft"
    with (here / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(made)
    return made
