"""What is loaded lies on large pages where the system has them, and is the same as before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from server.processes import pages

STORY = """
import asyncio
from pathlib import Path
from server.processes import pages
pages.SETTLED = pages.PAUSE = 0.0
kept = {n: f"word {n}" for n in range(200_000)}
moved = asyncio.run(pages.lie_on_large_pages())
told = Path("/proc/self/smaps_rollup").read_text().split()
large = int(told[told.index("AnonHugePages:") + 1]) // 2048
print(moved, large, all(f"word {n}" == word for n, word in kept.items()))
"""


def test_all_that_is_there_stays_as_it_is() -> None:
    """As many of them as it says, or more; on a system without them, none."""
    told = subprocess.run([sys.executable, "-c", STORY], capture_output=True, text=True, check=True, timeout=120)
    moved, large, same = told.stdout.split()
    assert int(moved) <= int(large)
    assert "True" == same


async def test_a_system_that_tells_nothing_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "SETTLED", 0.0)
    monkeypatch.setattr(pages, "MAPS", tmp_path / "none")
    assert 0 == await pages.lie_on_large_pages()
