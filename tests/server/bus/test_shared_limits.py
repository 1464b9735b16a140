"""Who goes from one process to the next is counted as one; and where Redis is away, each process counts alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from chat.limits import ChatLimits, Limits
from server.bus import redis_bus
from server.bus.redis_bus import RedisBus
from tests.server.ear import two_buses, until
from tests.servers.redis import RedisServer, a_cluster, a_redis
from tickets.errors import TooFast

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
