"""Lines that delay, chop, break and close halfway: each message is there once and in order, on both sides (F10)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from chat.limits import ChatLimits
from tests.chat.house import Frame, House, open_house
from tickets.message import Message, MessageKind

PEOPLE, WORDS = 3, 5
LIMITS = ChatLimits(
    send_per_10s=10_000,
    send_per_hour=10_000,
    send_per_minute_per_address=10_000,
    connects_per_minute_per_address=10_000,
    sockets_per_visitor=50,
)


class BadLine:
    """A wire to the desk whose troubles are drawn from a seed: it carries so many pieces, and then breaks."""

    def __init__(self, seed: int, port: int) -> None:
        self._dice = random.Random(seed)
        self._to = port
        self.breaks = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The port at which it listens."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        async with server:
            yield int(server.sockets[0].getsockname()[1])

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, far = await asyncio.open_connection("127.0.0.1", self._to)
        life = [self._dice.randint(15, 60)]
        ends = [(near, far), (answers, back)]
        tasks = [asyncio.create_task(self._pass_on(reader, writer, life)) for reader, writer in ends]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.breaks += 1
        for end in (back, far):
            end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, life: list[int]) -> None:
        """Piece by piece, some of them late. The last one may come through although its answer does not."""
        with contextlib.suppress(OSError):
            while life[0] > 0 and (piece := await reader.read(self._dice.choice([1, 60, 600, 4096]))):
                life[0] -= 1
                await asyncio.sleep(self._dice.choice([0, 0, 0.002, 0.01]))
                writer.write(piece)
                await writer.drain()
            if self._dice.random() < 0.5:
                writer.write_eof()


class Talker:
    """A client by the book (docs/protocol.md): sends again what was not confirmed, and keeps its place."""

    def __init__(self, house: House, name: str, token: str) -> None:
        self.name = name
        self.shown: dict[int, str] = {}
        self.left = [f"{name} {n}" for n in range(WORDS)]
        self.said = list(self.left)
        self._house = house
        self._token = token
        self._place: dict[str, Any] = {}

    async def talks(self, port: int) -> None:
        """Until everything is confirmed."""
        while self.left:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                address, origin = f"ws://127.0.0.1:{port}/chat/v1/socket", self._house.origin
                async with connect(address, origin=origin, compression=None) as line:  # type: ignore[arg-type]
                    await self._on(line)

    async def _on(self, line: ClientConnection) -> None:
        await line.send(json.dumps({"hello": {"token": self._token, **self._place}}))
        await self._until(line, "welcome", "resumed")
        while self.left:
            await line.send(json.dumps({"say": {"id": self.left[0], "text": self.left[0]}}))
            await self._until(line, "ack")

    async def _until(self, line: ClientConnection, *kinds: str) -> None:
        while True:
            async with asyncio.timeout(10):
                frame: Frame = json.loads(await line.recv())
            self._hears(frame)
            if set(kinds) & set(frame):
                return

    def _hears(self, frame: Frame) -> None:
        told = frame.get("welcome") or frame.get("resumed")
        if told:
            self._place = {"epoch": told["epoch"], "cursor": told["cursor"]}
        elif "at" in frame:
            self._place["cursor"] = max(self._place["cursor"], frame["at"] - 1)
        for message in [*frame.get("welcome", {}).get("messages", []), frame.get("message")]:
            if message:
                self.shown[message["seq"]] = message["text"]
        if "ack" in frame:
            self.shown[frame["ack"]["seq"]] = frame["ack"]["message"]["text"]
            self.left = [each for each in self.left if each != frame["ack"]["id"]]


@pytest.mark.parametrize("seed", [7])
async def test_over_bad_lines_everything_arrives_once_and_in_order(seed: int, tmp_path: Path) -> None:
    await talk_over(seed, tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(1000, 1020))
async def test_over_many_bad_lines_everything_arrives_once_and_in_order(seed: int, tmp_path: Path) -> None:
    await talk_over(seed, tmp_path)


async def talk_over(seed: int, folder: Path) -> None:
    """The troubles are the seed's; which message they meet is the machine's."""
    async with open_house(folder, limits=LIMITS) as house:
        bad = BadLine(seed, int(house.url.rpartition(":")[2]))
        people = [Talker(house, name, await house.token()) for name in ("Sam", "Priya", "李静")[:PEOPLE]]
        async with bad.open() as port, asyncio.timeout(120):
            await asyncio.gather(*(person.talks(port) for person in people))
        incoming = select(Message).where(Message.kind == MessageKind.IN.value).order_by(col(Message.seq))
        kept = await house.desk.read(lambda session: session.exec(incoming).all())
        for person in people:
            theirs = [message for message in kept if message.client_id.startswith(person.name)]
            assert person.said == [message.text for message in theirs], f"seed {seed}"
            assert 1 == len({message.ticket_id for message in theirs})
            assert person.said == [text for _, text in sorted(person.shown.items())], f"seed {seed}"
        assert bad.breaks > 0, "it was worth trying"
