"""Test data that nobody on this project wrote: found beside the project or where FRONTDESK_TEST_DATA points."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def elsewhere(path: str, *, cases: int) -> Path:
    """The file or folder at `path` of that data. Skips the test, and says how many cases that leaves out."""
    folder = Path(os.environ.get("FRONTDESK_TEST_DATA") or ROOT.parent / "shared" / "data")
    found = folder / path
    if not found.exists():
        pytest.skip(f"{cases} cases of {path} left out: set FRONTDESK_TEST_DATA to the folder that holds it")
    return found
