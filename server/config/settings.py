"""Every setting of a desk: its name, what it is when nobody says otherwise, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from server.bus.redis_url import RedisAddress
from server.config.chat_settings import Chat
from server.config.mail_settings import Mail
from server.config.setting import Rule, Section, setting
from server.doors.addresses import is_network
from server.postgres_url import PostgresAddress


@dataclass(frozen=True)
class Server(Section):
    """Where the desk listens and what it is called from outside."""

    host: str = setting(
        "127.0.0.1",
        "The address to listen on. 0.0.0.0 listens on every address of the machine: put a proxy with TLS in front.",
    )
    port: int = setting(8080, "The port to listen on. 0 lets the system choose a free one.", least=0, most=65535)
    public_url: str = setting(
        "", "The address that people use, for example https://desk.example.com. Empty: made from host and port."
    )
    allowed_hosts: tuple[str, ...] = setting(
        (), "Names that requests may ask for in their Host header. Empty: the one of public_url, and localhost."
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "Addresses or networks of your own proxies. Only their word counts on who is calling (X-Forwarded-For)."
    )

    most_sockets: int = setting(
        20_000, "Open chats, consoles and wallboards that one process holds at once. Who comes then is told to wait."
    )

    @property
    def base_url(self) -> str:
        """The address that people use, without a slash at its end: public_url, or one made from host and port."""
        return self.public_url.rstrip("/") or f"http://{self._named_host}:{self.port}"

    @property
    def origins(self) -> frozenset[str]:
        """The origins of the desk's own pages, as a browser sends them (RFC 6454): exact matches only."""
        local = () if self.public_url else (f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}")
        return frozenset((self.base_url, *local))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names, without a port, that a request may have in its Host header."""
        return self.allowed_hosts or tuple(dict.fromkeys((_host_of(self.base_url), "localhost", "127.0.0.1")))

    def problems(self) -> Iterator[str]:
        if self.public_url and not _is_bare_origin(self.public_url):
            yield (
                "server.public_url must be an address like https://desk.example.com, in small letters, without a path, "
                f'but it is "{self.public_url}".'
            )
        for host in self.allowed_hosts:
            if not host or "/" in host or "*" in host:
                yield f'server.allowed_hosts takes plain names like desk.example.com, but one is "{host}".'
        for proxy in self.trusted_proxies:
            if not is_network(proxy):
                yield f'server.trusted_proxies takes addresses like 10.0.0.7 or 10.0.0.0/24, but one is "{proxy}".'

    @property
    def _named_host(self) -> str:
        named = {"0.0.0.0": "127.0.0.1", "::": "localhost", "": "127.0.0.1"}.get(self.host, self.host)
        return f"[{named}]" if ":" in named else named


@dataclass(frozen=True)
class Database(Section):
    """Where everything is kept."""

    url: str = setting(
        "sqlite:///data/frontdesk.db",
        "The database. sqlite:///data/frontdesk.db is a file below the folder that Frontdesk is started in, "
        "sqlite:////var/lib/frontdesk/desk.db one anywhere; it must lie on a local disk. "
        "postgresql://user:password@host/name is a database of PostgreSQL 14 or later, for several processes.",
        secret=True,
    )
    read_connections: int = setting(4, "How many pages can be read from the database at once.", most=64)
    write_connections: int = setting(
        3, "How many changes a process writes at once to PostgreSQL. SQLite has one writer.", most=16
    )

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    def problems(self) -> Iterator[str]:
        yield from address_problems(self.url, named="database.url")

    @property
    def is_postgres(self) -> bool:
        return is_postgres(self.url)


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql:", "postgresql+psycopg:"))


def address_problems(url: str, *, named: str) -> Iterator[str]:
    """What is wrong with the address of a database that was given as `named`."""
    if is_postgres(url):
        yield from _postgres_problems(url, named)
    elif not url.startswith("sqlite:///") or url.removeprefix("sqlite:///") in ("", ":memory:"):
        yield (
            f"{named} must be sqlite:/// and the path of a file, for example sqlite:///data/frontdesk.db, "
            "or postgresql://user:password@host/name."
        )


@dataclass(frozen=True)
class Bus(Section):
    """How several processes hear of each other's changes."""

    url: str = setting(
        "",
        "Empty: the bus of one process, nothing to install. For several, a Redis: redis://host:6379, "
        "redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379, with rediss instead of "
        "redis for TLS and user:password@ before the first host.",
        secret=True,
    )

    def problems(self) -> Iterator[str]:
        if self.url:
            try:
                RedisAddress.parse(self.url)
            except ValueError as error:
                yield f"bus.url {error}."


@dataclass(frozen=True)
class Files(Section):
    """What people send along."""

    folder: str = setting("data/files", "The folder for the files and images that people send.")
    largest_mb: int = setting(20, "The largest file that is taken, in megabytes.", most=1000)


