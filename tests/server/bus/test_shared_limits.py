"""Who goes from one process to the next is counted as one; and where Redis is away, each process counts alone."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chat.limits import ChatLimits, Limits
from server.bus import redis_bus
from server.bus.redis_bus import RedisBus
from tests.server.ear import two_buses, until
from tests.servers.redis import RedisServer, a_cluster, a_redis
from tickets.email.measure import Measure
from tickets.errors import TooFast
from tickets.limit import Limit
from tickets.lines.live import LinesElsewhere

GRACE, MALLORY = "192.0.2.7", "198.51.100.66"


def limits_of(bus: RedisBus) -> Limits:
    limits = Limits(ChatLimits(connects_per_minute_per_address=5, send_per_10s=5))
    for name, limit, aloud in limits.shared():
        bus.share(name, limit, aloud=aloud)
    return limits


@contextlib.asynccontextmanager
async def two_processes(url: str) -> AsyncIterator[tuple[Limits, Limits]]:
    async with two_buses(url) as (one, two):
        yield limits_of(one), limits_of(two)


def refuses(limits: Limits, network: str) -> bool:
    """Whether one more connection is too much, without counting it."""
    return limits._connect.wait(network) > 0


@pytest.mark.parametrize(
    "limits", [Limits(ChatLimits()), Measure(per_sender_per_hour=1, per_domain_per_hour=1, per_second=1)]
)
def test_there_is_no_limit_that_each_process_counts_alone(limits: Limits | Measure) -> None:
    """It would be as many times as large as there are processes."""
    own = {id(one) for one in vars(limits).values() if isinstance(one, Limit)}
    shared = {name: id(limit) for name, limit, *_ in limits.shared()}

    assert own == set(shared.values())
    assert len(own) == len(shared)


async def test_connections_to_two_processes_are_counted_together() -> None:
    with a_redis() as server:
        async with two_processes(server.url) as (one, two):
            for _ in range(3):
                one.connect(MALLORY)
            for _ in range(2):
                two.connect(MALLORY)

            await until(lambda: refuses(one, MALLORY) and refuses(two, MALLORY))
            for limits in (one, two):
                with pytest.raises(TooFast):
                    limits.connect(MALLORY)
                limits.connect(GRACE)


async def test_a_visitor_whose_tabs_are_in_two_processes_sends_as_one() -> None:
    with a_redis() as server:
        async with two_processes(server.url) as (one, two):
            for _ in range(4):
                one.send(91, GRACE)
            await until(lambda: server.ask("DBSIZE") == 3)
            two.send(91, GRACE)

            await until(lambda: two._send_10s.wait("91") > 0)
            with pytest.raises(TooFast):
                two.send(91, GRACE)


async def test_a_process_that_comes_later_learns_what_was_counted() -> None:
    with a_redis() as server:
        async with two_processes(server.url) as (one, _):
            for _ in range(5):
                one.connect(MALLORY)
            await until(lambda: server.ask("DBSIZE") == 1)
        async with two_processes(server.url) as (late, _):
            late.connect(MALLORY)  # the first is taken at its word

            await until(lambda: refuses(late, MALLORY))


async def test_without_redis_each_process_counts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open for those who chat: nobody is refused because Redis is away."""
    monkeypatch.setattr(redis_bus, "PAUSES", (0.02, 0.1))
    with a_redis() as server:
        async with two_buses(server.url) as (bus, other):
            one, two = limits_of(bus), limits_of(other)
            server.kill()
            await until(lambda: not bus.connected and not other.connected)
            for limits in (one, two):
                for _ in range(5):
                    limits.connect(MALLORY)
                with pytest.raises(TooFast):
                    limits.connect(MALLORY)


