"""A visitor's message, acknowledged once committed, on the agent's screen: as many as go, or at a steady rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvloop

from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import a_desk, bare_crowd, bare_pairs, bare_server, desk_pairs
from tests.bench.load import Figures, Group, measure
from tests.bench.process import on_core
from tests.running import RunningDesk

WANTED = 3_000  # messages per CPU second (issue 4)
TIMES_THE_LIMIT = 3  # p99 beside the bare limit's, at the same rate
FAN_OUT = 40_000  # deliveries per CPU second
ONCE = 15.0  # seconds at that rate before the first round, for both: what a server does but once after its start


@dataclass
class Rivals:
    """Both servers, open side by side on one core; the load has the other."""

    desk: RunningDesk
    bare_url: str
    bare_pid: int
    told: Told

    def bare(self) -> Figures:
        return self._measured("bare", bare_pairs(self.bare_url, self.told.pairs), self.bare_pid)

    def product(self, *, view: str | None = None) -> Figures:
        name = "desk" if view is None else "desk, list open"
        return self._measured(name, desk_pairs(self.desk, self.told.pairs, view=view), self.desk.pid)

    def bare_at(self, rate: float, *, seconds: float, kind: str = "bare") -> Figures:
        pairs = bare_pairs(self.bare_url, self.told.pairs)
        return self._measured(kind, pairs, self.bare_pid, rate=rate, seconds=seconds)

    def product_at(self, rate: float, *, seconds: float, kind: str = "desk") -> Figures:
        pairs = desk_pairs(self.desk, self.told.pairs)
        return self._measured(kind, pairs, self.desk.pid, rate=rate, seconds=seconds)

    def bare_crowd(self) -> Figures:
        return self._in_turn("bare, crowd", bare_crowd(self.bare_url, self.told.consoles), self.bare_pid)

    def crowd(self) -> Figures:
        return self._in_turn("crowd", desk_pairs(self.desk, 1, consoles=self.told.consoles), self.desk.pid)

    def _in_turn(self, kind: str, groups: Sequence[Group], pid: int) -> Figures:
        return measured(kind, groups, pid, window=1, seconds=self.told.seconds)

    def _measured(
        self, kind: str, groups: Sequence[Group], pid: int, *, rate: float = 0, seconds: float | None = None
    ) -> Figures:
        told = self.told
        return measured(kind, groups, pid, window=told.window, rate=rate, seconds=seconds or told.seconds)


def chat(told: Told) -> Iterable[Finding]:
    """As many as go: each visitor keeps some messages under way. Bare, desk, bare, desk …"""
    with rivals(told) as both:
        rounds = [(both.bare(), both.product(), both.product(view="open")) for _ in range(told.rounds)]
    bare, desk, listed = ([one.per_cpu_second for one in column] for column in zip(*rounds, strict=True))
    yield middle("chat, bare limit", bare, "messages per CPU second")
    yield middle("chat, visitor to agent, every reaction and the log", desk, "messages per CPU second", goal=WANTED)
    yield middle("the same, with the list of tickets open beside it", listed, "messages per CPU second")
    yield middle("chat, share of the bare limit", [ours / limit for ours, limit in zip(desk, bare, strict=True)], "")
    yield middle("chat, in a second of the clock", [one.per_second for _, one, _ in rounds], "messages")


def latency(told: Told) -> Iterable[Finding]:
    """At steady rates, from when each message should have been sent."""
    with rivals(told) as both:
        both.bare_at(max(told.rates), seconds=ONCE, kind="not counted")
        both.product_at(max(told.rates), seconds=ONCE, kind="not counted")
        for rate in told.rates:
            seconds = max(told.seconds, told.counted / rate)
            rounds = [
                (both.bare_at(rate, seconds=seconds), both.product_at(rate, seconds=seconds))
                for _ in range(max(told.rounds, 3))
            ]
            yield from _beside(rate, [bare for bare, _ in rounds], [desk for _, desk in rounds])


def _beside(rate: int, bare: Sequence[Figures], desk: Sequence[Figures]) -> Iterator[Finding]:
    for who, rounds in ("bare limit", bare), ("desk", desk):
        yield middle(f"at {rate} a second, {who}, half arrive within", [one.p50 for one in rounds], "ms")
        yield middle(f"at {rate} a second, {who}, 99 of 100 within", [one.p99 for one in rounds], "ms")
    times = [ours.p99 / limit.p99 for limit, ours in zip(bare, desk, strict=True)]
    name = f"at {rate} a second, 99 of 100: times the bare limit's"
    yield middle(name, times, "", goal=TIMES_THE_LIMIT, at_most=True)


def fan_out(told: Told) -> Iterable[Finding]:
    """One busy ticket on many screens; the next message comes when the last has reached them all."""
    with rivals(told) as both:
        rounds = [(both.bare_crowd(), both.crowd()) for _ in range(told.rounds)]
    bare, desk = ([one.per_cpu_second for one in column] for column in zip(*rounds, strict=True))
    name = f"one ticket watched by {told.consoles} consoles"
    yield middle(f"{name}, bare limit", bare, "deliveries per CPU second")
    yield middle(name, desk, "deliveries per CPU second", goal=FAN_OUT)


@contextmanager
def rivals(told: Told, **settings: str) -> Iterator[Rivals]:
    desk = a_desk(told.folder / "desk", **settings)
    with on_core(0):
        desk.start()
    try:
        with bare_server(told.folder / "bare") as (url, pid), on_core(-1):
            yield Rivals(desk, url, pid, told)
    finally:
        desk.stop()


def measured(kind: str, groups: Sequence[Group], pid: int, *, window: int, seconds: float, rate: float = 0) -> Figures:
    found = uvloop.run(measure(groups, server=pid, window=window, seconds=seconds, rate=rate))
    at = f"p50 {found.p50:5.1f} p99 {found.p99:6.1f} ms" + (f", load late {found.late_p99:.1f} ms" if rate else "")
    print(f"  {kind:16s} {found.per_second:7.0f}/s {found.per_cpu_second:7.0f} per CPU second, {at}", flush=True)
    if found.lost:
        raise SystemExit(f"{kind}: {found.lost} messages were never acknowledged or never arrived")
    return found
