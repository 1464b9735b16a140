"""A desk that is kept, and a folder for what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine import brings_its_own
from tests.server.keeping.kept import KeptDesk, a_desk_with_sam


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They go from one engine to the other, and look into the files."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(brings_its_own)


@pytest.fixture
def desk(tmp_path: Path) -> KeptDesk:
    return a_desk_with_sam(tmp_path / "desk")


@pytest.fixture
def other(tmp_path: Path) -> KeptDesk:
    """Another folder, with nothing in it."""
    return KeptDesk(tmp_path / "other")
