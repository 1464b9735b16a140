"""Styles and scripts, under an address that changes when they do, so that browsers may keep them for good."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tickets.edge import Surface, Who, door, packed
from tickets.errors import NotFound
from widgets import assets

FOR_GOOD = "public, max-age=31536000, immutable"


async def asset(request: Request) -> Response:
    found = assets.asset(request.path_params["hash"], request.path_params["path"])
    if found is None:
        raise NotFound("There is nothing at this address.")
    return packed(request, found.body, found.type, {"Cache-Control": FOR_GOOD})


async def colour(request: Request) -> Response:
    """A site's colour, for the pages that stand for it."""
    found = assets.coloured(request.path_params["colour"])
    if found is None:
        raise NotFound("There is nothing at this address.")
    return packed(request, found.body, found.type, {"Cache-Control": FOR_GOOD})


DOORS = [
    door("/static/colour/{colour}.css", colour, who=Who.ANYONE, surface=Surface.ASSETS),
    door("/static/{hash}/{path:path}", asset, who=Who.ANYONE, surface=Surface.ASSETS),
]
