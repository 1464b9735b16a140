"""The document inside the chat's frame, and the launcher's script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from widgets import assets
from widgets.embed.words import words
from widgets.lean import lean

HOME = Path(__file__).parent


def frame_page(frame: Mapping[str, Any]) -> str:
    """HTML for `GET /chat/v1/frame/{site}`. `frame` is the data block of the visitor protocol without its words, which
    are added here in `frame["lang"]`. With `frame["now"]` (ISO 8601 UTC), "today" is right on a wrong clock too.
    """
    facts = {**frame, "words": words(frame["lang"])}
    return _environment().get_template("frame.html").render(frame=facts, static=assets.url)


@cache
def launcher() -> bytes:
    """JavaScript for `GET /widget.js`."""
    return lean((HOME / "loader.js").read_text()).encode()


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined)
