"""What an open visitor's socket holds in memory while nothing is said on it."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing

import picows
import uvloop

from chat.visitor import hash_of
from tests.bench.findings import Finding, Told
from tests.bench.houses import SITE, a_desk
from tests.bench.load import Line
from tests.bench.process import megabytes, on_core
from tests.running import RunningDesk

MOST = 52  # KiB each (issue 4)
AT_ONCE = 20  # that knock at the same time
MANY = str(10**9)
_DAY = 24 * 3600 * 1_000_000


def sockets(told: Told) -> Iterable[Finding]:
    """Connected, greeted, quiet: one socket a visitor, all session state included."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # and so for the desk, which inherits it
    try:
        yield Finding(f"{told.sockets:,} idle visitors, each", _each(told), "KiB", goal=MOST, at_most=True)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))


def _each(told: Told) -> float:
    desk = a_desk(told.folder / "sockets", FRONTDESK_CHAT_CONNECTS_PER_MINUTE_PER_ADDRESS=MANY)
    desk.start()
    desk.stop()
    tokens = _visitors(desk, told.sockets)
    with on_core(0):
        desk.start()
    try:
        with on_core(-1):
            return uvloop.run(_grown(desk, tokens)) * 1024 / told.sockets
    finally:
        desk.stop()


def _visitors(desk: RunningDesk, count: int) -> Sequence[str]:
    """Written down at once, as if each had come by before; returns their tokens."""
    tokens = [f"idle-visitor-{n}" for n in range(count)]
    now = int(time.time() * 1_000_000)
    with closing(sqlite3.connect(desk.database)) as database, database:
        (site,) = database.execute("select id from site where key = ?", [SITE]).fetchone()
        columns = (
            "id, site_id, token_hash, token_expires, over, language, name, email, page_url, page_title, user_agent"
        )
        database.executemany(
            f"insert into visitor ({columns}, created_at, seen_at, connected)"
            " values (?, ?, ?, ?, 0, 'en', '', '', '', '', '', ?, ?, 0)",
            [(10**9 + n, site, hash_of(token), now + _DAY, now, now) for n, token in enumerate(tokens)],
        )
    return tokens


async def _grown(desk: RunningDesk, tokens: Sequence[str]) -> float:
    """Megabytes that the desk has grown by, once all are greeted; the first few warm it up and are not counted."""
    room, warm = asyncio.Semaphore(AT_ONCE), tokens[:AT_ONCE]
    first = await asyncio.gather(*(_knock(desk, token, room) for token in warm))
    for transport in first:
        transport.disconnect()
    await asyncio.sleep(2)
    before, began = megabytes(desk.pid), time.perf_counter()
    here = await asyncio.gather(*(_knock(desk, token, room) for token in tokens))
    took = time.perf_counter() - began
    await asyncio.sleep(3)
    grown = megabytes(desk.pid) - before
    print(f"  {len(here):,} visitors greeted in {took:.0f} s; {grown:.0f} MB more", flush=True)
    for transport in here:
        transport.disconnect()
    return grown


class _Idle(picows.WSListener):
    def __init__(self, line: Line) -> None:
        self._line = line
        self.ready = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        transport.send(picows.WSMsgType.TEXT, self._line.hello.encode())

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT and not self.ready.done():
            self.ready.set_result(None)


async def _knock(desk: RunningDesk, token: str, room: asyncio.Semaphore) -> picows.WSTransport:
    hello = json.dumps({"hello": {"token": token}})
    line = Line(f"{desk.url.replace('http', 'ws', 1)}/chat/v1/socket", {"Origin": desk.url}, hello)
    async with room, asyncio.timeout(60):
        idle = _Idle(line)
        transport, _ = await picows.ws_connect(lambda: idle, line.url, extra_headers=dict(line.headers))
        await idle.ready
    return transport
