"""Brings a database up to date in a process of its own, as an operator does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CLI = (sys.executable, "-m", "server.cli")


def migrates(database: Path, *, starter: Sequence[str] = CLI, failpoint: str = "") -> subprocess.CompletedProcess[str]:
    """`frontdesk migrate` on the SQLite file at this place; it is made where there is none."""
    return subprocess.run(
        [*starter, "migrate"],
        env=environment(database, failpoint=failpoint),
        cwd=database.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


def begins_to_migrate(database: Path) -> subprocess.Popen[str]:
    """The same, without waiting for its end."""
    return subprocess.Popen([*CLI, "migrate"], env=environment(database), cwd=database.parent, text=True)


def environment(database: Path, *, failpoint: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    ours = {"PYTHONPATH": str(Path(__file__).parents[2]), "FRONTDESK_DATABASE_URL": f"sqlite:///{database}"}
    return {**kept, **ours, **({"FRONTDESK_FAILPOINT": failpoint} if failpoint else {})}
