"""The styles and scripts of our own pages, each under an address that changes when any of them does."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from widgets.lean import lean, lean_style

FOLDERS = ("console", "embed", "line", "portal", "demo")
LEAN = {"embed", "line"}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ogg": "audio/ogg",
}
_HOME = Path(__file__).parent
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Asset:
    body: bytes
    type: str


def url(path: str) -> str:
    """The address of `console/tokens.css` and the like; scripts import their neighbours by relative paths."""
    assert path in _all(), f"there is no asset {path}"
    return f"/static/{_hash()}/{path}"


def colour_sheet(colour: str) -> str:
    """The address of the sheet that says a site's colour, "#0b6b7f": our pages hold no style of their own."""
    assert _COLOUR.fullmatch(colour), colour
    return f"/static/colour/{colour[1:]}.css"


def coloured(digits: str) -> Asset | None:
    """What `colour_sheet` named."""
    if not _COLOUR.fullmatch(f"#{digits}"):
        return None
    return Asset(f"@layer site {{ :root {{ --site: #{digits}; }} }}\n".encode(), TYPES[".css"])


def asset(hash: str, path: str) -> Asset | None:
    """What `url` named; None for anything else, an older hash included."""
    return _all().get(path) if hash == _hash() else None


@cache
def _all() -> dict[str, Asset]:
    return {
        file.relative_to(_HOME).as_posix(): Asset(_body(file), TYPES[file.suffix])
        for folder in FOLDERS
        for file in sorted((_HOME / folder).rglob("*"))
        if file.suffix in TYPES
    }


def _body(file: Path) -> bytes:
    """A shop's page should load little, so the customer's scripts and styles travel without their remarks."""
    body = file.read_bytes()
    lighter = lean_style if file.suffix == ".css" else lean
    return lighter(body.decode()).encode() if file.parent.name in LEAN else body


@cache
def _hash() -> str:
    whole = hashlib.sha256()
    for path, found in _all().items():
        whole.update(path.encode() + b"\0" + hashlib.sha256(found.body).digest())
    return whole.hexdigest()[:16]
