"""The frame's document as the real server renders it: the template, a data block, and the strict headers."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from widgets.embed.words import words

WIDGETS = Path(__file__).parents[2] / "widgets"
PAGES = Environment(loader=FileSystemLoader(WIDGETS / "embed"), autoescape=True)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self' {socket}; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)


def frame_page(site: dict[str, Any], lang: str, socket: str) -> HTMLResponse:
    """`site` overrides what the data block says."""
    page = PAGES.get_template("frame.html").render(frame=frame_data(site, lang), static=lambda path: f"/static/{path}")
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY.format(socket=socket)})


def frame_data(site: dict[str, Any], lang: str) -> dict[str, Any]:
    """The data block of the visitor protocol."""
    here = {"name": "Teapots", "hours_text": "Open until 18:00", "greeting": ""}
    there = {"name": "茶壶小店", "hours_text": "服务至 18:00", "greeting": ""}
    return {
        "site": "shop",
        **(there if lang == "zh" else here),
        "colour": "#0b6b7d",
        "lang": lang,
        "languages": ["en", "zh"],
        "words": words(catalogue(lang), lang),
        "open": True,
        "prechat": {"ask": False, "name": "off", "email": "off", "topics": []},
        "largest_bytes": 20 * 1024 * 1024,
        "longest": 10_000,
        "api": "/chat/v1",
        "now": "2026-11-22T06:00:00.000Z",
        **site,
    }


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The language's catalogue, compiled in memory."""
    source = WIDGETS / "locale" / lang / "LC_MESSAGES" / "frontdesk.po"
    if not source.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
