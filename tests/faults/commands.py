"""Runs the command line in a process of its own, as an operator does who stands in the desk's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.engine import scaled
from tests.faults.desk import address

CLI = (sys.executable, "-m", "server.cli")


def runs(
    folder: Path,
    *words: str,
    starter: Sequence[str] = CLI,
    failpoint: str = "",
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """`frontdesk` with these words, and with `given` on its standard input.

    Its desk is below this folder, which is made where there is none.
    """
    with begins(folder, *words, starter=starter, failpoint=failpoint) as process:
        said, complained = process.communicate(given, timeout=120)
    return subprocess.CompletedProcess(words, process.returncode, said, complained)


def begins(
    folder: Path,
    *words: str,
    starter: Sequence[str] = CLI,
    failpoint: str = "",
) -> subprocess.Popen[str]:
    """The same, without waiting for its end."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    ours = {"PYTHONPATH": str(Path(__file__).parents[2]), **({"FRONTDESK_FAILPOINT": failpoint} if failpoint else {})}
    ours |= {"FRONTDESK_DATABASE_URL": address(database_in(folder))} if scaled() else {}
    env, pipe = {**kept, **ours}, subprocess.PIPE
    return subprocess.Popen([*starter, *words], env=env, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def database_in(folder: Path) -> Path:
    return folder / "data" / "frontdesk.db"
