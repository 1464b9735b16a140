"""What `bus.url` may say, and that it is not said to anybody with its password."""

from __future__ import annotations

import pytest

from server.bus.redis_url import Kind, RedisAddress


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://cache", RedisAddress(Kind.SERVER, (("cache", 6379),))),
        (
            "redis://:s%40cret@cache:7000/2",
            RedisAddress(Kind.SERVER, (("cache", 7000),), database=2, password="s@cret"),
        ),
        (
            "rediss://desk:pw@cache?ca=/etc/ca.pem&check_hostname=no",
            RedisAddress(
                Kind.SERVER,
                (("cache", 6379),),
                username="desk",
                password="pw",
                tls=True,
                ca="/etc/ca.pem",
                check_hostname=False,
            ),
        ),
        (
            "redis+sentinel://:pw@one,two:26380/desk/3?sentinel_password=watch",
            RedisAddress(
                Kind.SENTINEL,
                (("one", 26379), ("two", 26380)),
                master="desk",
                database=3,
                password="pw",
                sentinel_password="watch",
            ),
        ),
        (
            "rediss+cluster://one:7001,[::1]:7002",
            RedisAddress(Kind.CLUSTER, (("one", 7001), ("::1", 7002)), tls=True),
        ),
        ("unix:///run/redis.sock", RedisAddress(Kind.SOCKET, path="/run/redis.sock")),
    ],
)
def test_every_form_is_understood(url: str, expected: RedisAddress) -> None:
    assert expected == RedisAddress.parse(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "must look like redis://host:6379"),
        ("http://cache", "must look like"),
        ("redis:cache", "must look like"),
        ("redis://", "must look like"),
        ("redis://cache:port", "must look like"),
        ("redis://cache/first", "must end in the number of a database"),
        ("redis+sentinel://one,two", "must name the server that its Sentinels watch"),
        ("redis://cache?timeout=5", "but not timeout"),
    ],
)
def test_what_is_no_address_is_said(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        RedisAddress.parse(url)


def test_people_are_shown_it_without_its_password() -> None:
    told = RedisAddress.parse("rediss+sentinel://desk:s3cret@one,two/desk?sentinel_password=t0p").bare

    assert "rediss+sentinel://one:26379,two:26379/desk" == told
