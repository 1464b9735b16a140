"""An admin at work: the fixtures of the admin pages' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.admin import web
from tests.server.doorstep import Doorstep, a_doorstep


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ines, the admin, at work."""
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        yield step


def a_site(**other: Any) -> dict[str, Any]:
    return {
        "key": "lumen",
        "name": "Lumen Lamps",
        "active": "yes",
        "origins": "https://lumen.example\nhttps://www.lumen.example",
        "colour": "#0b6b7f",
        "languages": ["en", "zh"],
        "ask_name": "optional",
        "ask_email": "required",
        "greeting_en": "Hello.",
        "greeting_zh": "您好。",
        **other,
    }
