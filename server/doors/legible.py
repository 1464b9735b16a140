"""What comes through a door is text: NUL, which no database of ours may hold in one, does not come in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from tickets.text import legible

Endpoint = Callable[[Request], Awaitable[Response]]


def is_legible(scope: Scope) -> bool:
    """Whether the address of this request, its query included, holds no NUL."""
    query = scope.get("query_string", b"")
    return "\0" not in scope["path"] and b"%00" not in query and b"\0" not in query


def reading_legibly(endpoint: Endpoint) -> Endpoint:
    """The same endpoint; in the forms that it reads, U+FFFD stands where NUL was."""

    async def read(request: Request) -> Response:
        return await endpoint(_Legible(request.scope, request.receive))

    return read


class _Legible(Request):
    async def _get_form(self, **most: Any) -> FormData:
        if self._form is None:
            sent = await super()._get_form(**most)
            fields = [(legible(name), _plain(value)) for name, value in sent.multi_items()]
            self._form = FormData(fields)
        return self._form


def _plain(value: Any) -> Any:
    """A text; files stay what they are."""
    return legible(value) if isinstance(value, str) else value
