"""What every answer tells the browser: what may run in it, who may frame it, what may be kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.config.settings import Server
from tickets.edge import Surface

_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?", re.ASCII)
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_PERSONAL = {"Cache-Control": "no-store"}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# What a door says about a mail that it shows replaces this.
_NO_MAIL = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
_PREFIXES = (
    ("/app", Surface.CONSOLE),
    ("/chat", Surface.CHAT),
    ("/files", Surface.FILES),
    ("/mail", Surface.FILES),
    ("/mailview", Surface.MAIL),
    ("/static", Surface.ASSETS),
)


def surface_of(path: str) -> Surface:
    """The headers of a path that no door answers: as strict as its neighbours'."""
    near = (surface for prefix, surface in _PREFIXES if path == prefix or path.startswith(prefix + "/"))
    return next(near, Surface.PAGE)


class HeaderSets:
    """The header set of each surface (reliability.md 6.3), made once from the desk's own address."""

    def __init__(self, server: Server) -> None:
        sockets = " ".join(sorted(_socket_origin(origin) for origin in server.origins))
        self._sets = {
            Surface.CONSOLE: {
                **_PERSONAL,
                "Referrer-Policy": "same-origin",
                "Content-Security-Policy": _document(sockets, "'none'"),
                "X-Frame-Options": "DENY",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Vary": "Origin, Sec-Fetch-Site",
            },
            Surface.FRAME: {**_PERSONAL, "Cross-Origin-Resource-Policy": "cross-origin"},
            Surface.CHAT: {
                **_PERSONAL,
                "Content-Security-Policy": _NOTHING,
                "Cross-Origin-Resource-Policy": "same-origin",
            },
            Surface.LOADER: {
                "Content-Security-Policy": _NOTHING,
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Cache-Control": "public, max-age=300",
            },
            Surface.FILES: {
                "Cache-Control": "private, no-store",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cross-Origin-Resource-Policy": "same-site",
                "Content-Disposition": "attachment",
            },
            Surface.MAIL: {
                **_PERSONAL,
                "Content-Security-Policy": _NO_MAIL,
                "X-Frame-Options": "SAMEORIGIN",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
            Surface.ASSETS: {"Content-Security-Policy": _NOTHING, "Cross-Origin-Resource-Policy": "same-origin"},
            Surface.PORTAL: {**_PERSONAL, "Cross-Origin-Resource-Policy": "same-origin"},
            Surface.FORM: {"Cache-Control": "private, no-cache", "Cross-Origin-Resource-Policy": "same-origin"},
            Surface.PAGE: {
                "Content-Security-Policy": _PAGE,
                "X-Frame-Options": "SAMEORIGIN",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        }
        self._always = dict(_EVERYWHERE)
        if server.base_url.startswith("https://"):
            self._always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        self._sockets = sockets

    def of(self, surface: Surface, ancestors: Sequence[str] | None = None) -> Mapping[str, str]:
        """`ancestors` are the origins that may frame a FRAME: none given, nobody; an empty list, everybody.

        A PORTAL page stands inside our own frame on those pages: every frame above it is asked (CSP3, 7.7.2).
        """
        found = {**self._always, **self._sets[surface]}
        if surface is Surface.FRAME:
            found["Content-Security-Policy"] = _document(self._sockets, _framers(ancestors))
        elif surface in {Surface.PORTAL, Surface.FORM}:
            framers = _framers(ancestors)
            found["Content-Security-Policy"] = _PORTAL + ("'self'" if framers == "'none'" else f"'self' {framers}")
        return found


class SecurityHeaders:
    """Puts the header set on every answer, errors included. What an endpoint has set itself stays."""

    def __init__(self, app: ASGIApp, *, sets: HeaderSets) -> None:
        self._app = app
        self._sets = sets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["surface"] = surface_of(scope["path"])

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._sets.of(state["surface"], state.get("frame_ancestors")).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dressed)


def _document(sockets: str, framers: str) -> str:
    """No inline script or style anywhere; strings become markup only through the policy named frontdesk."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
        f"font-src 'self'; connect-src 'self' {sockets}; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {framers}; object-src 'none'; require-trusted-types-for 'script'; trusted-types frontdesk"
    )


_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_PORTAL = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types frontdesk; frame-ancestors "
)


def _framers(ancestors: Iterable[str] | None) -> str:
    if ancestors is None:
        return "'none'"
    listed = list(ancestors)
    good = [origin for origin in listed if _ORIGIN.fullmatch(origin)]
    return " ".join(good) or ("'none'" if listed else "*")


def _socket_origin(origin: str) -> str:
    parts = urlsplit(origin)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
