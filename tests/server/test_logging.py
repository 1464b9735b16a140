"""The log tells an operator what went on and how long it took, and nothing that a person wrote or keeps secret."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.config.settings import Log, Server
from server.logging import configure_logging
from tests.cast import a_customer, a_ticket
from tests.server.doorstep import CSRF, PASSWORD, a_doorstep, a_whole_house, hire
from tickets.edge import Surface, Who, door, form_of
from tickets.errors import Unavailable, unavailable
from tickets.people import Role

URL = "http://desk.example"
TOKEN = "a-secret-token-of-somebody-43-characters-xx"
WORDS = "my card is 4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    before, hook = list(logging.getLogger().handlers), sys.excepthook
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:], sys.excepthook = before, hook


async def breaks(request: Request) -> Response:
    letter = (await form_of(request))["text"]
    raise ZeroDivisionError(len(str(letter)))


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


DOORS = [
    door("/chat/v1/broken", breaks, who=Who.ANYONE, methods=["POST"], surface=Surface.CHAT),
    door("/app/hello", hello, who=Who.AGENT),
]


@pytest.mark.parametrize("shape", ["json", "console"])
def test_a_bug_is_told_without_what_the_person_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str
) -> None:
    """The values of variables used to stand in the traces for machines: letters, passwords, tokens."""
    configure_logging(Log(format=shape))
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.post("/chat/v1/broken", data={"text": WORDS, "token": TOKEN})
    written = capsys.readouterr().err

    assert 500 == answer.status_code
    assert "ZeroDivisionError" in written
    assert answer.headers["x-request-id"] in written
    assert WORDS not in written
    assert TOKEN not in written


def test_what_a_process_ends_by_is_a_line_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """It used to be Python's own twenty lines, each of which a reader of JSON took for a damaged one."""
    configure_logging(Log(format="json"))
    try:
        _signs(TOKEN)
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)

    assert ("critical", "ended by a fault") == (told["level"], told["event"])
    assert "ZeroDivisionError" == told["exception"][0]["exc_type"]
    assert TOKEN not in line


@pytest.mark.parametrize("shape", ["json", "console"])
def test_an_outage_is_told_in_a_line(capsys: pytest.CaptureFixture[str], shape: str) -> None:
    """Whatever met with one, by our own words or a library's, used to tell its trace each time, of a hundred lines."""
    configure_logging(Log(format=shape))
    away = OperationalError("select 1", {}, sqlite3.OperationalError("unable to open database file"))
    try:
        raise unavailable() from away
    except Unavailable as error:
        structlog.get_logger("frontdesk.feed").exception("feed step failed", cursor=5)
        structlog.get_logger("frontdesk.health").warning("figures cannot be read", exc_info=error)
        logging.getLogger("asyncio").error("never retrieved", exc_info=error)
    lines = capsys.readouterr().err.splitlines()

    assert ["unable to open database file" in line for line in lines] == [True] * 3


