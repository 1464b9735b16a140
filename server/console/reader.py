"""For whom a page of the desk is drawn: every screen of an agent's needs the same few things."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request


def reader(request: Request) -> dict[str, Any]:
    """Who reads the page, in which language, at what time; and what its socket goes on from."""
    state = request.state
    return {
        "agent": state.agent,
        "language": state.language,
        "csrf": state.csrf,
        "epoch": state.feed.epoch,
        "now": state.desk.clock.now(),
    }