async def test_a_cluster_counts_where_the_keys_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bus, "PROBE", 0.1)
    with a_cluster() as nodes:
        await until(lambda: all(b"cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes))
        for node in nodes:
            async with two_processes(f"redis+cluster://127.0.0.1:{node.port}") as (one, _):
                await _counted(nodes, one)


async def _counted(nodes: list[RedisServer], limits: Limits) -> None:
    """The first count of all finds out where its key lives, and is not told again: the next one is."""
    before = sum(node.ask("DBSIZE") for node in nodes)

    def one_more() -> bool:
        limits.arrive(f"192.0.2.{next(_hosts)}")
        return bool(sum(node.ask("DBSIZE") for node in nodes) > before)

    await until(one_more)


_hosts = iter(range(10_000))


async def test_redis_learns_no_address_and_no_name() -> None:
    with a_redis() as server:
        async with two_processes(server.url) as (one, _):
            one.connect(MALLORY)
            one.wrote(MALLORY, "mallory@mail.example")
            await until(lambda: server.ask("DBSIZE") == 3)

            kept = b" ".join(server.ask("KEYS", "*"))
            assert MALLORY.encode() not in kept
            assert b"mallory" not in kept


async def test_a_sender_who_goes_from_one_process_to_the_other_is_counted_as_one() -> None:
    """By themselves, and with all of their domain; and nobody else waits for them."""
    with a_redis() as server:
        async with two_buses(server.url) as buses:
            one, two = measures = [Measure(per_sender_per_hour=4, per_domain_per_hour=6, per_second=100) for _ in buses]
            for bus, measure in zip(buses, measures, strict=True):
                for name, limit in measure.shared():
                    bus.share(name, limit, aloud=True)
            for measure in (one, one, two, two):
                measure.count("mallory@mail.example")
            await until(lambda: one.wait("mallory@mail.example") and two.wait("mallory@mail.example"))
            assert 0 == one.wait("sam@mail.example")
            one.count("sam@mail.example")
            two.count("priya@mail.example")
            await until(lambda: one.wait("grace@mail.example") and two.wait("grace@mail.example"))
            assert 0 == two.wait("grace@shop.example")


async def test_lines_that_one_person_has_at_two_processes_are_counted_together() -> None:
    """The one that is too many is closed a moment later."""
    with a_redis() as server:
        async with two_buses(server.url) as buses:
            one, two = (Office(bus) for bus in buses)
            for _ in range(3):
                one.opens(SAM, most=3)
            await until(lambda: two.heard == 3)
            two.opens(SAM, most=3)
            await until(lambda: two.told)
            assert ([], [SAM]) == (one.told, two.told)

            two.opens(PRIYA, most=2)
            await until(lambda: one.heard == 2)  # that two opens for Sam, and now for Priya
            one.opens(PRIYA, most=2)
            one.opens(PRIYA, most=2)
            await until(lambda: one.told)
            assert ([PRIYA], [SAM]) == (one.told, two.told)


async def test_of_lines_opened_in_the_same_instant_the_newer_one_stays() -> None:
    """Both used to be closed: whoever came back at another process, for a moment, was shut out by themselves."""
    with a_redis() as server:
        async with two_buses(server.url) as buses:
            one, two = (Office(bus) for bus in buses)
            one.opens(SAM, most=1)
            two.opens(SAM, most=1)
            await until(lambda: one.told and one.heard and two.heard)
            one.opens(PRIYA, most=1)
            await until(lambda: two.heard == 2)  # all that one had to say of Sam is said
            assert ([SAM], []) == (one.told, two.told)


async def test_without_redis_each_process_counts_its_own_lines() -> None:
    with a_redis() as server:
        async with two_buses(server.url) as buses:
            one, two = (Office(bus) for bus in buses)
            server.kill()
            await until(lambda: not one.bus.connected and not two.bus.connected)
            one.opens(SAM, most=1)
            two.opens(SAM, most=1)
            assert ([], []) == (one.told, two.told)


SAM, PRIYA = 1, 2


class Office:
    """One process's lines, by their numbers only."""

    def __init__(self, bus: RedisBus) -> None:
        self.bus = bus
        self.told: list[int] = []
        self._open: Counter[int] = Counter()
        self.heard = 0  # whispers of the other one
        self._lines = LinesElsewhere("people", bus.whisper, lambda holder: self._open[holder])
        bus.listen(rung=lambda: None, whispered=self._hear)

    def opens(self, holder: int, *, most: int) -> None:
        self._open[holder] += 1
        self._lines.opened(holder, most=most, too_many=lambda: self._close(holder))

    def _close(self, holder: int) -> None:
        self._open[holder] -= 1
        self.told.append(holder)

    def _hear(self, topic: str, whisper: dict[str, Any]) -> None:
        self.heard += whisper["by"] != self._lines.process
        self._lines.hear(topic, whisper)
