"""Redis may die, stop, forget or swallow: what is said meanwhile is lost for others, and then all is as before."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from server.bus import redis_bus, redis_line
from server.bus.redis_bus import MOST_WHISPERS, RedisBus
from server.bus.redis_url import RedisAddress
from tests.server.ear import Ear, a_bus, two_buses, until
from tests.servers.redis import Pipe, RedisServer, a_cluster, a_redis, a_watched_redis

FOUND_WITHIN = 27.0  # seconds, for a line that is open and carries nothing (reliability.md F7)
FOUND_AFTER = redis_bus.DEAF + redis_bus.PAUSES[1] + redis_line.OPENS_WITHIN  # as long as it takes, at the very most


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with a_redis() as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order of things, in a tenth of the time."""
    monkeypatch.setattr(redis_bus, "PROBE", 0.1)
    monkeypatch.setattr(redis_bus, "DEAF", 0.6)
    monkeypatch.setattr(redis_bus, "PAUSES", (0.02, 0.1))


async def both_hear(one: RedisBus, two: RedisBus) -> None:
    """Rings and whispers, there and back; what was said while a line broke may be lost, and is said again."""

    for here, ear in ((one, Ear(two)), (two, Ear(one))):
        await until(partial(_heard, here, ear))


def _heard(here: RedisBus, ear: Ear) -> bool:
    here.ring()
    here.whisper("ticket:42", {"typing": True})
    return bool(ear.rings and ear.whispers)


async def test_a_redis_that_dies_is_missed_by_nobody_here_and_found_again(redis: RedisServer) -> None:
    async with two_buses(redis.url) as (one, two):
        ear = Ear(one)
        redis.kill()
        await until(lambda: not one.connected and not two.connected)

        one.ring()
        one.whisper("ticket:42", {"typing": True})
        assert (1, 1) == (ear.rings, len(ear.whispers))

        redis.start()
        await until(lambda: one.connected and two.connected)
        await both_hear(one, two)
        assert one.reconnects
        assert two.reconnects


async def test_what_was_rung_meanwhile_is_looked_at_when_the_line_is_back(redis: RedisServer) -> None:
    """Not at the next glance, and not only by whoever rings next."""
    async with two_buses(redis.url) as (one, two):
        redis.kill()
        await until(lambda: not one.connected and not two.connected)
        ear = Ear(two)
        one.ring()
        redis.start()

        await ear.hears(rings=1)


async def test_a_redis_that_stands_still_keeps_nobody_waiting(redis: RedisServer) -> None:
    """SIGSTOP: its lines stay open, and new ones are even taken by the kernel."""
    async with two_buses(redis.url) as (one, two):
        redis.pause()
        try:
            await until(lambda: not one.connected)
            for n in range(2 * MOST_WHISPERS):
                one.whisper("ticket:42", {"n": n})
                one.ring()
            assert MOST_WHISPERS <= one.dropped < 2 * MOST_WHISPERS
        finally:
            redis.resume()
        await until(lambda: one.connected and two.connected)
        await both_hear(one, two)


async def test_a_subscription_that_is_silently_dead_is_found(redis: RedisServer) -> None:
    """F7: something in between keeps the lines open and lets nothing through."""
    async with Pipe(redis).running() as pipe, two_buses(pipe.url, redis.url) as (one, two):
        pipe.swallow()
        await until(lambda: not one.connected)

        await until(lambda: one.connected)
        await both_hear(one, two)
    assert FOUND_AFTER <= FOUND_WITHIN


async def test_a_redis_that_forgets_everything_is_no_trouble(redis: RedisServer) -> None:
    async with two_buses(redis.url) as (one, two):
        redis.flush()
        redis.ask("CLIENT", "KILL", "TYPE", "pubsub")
        await both_hear(one, two)


async def test_two_desks_on_one_redis_do_not_hear_each_other(redis: RedisServer) -> None:
    async with two_buses(redis.url) as (one, two), a_bus(redis.url, "x", secret=b"of another desk").running() as other:
        await until(lambda: other.connected)
        stranger, ear = Ear(other), Ear(two)
        one.ring()
        one.whisper("ticket:42", {"typing": True})
        await ear.hears(rings=1, whispers=1)
        other.whisper("ticket:1", {"theirs": True})

        await both_hear(one, two)
        assert [("ticket:1", {"theirs": True})] == stranger.whispers


