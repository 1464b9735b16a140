"""The address of a PostgreSQL, read as its own programs read it: several hosts, sockets, whatever is in a password."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

Host = tuple[str, str]
"""A name, an address or the folder of a socket; and a port, empty for the usual one."""


@dataclass(frozen=True)
class PostgresAddress:
    """`hosts` are tried one after another. `options`: what stands behind the question mark, as it stands there."""

    database: str
    hosts: tuple[Host, ...] = ()
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    options: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> PostgresAddress:
        """Raises ValueError, which does not quote it: it holds a password."""
        parts = urlsplit(url)
        signed, _, where = parts.netloc.rpartition("@")
        user, _, password = signed.partition(":")
        database = unquote(parts.path).strip("/")
        if not database or "://" not in url:
            raise ValueError("no database is named")
        return cls(
            database=database,
            hosts=tuple(_host(one) for one in where.split(",") if one),
            user=unquote(user) or None,
            password=unquote(password) or None,
            options=parts.query,
        )


def _host(told: str) -> Host:
    """An address of IPv6 stands in brackets."""
    has_port = ":" in told.rpartition("]")[2]
    name, _, port = told.rpartition(":") if has_port else (told, "", "")
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("a port is none")
    return unquote(name.removeprefix("[").removesuffix("]")), port
