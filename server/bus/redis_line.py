"""One open line to Redis. Whoever finds it broken, late or odd drops it: another is opened, this one is not mended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from redis.asyncio import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AskError, RedisError, ResponseError

from server.bus.redis_url import Host, Kind, RedisAddress

OPENS_WITHIN = 2.0  # seconds, of which nobody is kept waiting
ANSWERS_WITHIN = 1.0  # seconds; nobody waits for these either

Command = tuple[str | bytes | int | float, ...]
LINE_ERRORS = (RedisError, OSError, TimeoutError, EOFError)
"""What a line that is to be dropped ends with."""


class Line:
    """A connection of the redis library without its pool, its retries and its time-outs.

    The library repeats a PUBLISH that was late, and a call that was cancelled leaves its answer to the next one
    (CVE-2023-28858). Here one task owns a line, nothing is sent twice, and what was interrupted is closed.
    """

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection

    async def ask(self, *commands: Command) -> list[Any]:
        """All of these at once, and their answers; an error is among them as a ResponseError. Else the line is over."""
        async with asyncio.timeout(ANSWERS_WITHIN):
            await self._connection.send_packed_command(self._connection.pack_commands(commands))
            return [await self._answer() for _ in commands]

    async def hear(self) -> Any:
        """The next that is pushed to us, however long it takes."""
        return await self._connection.read_response()

    async def drop(self) -> None:
        await _closed(self._connection)

    async def _answer(self) -> Any:
        try:
            return await self._connection.read_response()
        except ResponseError as error:
            return error


async def open_line(address: RedisAddress, *, turn: int = 0, at: Host | None = None) -> Line:
    """A line to the server that is the master now. `turn` begins the search at another host each time.

    `at`: this node of the Cluster. Raises one of LINE_ERRORS.
    """
    async with asyncio.timeout(OPENS_WITHIN):
        if address.kind is Kind.SOCKET:
            return await _connected(UnixDomainSocketConnection(path=address.path, **_settings(address)))
        elif address.kind is Kind.SENTINEL:
            return await _master(address, turn)
        else:
            return await _connected(_to(address, at or address.hosts[turn % len(address.hosts)]))


async def _master(address: RedisAddress, turn: int) -> Line:
    """As Sentinels see it; and the server must say so too, for they may not have noticed yet."""
    hosts = [address.hosts[(turn + n) % len(address.hosts)] for n in range(len(address.hosts))]
    trouble: Exception = OSError("no Sentinel answers")
    for host in hosts:
        try:
            async with asyncio.timeout(OPENS_WITHIN / (len(hosts) + 1)):
                found = await _ask_sentinel(address, host)
        except LINE_ERRORS as error:
            trouble = error
            continue
        line = await _connected(_to(address, found))
        (role,) = await line.ask(("ROLE",))
        if isinstance(role, Sequence) and role[0] == b"master":
            return line
        await line.drop()
        trouble = OSError("the server that the Sentinels name is no master")
    raise trouble


async def _ask_sentinel(address: RedisAddress, host: Host) -> Host:
    settings = {**_settings(address), "db": 0, "username": None, "password": address.sentinel_password}
    line = await _connected(_to(address, host, **settings))
    try:
        (found,) = await line.ask(("SENTINEL", "GET-MASTER-ADDR-BY-NAME", address.master))
    finally:
        await line.drop()
    if not isinstance(found, list):
        raise OSError(f"the Sentinels know no {address.master}")
    return found[0].decode(), int(found[1])


def _to(address: RedisAddress, host: Host, **settings: Any) -> AbstractConnection:
    settings = {**_settings(address), **settings, "host": host[0], "port": host[1]}
    if address.tls:
        return SSLConnection(**settings, ssl_ca_certs=address.ca, ssl_check_hostname=address.check_hostname)
    return Connection(**settings)


def _settings(address: RedisAddress) -> dict[str, Any]:
    """socket_timeout=None: with one, Python 3.11 swallows a cancellation around each write."""
    return {
        "db": address.database,
        "username": address.username,
        "password": address.password,
        "socket_timeout": None,
        "socket_connect_timeout": None,
        "protocol": 2,
        "driver_info": None,
    }


async def _connected(connection: AbstractConnection) -> Line:
    try:
        await connection.connect()  # type: ignore[no-untyped-call]
    except BaseException:
        await _closed(connection)
        raise
    return Line(connection)


async def _closed(connection: AbstractConnection) -> None:
    """Nobody is waited for; but the socket closes in the loop's next turn, and there may be no other."""
    await connection.disconnect(nowait=True)
    await asyncio.sleep(0)


def moved_to(answers: Sequence[Any]) -> Iterator[Host]:
    """The nodes of a Cluster that some answers send us to."""
    return ((answer.host, answer.port) for answer in answers if isinstance(answer, AskError))