async def test_what_nobody_of_us_said_is_not_heard(redis: RedisServer) -> None:
    async with two_buses(redis.url) as (one, two):
        ear = Ear(two)
        (channel,) = redis.ask("PUBSUB", "CHANNELS")
        for said in ("", "{}", '{"by": 7}', '{"by": "x", "whispers": [["a"]]}', b"\xff\0"):
            redis.ask("PUBLISH", channel, said)

        one.whisper("ticket:42", {"typing": True})
        await ear.hears(whispers=1)
        assert [("ticket:42", {"typing": True})] == ear.whispers


async def test_an_old_whisper_is_not_told(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who stopped typing long ago does not begin again when Redis is back."""
    monkeypatch.setattr(redis_bus, "STALE", 0.0)
    async with two_buses(redis.url) as (one, two):
        ear = Ear(two)
        one.whisper("ticket:42", {"typing": True})
        one.ring()
        await ear.hears(rings=1)

        assert ([], 1) == (ear.whispers, one.dropped)


async def test_the_master_is_found_by_its_sentinels_and_so_is_the_next() -> None:
    with a_watched_redis() as (master, replica, sentinel):
        await until(lambda: "'master_link_status': 'up'" in _info(replica))
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel.port}/desk"
        async with two_buses(url) as (one, two):
            await both_hear(one, two)
            await until(lambda: "'slaves': 1" in _info(sentinel))
            master.kill()

            await until(lambda: "'role': 'master'" in _info(replica))
            await until(lambda: one.connected and two.connected)
            await both_hear(one, two)


async def test_any_node_of_a_cluster_carries_it_and_another_takes_over() -> None:
    with a_cluster() as nodes:
        await until(lambda: all(b"cluster_known_nodes:3" in node.ask("CLUSTER", "INFO") for node in nodes))
        hosts = [f"127.0.0.1:{node.port}" for node in nodes]
        async with two_buses(f"redis+cluster://{','.join(hosts)}", f"redis+cluster://{','.join(reversed(hosts))}") as (
            one,
            two,
        ):
            await both_hear(one, two)
            nodes[0].kill()
            await both_hear(one, two)


def _info(server: RedisServer) -> str:
    return str(server.ask("INFO"))


@pytest.mark.parametrize(("name", "options"), [("IP:127.0.0.1", ""), ("DNS:redis", "&check_hostname=no")])
async def test_it_is_heard_over_tls(redis: RedisServer, tmp_path: Path, name: str, options: str) -> None:
    """Where its certificate is one that we trust, and says so of this host; or of another, where that is allowed."""
    certificate = _certificate(tmp_path, name)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, tmp_path / "key.pem")
    async with Pipe(redis, tls=tls).running() as pipe:
        with pytest.raises(redis_line.LINE_ERRORS, match=r"(?i)certificate"):
            await redis_line.open_line(RedisAddress.parse(pipe.url))
        if options:
            with pytest.raises(redis_line.LINE_ERRORS, match=r"(?i)certificate"):
                await redis_line.open_line(RedisAddress.parse(f"{pipe.url}?ca={certificate}"))
        async with two_buses(f"{pipe.url}/0?ca={certificate}{options}") as (one, two):
            await both_hear(one, two)


def _certificate(folder: Path, name: str) -> Path:
    """For a host of this name; its key lies beside it."""
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=redis", "-addext", f"subjectAltName={name}"]
    made = folder / "certificate.pem"
    subprocess.run([*words, "-keyout", folder / "key.pem", "-out", made], check=True, capture_output=True)
    return made


@pytest.mark.parametrize("state", [RedisServer.flush, RedisServer.pause, RedisServer.kill])
async def test_a_bus_ends_whatever_redis_does(state: Callable[[RedisServer], object]) -> None:
    with a_redis() as redis:
        async with asyncio.timeout(30), a_bus(redis.url, "one").running() as bus:
            await until(lambda: bus.connected)
            state(redis)
