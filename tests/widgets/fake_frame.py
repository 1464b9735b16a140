"""The frame's document as the real server sends it: a data block, and the strict headers."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse

from widgets.embed.page import frame_page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self' {socket}; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)


def fake_frame(site: dict[str, Any], lang: str, socket: str) -> HTMLResponse:
    """`site` overrides what the data block says."""
    headers = {"Content-Security-Policy": POLICY.format(socket=socket)}
    return HTMLResponse(frame_page(frame_data(site, lang)), headers=headers)


def frame_data(site: dict[str, Any], lang: str) -> dict[str, Any]:
    """The data block of the visitor protocol, but for its words."""
    here = {"name": "Teapots", "hours_text": "Open until 18:00", "greeting": ""}
    there = {"name": "茶壶小店", "hours_text": "服务至 18:00", "greeting": ""}
    return {
        "site": "shop",
        **(there if lang == "zh" else here),
        "colour": "#0b6b7d",
        "lang": lang,
        "languages": ["en", "zh"],
        "open": True,
        "forms": [],
        "prechat": {"ask": False, "name": "off", "email": "off", "topics": []},
        "largest_bytes": 20 * 1024 * 1024,
        "longest": 10_000,
        "api": "/chat/v1",
        "now": "2026-11-22T06:00:00.000Z",
        **site,
    }
