"""The pages name files as they are: whoever follows a page into the house finds what it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("tickets", "routing", "chat", "widgets", "server", "tests", "docs", "deploy")
FILE = re.compile(rf"(?<![\w/.:-])((?:{'|'.join(ROOMS)})/[\w./-]+\.(?:py|md|toml|js|css|html|sh|yml|png))\b")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    """docs/guarantees.md names its tests from the folder of tests."""
    named = sorted(set(FILE.findall(page.read_text("utf-8"))))

    assert [] == [name for name in named if not ((ROOT / name).exists() or (ROOT / "tests" / name).exists())]


def test_pages_name_files() -> None:
    assert 30 < sum(len(FILE.findall(page.read_text("utf-8"))) for page in PAGES)
