"""Whose page is asking: only our own may act with an agent's cookie, and only our own may open a socket."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from starlette.datastructures import Headers

from tickets.errors import NotAllowed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN = "This came from another page. Open the console and try again."
_STALE = "This page is out of date. Reload it and try again."


def own_page(headers: Headers, origins: Collection[str]) -> None:
    """Refuse an unsafe request that another site's page has sent (reliability.md 6.6).

    Sec-Fetch-Site must be same-origin; a sibling domain is not one of us. A browser that does not send it must name
    one of our origins; one that says neither is refused.
    """
    said = headers.getlist("sec-fetch-site")
    named = headers.getlist("origin")
    if said:
        good = said == ["same-origin"] and (not named or (len(named) == 1 and named[0] in origins))
    else:
        good = len(named) == 1 and named[0] in origins
    if not good:
        raise NotAllowed(_FOREIGN)


def own_socket(headers: Headers, origins: Collection[str]) -> bool:
    """Whether a socket is opened by one of our own pages. A missing Origin is no origin of ours."""
    named = headers.getlist("origin")
    return len(named) == 1 and named[0] in origins


def own_form(expected: str, given: str) -> None:
    """Refuse a form that does not carry the token that its session's pages were given."""
    if not expected or not secrets.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
        raise NotAllowed(_STALE)
