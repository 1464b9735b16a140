"""Somebody takes nothing of what is sent to them: they are cut off, and nobody else waits (reliability.md F12)."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from chat import talk
from chat.visitor import Visitor, hash_of
from tests.chat.house import House, open_house
from tickets.live import MOST_BYTES, MOST_FRAMES, SLOW

LARGE = "x" * 50_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


class DeafSocket:
    """The bare minimum of RFC 6455: shakes hands, says one frame, and never reads again."""

    def __init__(self, house: House, token: str) -> None:
        self._house = house
        self._token = token
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    async def opens(self) -> None:
        loop, at = asyncio.get_running_loop(), urlsplit(self._house.url)
        self._socket.setblocking(False)
        await loop.sock_connect(self._socket, (at.hostname, at.port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /chat/v1/socket HTTP/1.1",
            f"Host: {at.netloc}",
            f"Origin: {self._house.url}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        await loop.sock_sendall(self._socket, ("\r\n".join(lines) + "\r\n\r\n").encode())
        await loop.sock_recv(self._socket, 1024)
        hello = json.dumps({"hello": {"token": self._token}}).encode()
        head = bytes([0x81, 0xFE]) + len(hello).to_bytes(2, "big")
        await loop.sock_sendall(self._socket, head + bytes(4) + hello)

    def close(self) -> None:
        self._socket.close()


async def test_who_never_reads_is_cut_off_and_nobody_waits_for_them(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    await line.close()
    sam = await house.desk.read(
        lambda session: session.exec(select(Visitor).where(Visitor.token_hash == hash_of(token))).one()
    )
    priya, other = await house.chat(await house.token())
    deaf = DeafSocket(house, token)
    await deaf.opens()
    try:
        async with asyncio.timeout(30):
            while not (lines := house.lobby.of(sam.id)):  # noqa: ASYNC110  (no event of its own)
                await asyncio.sleep(0.01)
        outbox = lines[0].outbox
        async with asyncio.timeout(30):
            while outbox.code is None:
                house.feed.whisper(f"chat:{ticket}", {"typing": {"name": LARGE, "on": True}})
                assert (len(outbox._frames) <= MOST_FRAMES, outbox._bytes <= MOST_BYTES) == (True, True)
                await asyncio.sleep(0)
        assert (SLOW, 0) == (outbox.code, len(outbox._frames))

        await house.replies(other, "Nobody waits", client_id="a-9")
        while (await priya.until("message"))["message"]["text"] != "Nobody waits":
            pass
        house.lobby.cut_slow()
        async with asyncio.timeout(30):
            while house.lobby.of(sam.id):  # noqa: ASYNC110  (no event of its own)
                await asyncio.sleep(0.01)
        assert outbox not in house.feed.outboxes
    finally:
        deaf.close()


async def test_who_was_cut_off_comes_back_to_the_whole(house: House) -> None:
    """The same frames again would be too much again."""
    token = await house.token()
    line, ticket = await house.chat(token)
    (outbox,) = house.feed.outboxes
    outbox.close(SLOW)
    assert SLOW == await line.closed()
    again = await house.line(token, epoch="e1", cursor=house.feed.cursor, ticket=ticket)
    assert ["Hello?"] == [message["text"] for message in (await again.next())["welcome"]["messages"]]


async def test_a_chat_of_many_long_messages_is_opened_all_the_same(house: House) -> None:
    """By socket and by request. Forty long messages in Chinese used to be more than a line takes at once: whoever had
    written them was told for ever that they did not keep up.
    """
    token = await house.token()
    line, ticket = await house.chat(token)
    sam = await house.desk.read(
        lambda session: session.exec(select(Visitor).where(Visitor.token_hash == hash_of(token))).one()
    )
    for n in range(40):
        await house.replies(ticket, f"{n}" + "长" * 9_990, client_id=f"long-{n}")
    by = f"customer:{sam.customer_id}"
    await house.desk.change(talk.say, visitor_id=sam.id, client_id="c-2", text="最后一句", by=by)
    await line.close()

    again = await house.line(token)
    frame = json.dumps(await again.next(), ensure_ascii=False)
    said = [{"hello": dict[str, str]()}, {"say": {"id": "c-3", "text": "Are you there?"}}]
    answer = await house.http.post(
        "/chat/v1/poll", json={"frames": said, "wait": False}, headers={"Authorization": f"Bearer {token}"}
    )
    frames = answer.json()["frames"]

    for welcome in (json.loads(frame)["welcome"], frames[0]["welcome"]):
        seqs = [message["seq"] for message in welcome["messages"]]
        assert (True, list(range(seqs[0], 43))) == (welcome["older"], seqs), "the newest, without a gap"
        assert len(seqs) > 10
    assert len(frame.encode()) < 0.75 * MOST_BYTES
    assert ["c-3"] == [frame["ack"]["id"] for frame in frames if "ack" in frame]
