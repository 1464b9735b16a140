"""The document inside the chat's frame, and the launcher's script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from widgets import assets
from widgets.embed.words import ways, words
from widgets.lean import lean

HOME = Path(__file__).parent
ICONS = {  # drawn where a site offers the form: nobody else carries them
    "callback": "M6 4h3l1.5 4-2 1.5a12 12 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4 6a2 2 0 0 1 2-2",
    "complaint": "M6 20.5V4.5h11l-2 4 2 4H6",
}


def frame_page(frame: Mapping[str, Any]) -> str:
    """HTML for `GET /chat/v1/frame/{site}`. `frame` is the data block of the visitor protocol without its words, which
    are added here in `frame["lang"]`. With `frame["now"]` (ISO 8601 UTC), "today" is right on a wrong clock too.
    """
    offered = {
        kind: {"title": title, "line": line, "icon": ICONS[kind]}
        for kind, (title, line) in ways(frame["lang"]).items()
        if kind in frame["forms"]
    }
    facts = {**frame, "forms": offered, "words": words(frame["lang"])}
    return _environment().get_template("frame.html").render(frame=facts, static=assets.url)


@cache
def launcher() -> bytes:
    """JavaScript for `GET /widget.js`."""
    return lean((HOME / "loader.js").read_text()).encode()


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined)
    # A Chinese sign travels as itself: escaped it is twice as long, and the visitor pays for it.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    return environment
