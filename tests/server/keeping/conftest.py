"""A desk that is kept, and a folder for what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.keeping.kept import KeptDesk, a_desk_with_sam


@pytest.fixture
def desk(tmp_path: Path) -> KeptDesk:
    return a_desk_with_sam(tmp_path / "desk")


@pytest.fixture
def other(tmp_path: Path) -> KeptDesk:
    """Another folder, with nothing in it."""
    return KeptDesk(tmp_path / "other")
