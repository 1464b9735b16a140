"""The address of the Redis that joins several processes: one server, one that Sentinels watch over, or a Cluster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

FORMS = "redis://host:6379, redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379"
OPTIONS = {"ca", "check_hostname", "sentinel_password"}
Host = tuple[str, int]


class Kind(Enum):
    SERVER = "redis"
    SENTINEL = "redis+sentinel"
    CLUSTER = "redis+cluster"
    SOCKET = "unix"


PORTS = {Kind.SERVER: 6379, Kind.SENTINEL: 26379, Kind.CLUSTER: 6379, Kind.SOCKET: 0}


@dataclass(frozen=True)
class RedisAddress:
    """What `bus.url` says. `hosts` are the server, its Sentinels or some nodes of the Cluster.

    Behind a question mark: `ca`, a file with the certificates to trust (instead of the system's); `check_hostname=no`
    for Clusters and Sentinels that name bare addresses; `sentinel_password`.
    """

    kind: Kind
    hosts: tuple[Host, ...] = ()
    path: str = ""  # of a socket file
    master: str = ""  # the name under which Sentinels know the server
    database: int = 0
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca: str | None = None
    check_hostname: bool = True
    sentinel_password: str | None = None

    @classmethod
    def parse(cls, url: str) -> RedisAddress:
        """Raises ValueError with the end of a sentence that begins with the setting's name."""
        scheme, _, rest = url.partition("://")
        tls = scheme.startswith("rediss")
        try:
            kind = Kind(scheme.replace("rediss", "redis", 1))
            parts = urlsplit(f"//{rest}")
            hosts = _hosts(parts, PORTS[kind])
        except ValueError:
            raise ValueError(f"must look like {FORMS}; rediss instead of redis for TLS") from None
        options = _options(parts)
        master, database = _place(kind, parts.path.strip("/"))
        user, _, password = parts.netloc.rpartition("@")[0].partition(":")
        return cls(
            kind=kind,
            hosts=hosts,
            path=parts.path if kind is Kind.SOCKET else "",
            master=master,
            database=database,
            username=unquote(user) or None,
            password=unquote(password) or None,
            tls=tls,
            ca=options.get("ca"),
            check_hostname=options.get("check_hostname") != "no",
            sentinel_password=options.get("sentinel_password"),
        )

    @property
    def bare(self) -> str:
        """For people: without a password."""
        where = self.path or ",".join(f"{host}:{port}" for host, port in self.hosts)
        scheme = self.kind.value.replace("redis", "rediss", 1) if self.tls else self.kind.value
        return f"{scheme}://{where}{'/' + self.master if self.master else ''}"


def _hosts(parts: SplitResult, port: int) -> tuple[Host, ...]:
    named = [host for host in parts.netloc.rpartition("@")[2].split(",") if host]
    if bool(named) != bool(port):
        raise ValueError("a socket file has no host, everything else has")
    found = [urlsplit(f"//{host}") for host in named]
    return tuple((one.hostname or "localhost", one.port or port) for one in found)


def _options(parts: SplitResult) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := options.keys() - OPTIONS:
        raise ValueError(f"knows {', '.join(sorted(OPTIONS))} behind its question mark, but not {min(unknown)}")
    return options


def _place(kind: Kind, path: str) -> tuple[str, int]:
    """The name of a watched server, and the number of a database."""
    first, _, second = path.partition("/")
    if kind is Kind.SENTINEL:
        if not first:
            raise ValueError("must name the server that its Sentinels watch: redis+sentinel://host:26379/name")
        return unquote(first), _number(second)
    elif kind is Kind.SERVER:
        return "", _number(path)
    else:
        return "", 0  # a Cluster has one database, and the path of a socket is its own


def _number(text: str) -> int:
    if text and not text.isdecimal():
        raise ValueError(f"must end in the number of a database, or in nothing, but ends in /{text}")
    return int(text or 0)
