"""The demo shop: a page that could be anybody's, with the chat in its corner."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.demo.furniture import SITE
from tickets.edge import Surface, Who, door

Say = Callable[[str], str]


async def lamps(request: Request) -> Response:
    return _shown(request, "lamps")


async def orders(request: Request) -> Response:
    return _shown(request, "orders")


def _shown(request: Request, page: str) -> Response:
    pages, language = request.state.pages, request.state.language
    say: Say = lambda text: pages.translate(language, text)  # noqa: E731
    html = pages.render("demo/shop.html", language, page=page, site=SITE, lamps=_lamps(say), orders=_orders(say))
    return HTMLResponse(html)


def _lamps(_: Say) -> list[dict[str, str]]:
    return [
        {"kind": "desk", "name": "Aften", "says": _("A reading lamp with a long arm."), "price": "€ 128"},
        {"kind": "pendant", "name": "Klokke", "says": _("Hangs over the table, warm and even."), "price": "€ 164"},
        {"kind": "table", "name": "Vindu", "says": _("Linen shade, turned foot."), "price": "€ 89"},
        {"kind": "floor", "name": "Skog", "says": _("Stands in the corner and glows."), "price": "€ 210"},
    ]


def _orders(_: Say) -> list[dict[str, str]]:
    return [
        {"number": "5590-221", "what": "Aften", "state": _("Label created")},
        {"number": "5570-114", "what": "Vindu", "state": _("Delivered")},
        {"number": "5512-008", "what": "Aften", "state": _("Refunded")},
    ]


DOORS = [
    door("/demo/shop", lamps, who=Who.ANYONE, surface=Surface.PAGE),
    door("/demo/shop/orders", orders, who=Who.ANYONE, surface=Surface.PAGE),
]
