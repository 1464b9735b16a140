"""The two servers that are measured side by side, each in a process of its own, with its pairs of people."""

from __future__ import annotations

import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.typing import Origin

from tests.bench.load import Group, Line
from tests.bench.process import on_core
from tests.running import RunningDesk

SITE = "lumen"
PASSWORD = "try-frontdesk"
STAFF = ["ada", "bo", "grace", "admin"]
ENDLESS = "1000000000"
CROWDED = 1_000_000  # a pair that no other has
OPENS_WITHIN = 60.0  # seconds
LIMITS = {
    "FRONTDESK_CHAT_SEND_PER_10S": ENDLESS,
    "FRONTDESK_CHAT_SEND_PER_HOUR": ENDLESS,
    "FRONTDESK_CHAT_SEND_PER_MINUTE_PER_ADDRESS": ENDLESS,
    "FRONTDESK_LOG_LEVEL": "error",
}
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[str, int]]:
    """Its address and its process id."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as port, on_core(0):
        words = [sys.executable, "-m", "tests.bench.bare", str(folder / "bare.db"), str(port.fileno())]
        process = subprocess.Popen(words, pass_fds=[port.fileno()])
        address = f"127.0.0.1:{port.getsockname()[1]}"
    try:
        urllib.request.urlopen(f"http://{address}/healthz", timeout=OPENS_WITHIN).close()  # waits in line at the port
        yield f"ws://{address}", process.pid
    finally:
        process.terminate()
        process.wait(20)


def bare_pairs(url: str, count: int) -> list[Group]:
    return [(Line(f"{url}/visitor/{n}"), [Line(f"{url}/agent/{n}")]) for n in range(count)]


def bare_crowd(url: str, consoles: int) -> list[Group]:
    """One visitor, and so many who watch."""
    return [(Line(f"{url}/visitor/{CROWDED}"), [Line(f"{url}/watcher/{CROWDED}")] * consoles)]


def a_desk(folder: Path, **settings: str) -> RunningDesk:
    """The demo desk, not yet started. On a core of its own once it is."""
    return RunningDesk(folder, settings={**LIMITS, **settings})


class Colleague:
    """An agent's browser: signed in, with tickets for their sockets."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._post("/app/login", {"email": f"{name}@frontdesk.example", "password": PASSWORD}, via="/app/login")
        self._csrf = self._token_on("/app/profile")

    def line(self, ticket: int, *, view: str | None = None) -> Line:
        """A console with this ticket open, and a list beside it where one is named."""
        ride = json.loads(self._post("/app/live/ticket", {"csrf": self._csrf}))["ticket"]
        hello = {"hello": {"ticket": ride, "open": {"ticket": ticket, "view": view}}}
        return Line(
            f"{self._url.replace('http', 'ws', 1)}/app/live",
            {"Cookie": self.cookies, "Origin": self._url},
            json.dumps(hello),
            "hello",
        )

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def _post(self, path: str, form: dict[str, str], *, via: str | None = None) -> str:
        data = {"csrf": self._token_on(via) if via else "", **form}
        manners = {"Sec-Fetch-Site": "same-origin", "Origin": self._url}
        request = urllib.request.Request(self._url + path, urllib.parse.urlencode(data).encode(), manners)
        with self._browser.open(request, timeout=30) as answer:
            return str(answer.read().decode())

    def _token_on(self, path: str) -> str:
        with self._browser.open(self._url + path, timeout=30) as answer:
            found = _CSRF.search(answer.read().decode())
        assert found, f"no form on {path}"
        return found[1]


class Chat:
    """A visitor who has said hello, so that there is a ticket."""

    def __init__(self, url: str) -> None:
        self._url = url
        body = json.dumps({"site": SITE, "lang": "en"}).encode()
        request = urllib.request.Request(f"{url}/chat/v1/visitors", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.token = json.load(answer)["token"]
        self.ticket, self.number = self._first_word()

    @property
    def line(self) -> Line:
        hello = json.dumps({"hello": {"token": self.token}})
        return Line(self._address, {"Origin": self._url}, hello, "welcome")

    @property
    def _address(self) -> str:
        return f"{self._url.replace('http', 'ws', 1)}/chat/v1/socket"

    def goes_on(self, texts: Iterable[str]) -> None:
        """Say all of these, one after another."""
        with connect(self._address, origin=Origin(self._url)) as line:
            line.send(json.dumps({"hello": {"token": self.token}}))
            for n, said in enumerate(texts):
                line.send(json.dumps({"say": {"id": f"more-{n}", "text": said}}))
                while "ack" not in json.loads(line.recv(20)):
                    pass

    def _first_word(self) -> tuple[int, int]:
        with connect(self._address, origin=Origin(self._url)) as line:
            line.send(json.dumps({"hello": {"token": self.token}}))
            line.send(json.dumps({"say": {"id": "first", "text": "Hello"}}))
            while True:
                frame: dict[str, Any] = json.loads(line.recv(20))
                if frame.get("chat"):
                    return int(frame["chat"]["ticket"]), int(frame["chat"]["number"])


def desk_pairs(desk: RunningDesk, count: int, *, consoles: int = 1, view: str | None = None) -> list[Group]:
    """Visitors with a ticket each, and for each ticket consoles of the four of the demo."""
    chats = [Chat(desk.url) for _ in range(count)]
    staff = [Colleague(desk.url, name) for name in STAFF]
    return [
        (chat.line, [staff[(n + m) % len(staff)].line(chat.ticket, view=view) for m in range(consoles)])
        for n, chat in enumerate(chats)
    ]
