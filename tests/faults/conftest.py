"""These stories furnish, lock and read the file of a desk while it runs: on PostgreSQL it has none."""

from pathlib import Path

import pytest

from tests.engine import about_sqlite


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(about_sqlite)