def test_what_was_in_hand_when_the_time_was_over_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each stop with a slow upload under way left a trace of sixty lines, as a bug does."""
    configure_logging(Log(format="json"))
    try:
        raise asyncio.CancelledError("timeout graceful shutdown exceeded")
    except asyncio.CancelledError as error:
        logging.getLogger("some.library").error("Exception in ASGI application\n", exc_info=error)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert ("timeout graceful shutdown exceeded", None) == (told["error"], told.get("exception"))


def test_a_busy_day_leaves_no_secret_and_no_word_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Log(level="debug", format="json"))
    with a_whole_house(tmp_path, url=URL, raises=False) as house:
        house.change(hire, "Ada", Role.ADMIN)
        ticket_id, number = house.change(_asked)
        house.submit("/app/login", {"email": "ada@frontdesk.example", "password": "a wrong pass phrase"})
        house.sign_in("Ada")
        page = CSRF.search(house.open("/app/profile").text)
        assert page is not None
        headers = {**house.manners, "x-csrf-token": page.group(1)}
        for path in (f"/app/welcome/{TOKEN}", f"/callback/{TOKEN}", f"/complaint/{TOKEN}", f"/nowhere/{TOKEN}"):
            house.open(f"{path}?code={TOKEN}")
        house.open(f"/app/search?q={WORDS}")
        house.client.get("/chat/v1/transcript", headers={"authorization": f"Bearer {TOKEN}"})
        house.client.post("/chat/v1/letters", json={"text": WORDS, "email": "sam@example.com"})
        house.open(f"/app/tickets/{number}")
        said = {"text": WORDS, "client_id": TOKEN}
        for what in ("replies", "notes"):
            house.client.post(f"/app/tickets/{ticket_id}/{what}", data=said, headers=headers)
        cookie = house.client.cookies["frontdesk"]
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]

    assert len(requests) > 12
    for line in requests:
        assert {"id", "method", "path", "status", "ms", "surface", "address"} <= line.keys()
        assert not re.search(r"\d", line["path"].replace("/chat/v1", "")), "a number of somebody's ticket"
    for secret in (TOKEN, WORDS, PASSWORD, "a wrong pass phrase", cookie, page.group(1), "sam@example.com"):
        assert secret not in written, secret
    # A part of the card's number may come up by chance in a microsecond or in what is drawn for a request.
    assert not any("4111" in str(line[name]) for line in lines for name in line.keys() - {"timestamp", "id", "ms"})


@pytest.mark.parametrize("shape", ["json", "console"])
def test_what_a_library_says_is_a_line_like_ours(capsys: pytest.CaptureFixture[str], shape: str) -> None:
    """A stranger who sent half a request used to write a line into a log of JSON that was none."""
    configure_logging(Log(format=shape))
    configure_logging(Log(format=shape))
    logging.getLogger("websockets.server").warning("Invalid %s request received.", "HTTP")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("asyncio").exception("Nobody waits for this")
    written = capsys.readouterr().err

    assert 1 == written.count("Invalid HTTP request received.")
    assert "ZeroDivisionError" in written
    if shape == "json":
        first, second = (json.loads(line) for line in written.splitlines())
        named = {"event": "Invalid HTTP request received.", "logger": "websockets.server", "level": "warning"}
        assert named == {name: first[name] for name in named}
        assert {"timestamp", "exception"} <= second.keys()


def _asked(change: Any) -> tuple[int, int]:
    ticket = a_ticket(change, a_customer(change))
    return ticket.id, ticket.number


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0f3c9a7e-41d2-4f0b-9a3e-5a1f2b3c4d5e", True),
        ("5a1f2b3c4d5e0f3c9a7e41d24f0b9a3e", True),
        ("short", False),
        ("x" * 65, False),
        ("with a space in it", False),
        ("<b>bold</b>-and-long", False),
    ],
)
def test_a_request_keeps_the_name_that_our_own_proxy_gave_it(tmp_path: Path, given: str, kept: bool) -> None:
    """If it is one; so that both logs can be read together."""
    with a_doorstep(tmp_path, *DOORS, server={"trusted_proxies": ("127.0.0.1",)}) as step:
        step.client._transport.client = ("127.0.0.1", 50000)  # type: ignore[attr-defined]
        answer = step.client.get("/app/hello", headers={"x-request-id": given})
        assert kept == (answer.headers["x-request-id"] == given)
        twice = step.client.get("/app/hello", headers=[("x-request-id", given), ("x-request-id", given)])
        assert given != twice.headers["x-request-id"]
        step.client._transport.client = ("192.0.2.1", 50000)  # type: ignore[attr-defined]
        assert given != step.client.get("/app/hello", headers={"x-request-id": given}).headers["x-request-id"]


def test_whoever_is_told_no_has_a_reference_to_name(tmp_path: Path) -> None:
    """On every page that refuses, in both houses; and scripts find it in the header."""
    with a_whole_house(tmp_path, url=URL, raises=False) as house:
        for path in ("/app/nowhere", "/complaint/none", "/nowhere"):
            answer = house.open(path)
            assert answer.status_code >= 400
            assert f"Reference: {answer.headers['x-request-id']}" in answer.text
        shown = house.open("/app/nowhere", **{"accept-language": "zh"})
        assert f"参考编号：{shown.headers['x-request-id']}" in shown.text


def test_whoever_hangs_up_in_the_middle_is_no_fault_of_ours(tmp_path: Path) -> None:
    """A phone in a tunnel used to be an error with a trace in the log, and a failure among the figures."""
    begun, said = [{"type": "http.request", "body": b'{"site"', "more_body": True}], list[Any]()

    async def receive() -> Any:
        return begun.pop() if begun else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    with a_whole_house(tmp_path, url=URL) as house, structlog.testing.capture_logs() as lines:
        headers = [(b"host", b"desk.example"), (b"content-type", b"application/json")]
        asked = {"type": "http", "method": "POST", "path": "/chat/v1/visitors", "query_string": b"", "headers": headers}
        house.client.portal.call(house.app, {**asked, "state": dict(house.client.app_state)}, receive, send)  # type: ignore[union-attr]
        figures = house.client.app_state["metrics"].registry
    assert [] == said
    assert [("request", 499)] == [(line["event"], line.get("status")) for line in lines if "path" in line]
    counted = {
        status: figures.get_sample_value("frontdesk_request_seconds_count", {"surface": "chat", "status": status})
        for status in ("4xx", "5xx")
    }
    assert {"4xx": 1, "5xx": None} == counted


def test_a_socket_has_a_reference_as_well(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as lines, a_whole_house(tmp_path, url=URL) as house:
        socket = house.client.websocket_connect("ws://desk.example/chat/v1/socket", headers={"origin": URL})
        with socket:
            told: Any = socket.extra_headers
    named = dict(told)[b"x-request-id"].decode()
    assert [named] == [line["id"] for line in lines if line.get("path") == "/chat/v1/socket"]


def test_the_settings_name_the_layout_of_the_log() -> None:
    assert "json" in Log(format="json").format
    assert 20_000 == Server().most_sockets


def _signs(token: str) -> float:
    return len(token) / 0