@dataclass(frozen=True)
class Secrets(Section):
    """What nobody else may know. Better in a file named by FRONTDESK_SECRETS_KEY_FILE than here."""

    key: str = setting(
        "",
        "The key that signs tokens: at least 32 characters at random. Empty: made once and kept in the file below.",
        secret=True,
    )
    kept_in: str = setting("data/secret.key", "The file for the key that Frontdesk makes itself.")

    def problems(self) -> Iterator[str]:
        if self.key and len(self.key.encode()) < 32:
            yield "secrets.key must be at least 32 characters long; leave it empty to have one made."


@dataclass(frozen=True)
class Routing(Section):
    """Who is offered what, and how much one agent can hold."""

    ring_seconds: int = setting(20, "How long an offer waits for one agent before it goes to the next.")
    agent_grace_seconds: int = setting(90, "How long an agent whose connection dropped keeps their live chats.")
    pool: int = setting(100, "How much an agent can hold when nothing else is set for them.")
    chat_weight: int = setting(25, "How much of it one live chat takes: 25 of 100 means four chats at once.", least=0)
    email_weight: int = setting(10, "How much of it one open email ticket takes.", least=0)
    ticket_weight: int = setting(5, "How much of it one other open ticket takes.", least=0)
    callback_weight: int = setting(
        100,
        "How much of it one call takes that an agent is to make. With 100 they chat with nobody meanwhile; other work "
        "in their hands is laid aside for it.",
        least=0,
    )

    def problems(self) -> Iterator[str]:
        for key in ("chat_weight", "email_weight", "ticket_weight"):
            weight = getattr(self, key)
            if weight > self.pool:
                yield f"routing.{key} is {weight}, more than routing.pool ({self.pool}): no agent could ever take one."


@dataclass(frozen=True)
class Callbacks(Section):
    """Customers who ask to be rung."""

    region: str = setting(
        "",
        "The country of numbers that are typed without a country code, in two letters: DE, GB, CN. Empty: everybody "
        "begins with + and the code.",
    )
    tries: int = setting(3, "How often a customer is rung who does not answer.", most=20)
    no_answer_minutes: int = setting(15, "How long after that they are rung again.", most=10080)
    busy_minutes: int = setting(5, "The same, where the line was busy.", most=10080)

    def problems(self) -> Iterator[str]:
        if self.region and not (len(self.region) == 2 and self.region.isascii() and self.region.isupper()):
            yield f'callbacks.region must be a country in two capital letters, like GB, but it is "{self.region}".'


@dataclass(frozen=True)
class Login(Section):
    """The door of the console."""

    attempts_per_address: int = setting(20, "Sign-in attempts from one network address in 15 minutes.")
    failures_before_delay: int = setting(5, "Wrong passwords for one account before the next attempt has to wait.")
    longest_delay_minutes: int = setting(15, "The longest such wait. An account is never locked for good.")
    idle_minutes: int = setting(30, "An agent who does nothing for this long signs in again.")
    absolute_hours: int = setting(12, "An agent signs in again after this long, whatever they do.")
    screens_per_agent: int = setting(10, "How many consoles and wallboards one agent may have open at once.")


@dataclass(frozen=True)
class Log(Section):
    """What Frontdesk tells its operator."""

    level: str = setting(
        "info",
        "How much is told: each word also tells what the words after it do.",
        one_of=("debug", "info", "warning", "error"),
    )
    format: str = setting("console", "For people (console) or for programs (json).", one_of=("console", "json"))


@dataclass(frozen=True)
class Watching(Section):
    """Who may look at the desk's figures (docs/operations.md)."""

    readers: tuple[str, ...] = setting(
        ("127.0.0.1", "::1"),
        "Addresses or networks that /metrics answers. Behind a proxy it needs server.trusted_proxies to know them.",
    )

    def problems(self) -> Iterator[str]:
        for reader in self.readers:
            if not is_network(reader):
                yield f'watching.readers takes addresses like 10.0.0.7 or 10.0.0.0/24, but one is "{reader}".'


def _is_bare_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and url.rstrip("/") == f"{parts.scheme}://{parts.netloc}"
            and bool(parts.hostname)
            and parts.netloc == parts.netloc.lower()
            and "@" not in parts.netloc
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def _host_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


SECTIONS: dict[str, type[Section]] = {
    "server": Server,
    "database": Database,
    "bus": Bus,
    "files": Files,
    "secrets": Secrets,
    "chat": Chat,
    "routing": Routing,
    "mail": Mail,
    "callbacks": Callbacks,
    "login": Login,
    "log": Log,
    "watching": Watching,
}
"""Every section of config.toml, in the order of the file."""

Name = tuple[str, str]
"""A section and a key in it: ("server", "port")."""

RULES: dict[Name, Rule] = {
    (section, key.name): key.metadata["rule"] for section, cls in SECTIONS.items() for key in fields(cls)
}
KINDS: dict[Name, Any] = {
    (section, key): kind for section, cls in SECTIONS.items() for key, kind in get_type_hints(cls).items()
}


def _postgres_problems(url: str, named: str) -> Iterator[str]:
    """Without quoting the address: it holds a password."""
    try:
        PostgresAddress.parse(url)
    except ValueError:
        yield f"{named} must be like postgresql://user:password@host/name: a part of it is missing or malformed."
