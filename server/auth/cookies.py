"""The two cookies of the console: one for who is signed in, one for the forms of whoever is not yet."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

LONGEST = 200  # characters of a cookie that could be ours


class Cookies:
    """Their names and attributes. On https they carry __Host-: no sibling domain can set them (RFC 6265bis, 4.1.3)."""

    def __init__(self, *, https: bool) -> None:
        prefix = "__Host-" if https else ""
        self.session = f"{prefix}frontdesk"
        self.form = f"{prefix}frontdesk-form"
        self._https = https

    def read(self, connection: HTTPConnection, name: str) -> str:
        value = connection.cookies.get(name, "")
        return value if len(value) <= LONGEST else ""

    def give(self, response: Response, name: str, value: str) -> None:
        """For as long as the browser is open; the server decides when it ends."""
        response.set_cookie(name, value, path="/", secure=self._https, httponly=True, samesite="lax")

    def take_back(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._https, httponly=True, samesite="lax")
