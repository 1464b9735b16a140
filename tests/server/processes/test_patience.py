"""Half a request is waited for, and not for ever: on real sockets, with an alarm that is set early (F10)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.config.settings import Server
from server.processes import patience
from server.processes.listening import listen_at
from server.processes.patience import MOST_HEAD, PatientProtocol
from tests.chat.house import PATIENCE, Running

WHOLE = b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n"


@dataclass
class Line:
    """Somebody's connection, byte for byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def says(self, data: bytes) -> None:
        self.writer.write(data)

    async def hears(self) -> str:
        """The next answer's head."""
        async with asyncio.timeout(PATIENCE):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def last_words(self) -> str:
        """Everything until the desk hangs up."""
        with contextlib.suppress(ConnectionResetError):
            async with asyncio.timeout(PATIENCE):
                return (await self.reader.read()).decode()
        return ""


@contextlib.asynccontextmanager
async def a_line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Line(reader, writer)
    writer.transport.abort()


async def _answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("here\n")


async def _answer_late(_: Request) -> PlainTextResponse:
    await asyncio.sleep(patience.HEAD_SECONDS * 3)
    return PlainTextResponse("late\n")


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Of a server that loses its patience in a tenth of a second."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.1)
    listening = listen_at(Server(port=0))
    app = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"]), Route("/late", _answer_late)])
    running = Running(uvicorn.Config(app, http=PatientProtocol, lifespan="off", log_config=None, log_level="critical"))
    task = asyncio.create_task(running.serve(sockets=[listening]))
    await running.open.wait()
    yield int(listening.getsockname()[1])
    running.should_exit = True
    await task


async def test_half_a_head_is_not_waited_for(port: int) -> None:
    async with a_line(port) as line:
        line.says(WHOLE[:-2])
        assert (await line.last_words()).startswith("HTTP/1.1 408 ")


async def test_a_byte_now_and_then_wins_no_time(port: int) -> None:
    """Slowloris: a new header line again and again, and never the last."""
    async with a_line(port) as line:
        line.says(WHOLE[:-2])

        async def dribble() -> None:
            while True:
                line.says(b"X: y\r\n")
                await asyncio.sleep(0.01)

        dribbling = asyncio.create_task(dribble())
        assert "" == (told := await line.last_words()) or told.startswith("HTTP/1.1 408 ")
        dribbling.cancel()


async def test_a_line_without_a_word_is_closed_without_one(port: int) -> None:
    async with a_line(port) as line:
        assert "" == await line.last_words()


async def test_what_is_answered_late_is_waited_for(port: int) -> None:
    """The alarm is about what comes in, not about our own work; afterwards the line is good for another request."""
    async with a_line(port) as line:
        line.says(b"GET /late HTTP/1.1\r\nHost: desk\r\n\r\n")
        assert (await line.hears()).startswith("HTTP/1.1 200 ")
        line.says(WHOLE)
        assert "200 OK" in await line.last_words()


async def test_the_second_request_on_a_line_has_its_time_too(port: int) -> None:
    async with a_line(port) as line:
        line.says(WHOLE)
        assert (await line.hears()).startswith("HTTP/1.1 200 ")
        line.says(WHOLE[:-2])
        assert "HTTP/1.1 408 " in await line.last_words()


async def test_the_rest_of_what_was_answered_already_is_not_waited_for(port: int) -> None:
    """It brings a body that nobody reads, a byte at a time."""
    async with a_line(port) as line:
        line.says(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000000\r\n\r\nx")
        assert (await line.hears()).startswith("HTTP/1.1 200 ")
        assert "here" in await line.last_words()


async def test_a_head_without_an_end_is_refused(port: int) -> None:
    async with a_line(port) as line:
        line.says(WHOLE[:-2] + b"X: " + b"y" * (MOST_HEAD + 1))
        assert (await line.last_words()).startswith("HTTP/1.1 431 ")


async def test_a_head_of_ordinary_size_may_come_in_pieces(port: int) -> None:
    async with a_line(port) as line:
        for piece in (WHOLE[:9], WHOLE[9:-1], b"X: " + b"y" * (MOST_HEAD // 2), b"\r\n\r\n"):
            line.says(piece)
            await line.writer.drain()
        assert (await line.hears()).startswith("HTTP/1.1 ")


def test_whoever_is_deaf_is_left_to_the_system() -> None:
    """Each line that comes in takes it from the socket that listens."""
    with listen_at(Server(port=0)) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            line, _ = listening.accept()
            with line:
                told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert int(patience.DEAF_SECONDS * 1000) == told
