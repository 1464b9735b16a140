"""Pairs of a visitor and an agent: each visitor sends as soon as what it sent has arrived with the agent."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import picows

from tests.bench.process import cpu_seconds

TEXT = "您好，我的订单一直没有发货，可以帮我看一下吗？ Where is my order? "  # 120 bytes with its mark
_MARK = re.compile(rb"mark(\d+)of(\d+)mark")  # the message's own, and its pair's: a list shows other pairs' words too
_ACK = b'"ack"'


@dataclass(frozen=True)
class Line:
    """Where to connect, and what to say first."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hello: str = ""
    ready: str = ""  # a word of the frame that answers the hello


@dataclass(frozen=True)
class Figures:
    """Of one measurement; times in milliseconds, from the visitor's send."""

    per_second: float
    per_cpu_second: float  # of the server
    p50: float
    p99: float
    ack_p99: float
    server_cpu: float  # cores
    load_cpu: float
    lost: int


class _Tally:
    """What is under way, and what has arrived."""

    def __init__(self) -> None:
        self.sent: dict[int, list[float]] = {}  # mark -> [sent at, places still to arrive]
        self.arrivals: list[float] = []
        self.acks: list[float] = []
        self.counting = False
        self.stopping = False
        self.marks = count()


class _Person(picows.WSListener):
    def __init__(self, line: Line, tally: _Tally, pair: int) -> None:
        self.pair = pair
        self.ready = asyncio.get_running_loop().create_future()
        self.line = line
        self._tally = tally

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        if self.line.hello:
            transport.send(picows.WSMsgType.TEXT, self.line.hello.encode())
        else:
            self.ready.set_result(None)

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        payload = bytes(frame.get_payload_as_memoryview())
        if frame.msg_type != picows.WSMsgType.TEXT:
            return
        if not self.ready.done() and f'"{self.line.ready}"'.encode() in payload:
            self.ready.set_result(None)
        self.hear(payload)

    def hear(self, payload: bytes) -> None:
        """A frame has come."""

    def arrived(self, mark: int, into: list[float]) -> float | None:
        """Note one arrival of a message; when both have come, when it was sent."""
        entry = self._tally.sent.get(mark)
        if entry is None:
            return None
        if self._tally.counting:
            into.append(time.perf_counter() - entry[0])
        entry[1] -= 1
        if entry[1] == 0:
            del self._tally.sent[mark]
        return entry[1]


Someone = TypeVar("Someone", bound=_Person)


class Visitor(_Person):
    def say(self) -> None:
        mark = next(self._tally.marks)
        self._tally.sent[mark] = [time.perf_counter(), 2]
        named = f"mark{mark}of{self.pair}mark"
        frame = f'{{"say":{{"id":"{named}","text":"{TEXT} {named}"}}}}'
        self.transport.send(picows.WSMsgType.TEXT, frame.encode())

    def hear(self, payload: bytes) -> None:
        if _ACK in payload[:8]:
            found = _MARK.search(payload)
            if found:
                self.go_on(self.arrived(int(found[1]), self._tally.acks))

    def go_on(self, left: float | None) -> None:
        if left == 0 and not self._tally.stopping:
            self.say()


class Agent(_Person):
    visitor: Visitor

    def __init__(self, line: Line, tally: _Tally, pair: int) -> None:
        super().__init__(line, tally, pair)
        self._seen = -1

    def hear(self, payload: bytes) -> None:
        for mark in sorted({int(mark) for mark, pair in _MARK.findall(payload) if int(pair) == self.pair}):
            if mark > self._seen:  # a message may be shown in several places of one screen
                self._seen = mark
                self.visitor.go_on(self.arrived(mark, self._tally.arrivals))


async def measure(
    pairs: Sequence[tuple[Line, Line]], *, server: int, window: int, seconds: float, warm_up: float = 1.0
) -> Figures:
    """Connect all pairs, keep `window` messages of each under way, and count for `seconds`."""
    tally = _Tally()
    agents, visitors = await _connect(pairs, tally)
    for visitor in visitors:
        for _ in range(window):
            visitor.say()
    await asyncio.sleep(warm_up)
    tally.counting, wall, own, cpu = True, time.perf_counter(), time.process_time(), cpu_seconds(server)
    await asyncio.sleep(seconds)
    tally.counting, wall = False, time.perf_counter() - wall
    own, cpu = time.process_time() - own, cpu_seconds(server) - cpu
    tally.stopping = True
    async with asyncio.timeout(30):
        for _ in range(500):
            if not tally.sent:
                break
            await asyncio.sleep(0.02)
    for person in (*visitors, *agents):
        person.transport.disconnect()
    return _figures(tally, wall, own, cpu)


async def _connect(pairs: Sequence[tuple[Line, Line]], tally: _Tally) -> tuple[list[Agent], list[Visitor]]:
    agents, visitors = [], []
    for number, (ours, theirs) in enumerate(pairs):
        agents.append(await _on_line(Agent(theirs, tally, number)))
        visitors.append(await _on_line(Visitor(ours, tally, number)))
        agents[-1].visitor = visitors[-1]
    return agents, visitors


async def _on_line(person: Someone) -> Someone:
    await picows.ws_connect(lambda: person, person.line.url, extra_headers=dict(person.line.headers))
    async with asyncio.timeout(20):
        await person.ready
    return person


def _figures(tally: _Tally, wall: float, own: float, cpu: float) -> Figures:
    done = len(tally.arrivals)
    return Figures(
        per_second=done / wall,
        per_cpu_second=done / cpu,
        p50=_quantile(tally.arrivals, 0.5),
        p99=_quantile(tally.arrivals, 0.99),
        ack_p99=_quantile(tally.acks, 0.99),
        server_cpu=cpu / wall,
        load_cpu=own / wall,
        lost=len(tally.sent),
    )


def _quantile(times: list[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000 if ordered else float("nan")
