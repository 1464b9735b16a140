"""Visitors who write and consoles that watch: each visitor sends when what it sent has arrived, or by a timetable."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import picows

from tests.bench.process import cpu_seconds

TEXT = "您好，我的订单一直没有发货，可以帮我看一下吗？ Where is my order? "  # 120 bytes with its mark
PATIENCE = 30  # seconds for what is under way at the end
_MARK = re.compile(rb"mark(\d+)of(\d+)mark")  # the message's own, and its group's: a list shows other groups' words too
_ACK = b'"ack"'
_MEASUREMENTS = count()  # what an earlier one said stands in lists still, and must not pass for a word of this one


@dataclass(frozen=True)
class Line:
    """Where to connect, and what to say first."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hello: str = ""
    ready: str = ""  # a word of the frame that answers the hello


Group = tuple[Line, Sequence[Line]]  # a visitor, and the consoles that watch


@dataclass(frozen=True)
class Figures:
    """Of one measurement; times in milliseconds, from the visitor's send or from when it should have been."""

    per_second: float  # arrivals at consoles
    per_cpu_second: float  # of the server
    p50: float
    p99: float
    ack_p99: float
    server_cpu: float  # cores
    load_cpu: float
    late_p99: float  # how late the load itself was
    lost: int
    arrivals: Sequence[float]  # seconds, of each message at each console


class _Tally:
    """What is under way, and what has arrived."""

    def __init__(self) -> None:
        self.sent: dict[int, list[float]] = {}  # mark -> [sent at, places still to arrive]
        self.arrivals: list[float] = []
        self.acks: list[float] = []
        self.late: list[float] = []
        self.counting = False
        self.stopping = False
        self.marks = count(next(_MEASUREMENTS) * 1_000_000)


class _Person(picows.WSListener):
    def __init__(self, line: Line, tally: _Tally, group: int) -> None:
        self.group = group
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
        """Note one arrival of a message; how many are still to come."""
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
    places = 2  # where each message arrives: here, acknowledged, and at each console
    goes_on = True  # says the next as soon as one has arrived everywhere

    def say(self, at: float | None = None) -> None:
        mark = next(self._tally.marks)
        self._tally.sent[mark] = [at or time.perf_counter(), self.places]
        named = f"mark{mark}of{self.group}mark"
        frame = f'{{"say":{{"id":"{named}","text":"{TEXT} {named}"}}}}'
        self.transport.send(picows.WSMsgType.TEXT, frame.encode())

    def hear(self, payload: bytes) -> None:
        if _ACK in payload[:8]:
            found = _MARK.search(payload)
            if found:
                self.go_on(self.arrived(int(found[1]), self._tally.acks))

    def go_on(self, left: float | None) -> None:
        if left == 0 and self.goes_on and not self._tally.stopping:
            self.say()


class Console(_Person):
    """Watches this visitor's ticket; what an earlier one said in its group may come before anybody is greeted."""

    def __init__(self, line: Line, tally: _Tally, visitor: Visitor) -> None:
        super().__init__(line, tally, visitor.group)
        self.visitor = visitor
        self._seen: set[int] = set()

    def hear(self, payload: bytes) -> None:
        """A message is shown in several places of one screen, and the list may show a newer one than the ticket."""
        for mark in sorted({int(mark) for mark, group in _MARK.findall(payload) if int(group) == self.group}):
            if mark not in self._seen:
                self._seen.add(mark)
                self.visitor.go_on(self.arrived(mark, self._tally.arrivals))


async def measure(
    groups: Sequence[Group], *, server: int, window: int = 1, rate: float = 0, seconds: float, warm_up: float = 1.0
) -> Figures:
    """Connect everyone, and count for `seconds`.

    Closed loop: each visitor keeps `window` messages under way. With a `rate`: so many messages a second by a
    timetable, and times count from when a message should have been sent, so that a stall cannot hide.
    """
    tally = _Tally()
    visitors, consoles = await _connect(groups, tally)
    sending = asyncio.create_task(_by_timetable(visitors, tally, rate)) if rate else None
    for visitor in visitors if not rate else ():
        for _ in range(window):
            visitor.say()
    await asyncio.sleep(warm_up)
    tally.counting, wall, own, cpu = True, time.perf_counter(), time.process_time(), cpu_seconds(server)
    await asyncio.sleep(seconds)
    tally.counting, wall = False, time.perf_counter() - wall
    own, cpu = time.process_time() - own, cpu_seconds(server) - cpu
    tally.stopping = True
    await _landed(tally)
    if sending is not None:
        await sending
    for person in (*visitors, *consoles):
        person.transport.disconnect()
    return _figures(tally, wall, own, cpu)


async def _by_timetable(visitors: Sequence[Visitor], tally: _Tally, rate: float) -> None:
    """On a grid of a millisecond: message n is due at the first point that is not before n / rate."""
    start, number = time.perf_counter(), 0
    for visitor in visitors:
        visitor.goes_on = False
    while not tally.stopping:
        tick = int((time.perf_counter() - start) * 1000)
        while number * 1000 / rate <= tick:
            due = start + math.ceil(number * 1000 / rate) / 1000
            if tally.counting:
                tally.late.append(time.perf_counter() - due)
            visitors[number % len(visitors)].say(due)
            number += 1
        await asyncio.sleep(max(0.0, start + (tick + 1) / 1000 - time.perf_counter()))


async def _landed(tally: _Tally) -> None:
    for _ in range(PATIENCE * 50):
        if not tally.sent:
            break
        await asyncio.sleep(0.02)


async def _connect(groups: Sequence[Group], tally: _Tally) -> tuple[list[Visitor], list[Console]]:
    visitors: list[Visitor] = []
    consoles: list[Console] = []
    for number, (line, watching) in enumerate(groups):
        visitor = Visitor(line, tally, number)
        visitor.places = 1 + len(watching)
        consoles += [await on_line(Console(other, tally, visitor)) for other in watching]
        visitors.append(await on_line(visitor))
    return visitors, consoles


async def on_line(person: Someone) -> Someone:
    """Connected, and greeted."""
    await picows.ws_connect(lambda: person, person.line.url, extra_headers=dict(person.line.headers))
    async with asyncio.timeout(PATIENCE):
        await person.ready
    return person


def _figures(tally: _Tally, wall: float, own: float, cpu: float) -> Figures:
    done = len(tally.arrivals)
    return Figures(
        per_second=done / wall,
        per_cpu_second=done / cpu,
        p50=quantile(tally.arrivals, 0.5),
        p99=quantile(tally.arrivals, 0.99),
        ack_p99=quantile(tally.acks, 0.99),
        server_cpu=cpu / wall,
        load_cpu=own / wall,
        late_p99=quantile(tally.late, 0.99),
        lost=len(tally.sent),
        arrivals=tally.arrivals,
    )


def quantile(times: Sequence[float], part: float) -> float:
    """In milliseconds, of times in seconds; 0 where there are none."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000 if ordered else 0.0
