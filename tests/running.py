"""The product itself, started as its users start it, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.engine import a_migrated_file, bus_url, database_url, meddle_at, rows_at, scaled
from tests.servers.ending import ends_with_us, has_ended
from tests.servers.postgres import an_empty_database
from tests.sharing import once

STOPS_WITHIN = 20  # seconds
ROOMY = {  # a test's people all come from one address, and come often
    "FRONTDESK_CHAT_VISITORS_PER_HOUR_PER_ADDRESS": "100000",
    "FRONTDESK_CHAT_VISITORS_PER_SECOND": "100000",
    "FRONTDESK_CHAT_INTRODUCTIONS_PER_MINUTE_PER_ADDRESS": "100000",
    "FRONTDESK_CHAT_CONNECTS_PER_MINUTE_PER_ADDRESS": "100000",
    "FRONTDESK_CHAT_SEND_PER_MINUTE_PER_ADDRESS": "1000000",
    "FRONTDESK_LOGIN_ATTEMPTS_PER_ADDRESS": "100000",
    "FRONTDESK_LOGIN_SCREENS_PER_AGENT": "100000",
    "FRONTDESK_MAIL_UNDO_SECONDS": "0",  # an answer by mail goes at once: whoever takes one back says so
}
_KEY = shutil.ignore_patterns("secret.key")  # each desk makes its own: it names the desk's channel on the bus
LONG_RING = {"FRONTDESK_ROUTING_RING_SECONDS": "120"}  # people in stories are as slow as the machine


class RunningDesk:
    """`frontdesk demo --serve` (or `serve`) in a process of its own. Its port stays the same over a restart."""

    def __init__(
        self,
        folder: Path,
        *,
        demo: bool = True,
        workers: int = 1,
        settings: Mapping[str, str] | None = None,
        starter: Sequence[str] = (sys.executable, "-m", "server.cli"),
    ) -> None:
        self.folder = folder
        self._starter = starter
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.greeting = ""
        several = ["--workers", str(workers)] if workers > 1 else []
        self._words = ["demo", "--serve"] if demo else ["serve", *several]
        self._settings = {**ROOMY, **(settings or {})}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What its database says, once it is committed. `query` has a ? for each of `values`."""
        return rows_at(self.database_url, query, *values)

    @property
    def database(self) -> Path:
        """The file of an embedded desk."""
        return self.folder / "data" / "frontdesk.db"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, **settings: str) -> Self:
        """Returns when the doors are open. What is set besides holds for this start only."""
        self._launch(settings)
        self.greeting = self._hear()
        return self

    def dies(self, within: float = 60.0, **settings: str) -> int:
        """Start it, and wait until it ends by itself: how it did (-9: killed)."""
        self._launch(settings)
        assert self._process is not None
        try:
            return self._process.wait(within)
        finally:
            self.kill()

    def _launch(self, settings: Mapping[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if "demo" in self._words and not (self.folder / "data").exists():
            shutil.copytree(_told_before()[0], self.folder / "data", ignore=_KEY)
        self._has_tables()
        with (self.folder / "desk.log").open("a") as log:
            self._process = subprocess.Popen(
                [*self._starter, *self._words],
                cwd=self.folder,
                env={**_surroundings(), **self._engine(), **self._settings, **settings, **self._door},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        ends_with_us(self._process.pid)

    def _has_tables(self) -> None:
        """As on PostgreSQL: a new desk whose database a story has named finds today's tables in it."""
        path = self._settings.get("FRONTDESK_DATABASE_URL", "").partition("sqlite:///")[2]
        if path and not Path(path).exists():
            a_migrated_file(Path(path))

    @property
    def _door(self) -> dict[str, str]:
        return {"FRONTDESK_SERVER_PORT": str(self.port)}

    def _engine(self) -> dict[str, str]:
        if "FRONTDESK_DATABASE_URL" in self._settings or not scaled():
            return {}
        return {"FRONTDESK_DATABASE_URL": self.database_url, "FRONTDESK_BUS_URL": bus_url()}

    @property
    def database_url(self) -> str:
        if not scaled():
            return f"sqlite:///{self.database}"
        return database_url(self.folder, like=_told_before()[1] if "demo" in self._words else None)

    def says_next(self) -> str:
        """The next line after its greeting, for whoever starts it."""
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self) -> None:
        """As an operator does: ask, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does: without a word."""
        self._end(signal.SIGKILL)

    def roll(self) -> None:
        """As an operator does who has a new version: all workers are replaced."""
        os.kill(self.pid, signal.SIGHUP)

    @property
    def log(self) -> str:
        return (self.folder / "desk.log").read_text()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(STOPS_WITHIN)
            finally:
                process.kill()
                process.wait()
                has_ended(process.pid)
                assert process.stdout is not None
                process.stdout.close()

    def _hear(self) -> str:
        """What it says when it opens: lines up to the last that it prints before it serves."""
        assert self._process is not None
        assert self._process.stdout is not None
        said = ""
        for line in self._process.stdout:
            said += line
            if re.search(r"Ctrl\+C|is open at", line) and self._answers():
                return said
        raise AssertionError(f"the desk did not start:\n{said}\n{self.log[-4000:]}")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
        return False


def _told_before() -> tuple[Path, str]:
    """The folder and the database of a demo that nobody has touched: to tell its story anew takes too long."""
    folder = once("demo", _tell)
    return folder / "data", (folder / "database.url").read_text()


def _tell(folder: Path) -> None:
    told = [sys.executable, "-m", "server.cli", "demo"]
    url = an_empty_database(kept=True) if scaled() else ""
    engine = {"FRONTDESK_DATABASE_URL": url} if url else {}
    subprocess.run(told, cwd=folder, env={**_surroundings(), **engine}, check=True, stdout=subprocess.DEVNULL)
    _calls_wait(url or f"sqlite:///{folder}/data/frontdesk.db")
    (folder / "database.url").write_text(url)


def _calls_wait(url: str) -> None:
    """The customer whom nobody reached is rung again in four minutes: not in the middle of somebody's story."""
    an_hour = 3_600_000_000  # microseconds
    soon = f"not_before < {time.time_ns() // 1000 + an_hour} and state in ('scheduled', 'retry_wait')"
    waiting = f"select ticket_id from callback where {soon}"
    meddle_at(url, f"update ticket set snoozed_until = snoozed_until + {an_hour} where id in ({waiting})")
    meddle_at(url, f"update callback set not_before = not_before + {an_hour} where {soon}")


def _surroundings() -> dict[str, str]:
    """The environment without anybody's own settings, and with the checkout on the path.

    Where byte code is forbidden, each of a hundred desks would compile the whole house again.
    """
    own = ("FRONTDESK_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}


def free_port() -> int:
    """A port of this machine that nobody listens on just now.

    Below those that the system hands out by itself: else somebody gets it while its desk is down for a moment.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
