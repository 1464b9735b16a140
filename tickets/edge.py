"""What an edge of the house is made of: a door with a declared policy, and the person who came through it."""

import gzip
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tickets.people import Role


class Who(Enum):
    """Who may use a door. The guard enforces it; start-up fails for a door that says nothing."""

    ANYONE = "anyone"
    VISITOR = "visitor"  # holds a visitor's token; the endpoint checks it
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    @property
    def role(self) -> Role | None:
        """The least role that may pass; None where no sign-in is needed."""
        return Role(self.value) if self in {Who.AGENT, Who.SUPERVISOR, Who.ADMIN} else None


class Surface(Enum):
    """Which set of headers an answer carries (reliability.md 6.3)."""

    CONSOLE = "console"
    LOADER = "loader"  # widget.js, included by other people's pages
    FRAME = "frame"  # the chat's iframe document
    CHAT = "chat"  # called by our own iframe only
    FILES = "files"
    MAIL = "mail"  # somebody else's formatted mail, in a frame of the console that can do nothing
    ASSETS = "assets"
    PAGE = "page"  # a plain public page, such as the demo shop
    PORTAL = "portal"  # a customer's own page: alone, or inside the chat's frame
    FORM = "form"  # an empty form of a customer's: the same, and the way back finds it as it was


@dataclass(frozen=True)
class Policy:
    who: Who
    surface: Surface
    largest: int  # bytes of request body
    cut: bool = False  # a longer one is read as far as that, rather than refused
    stays: bool = False  # whoever comes in stays for news: nobody does at a house that closes


@dataclass(frozen=True)
class SignedIn:
    """The agent behind a request, as `request.state.agent`."""

    id: int
    name: str
    role: Role
    language: str
    session_id: int

    @property
    def actor(self) -> str:
        return f"agent:{self.id}"


class Number(Convertor[int]):
    """`{id:number}` in a door's address: a number that the database can hold. Anything longer is no address of ours."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", Number())


class Door(Route):
    """A route that says who may use it."""

    policy: Policy


class SocketDoor(WebSocketRoute):
    policy: Policy


def door(
    path: str,
    endpoint: Callable[[Request], Awaitable[Response]],
    *,
    who: Who,
    methods: Sequence[str] = ("GET",),
    surface: Surface = Surface.CONSOLE,
    largest: int = 64 * 1024,
    cut: bool = False,
    stays: bool = False,
    name: str | None = None,
) -> Door:
    made = Door(path, endpoint, methods=list(methods), name=name)
    made.policy = Policy(who, surface, largest, cut, stays)
    return made


def socket_door(
    path: str, endpoint: Callable[[WebSocket], Awaitable[None]], *, who: Who, surface: Surface, name: str | None = None
) -> SocketDoor:
    made = SocketDoor(path, endpoint, name=name)
    made.policy = Policy(who, surface, 64 * 1024, stays=True)
    return made


async def form_of(request: Request) -> dict[str, Any]:
    """The fields of a posted form, single values only; files stay UploadFile."""
    form = await request.form()
    return dict(form)


def packed(request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Bytes that are the same for everybody, compressed where the browser takes it. Never a page with a secret."""
    told = {**(headers or {}), "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, media_type=media_type, headers=told)
    return Response(_gzipped(body), media_type=media_type, headers={**told, "Content-Encoding": "gzip"})


@lru_cache(maxsize=256)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


def done() -> Response:
    """Nothing to show: the event that follows does the rest."""
    return Response(status_code=204)
