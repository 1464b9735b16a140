"""Everybody may do a fair amount; beyond it they are told how long to wait, and nothing of theirs is lost."""

import pytest

from chat.limits import POLLS_PER_MINUTE, SLOW_DOWN, ChatLimits, Limits
from tickets.errors import TooFast
from tickets.limit import Limit
from tickets.network import network_of


class Stopwatch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_gives_what_it_holds_and_then_says_how_long() -> None:
    clock = Stopwatch()
    limit = Limit(20, 10, clock)
    for _ in range(20):
        assert 0 == limit.wait("sam")
        limit.take("sam")
    assert 0.5 == pytest.approx(limit.wait("sam"))
    clock.seconds += 0.5
    assert 0 == pytest.approx(limit.wait("sam"))


@pytest.mark.parametrize("began", [0.1, 6543.210987654321, 1e9 / 3])
def test_the_first_is_always_fine(began: float) -> None:
    """Whatever the clock says when the bucket is first asked: sums of fractions are not quite zero."""
    clock = Stopwatch()
    clock.seconds = began
    for most, seconds in ((1, 3600), (3, 10), (7, 60)):
        limit = Limit(most, seconds, clock)
        for _ in range(most):
            assert 0 == limit.wait("sam")
            limit.take("sam")
        assert limit.wait("sam") > 0


def test_asking_takes_nothing() -> None:
    limit = Limit(1, 60, Stopwatch())
    assert [0, 0] == [limit.wait("sam"), limit.wait("sam")]


def test_a_full_bucket_does_not_grow() -> None:
    clock = Stopwatch()
    limit = Limit(2, 10, clock)
    limit.take("sam")
    clock.seconds += 3600
    limit.take("sam")
    limit.take("sam")
    assert 5 == pytest.approx(limit.wait("sam"))


def test_memory_is_bounded_and_the_idle_are_forgotten_first() -> None:
    limit = Limit(1, 60, Stopwatch(), keys=2)
    for who in ("sam", "priya", "sam", "li"):
        limit.take(who)
    assert (2, 0) == (len(limit), limit.wait("priya"))
    assert limit.wait("sam") > 0


def test_whoever_could_do_everything_again_is_forgotten() -> None:
    clock = Stopwatch()
    limit = Limit(1, 60, clock)
    for who in ("sam", "priya", "li"):
        limit.take(who)
        clock.seconds += 25
    limit.take("bo")
    assert (3, 0) == (len(limit), limit.wait("sam"))
    assert 10 == pytest.approx(limit.wait("priya"))


def test_the_twenty_first_message_in_ten_seconds_waits_and_only_for_its_sender() -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    for _ in range(20):
        limits.send(1, "203.0.113.1")
    with pytest.raises(TooFast) as refused:
        limits.send(1, "203.0.113.1")
    assert SLOW_DOWN == refused.value.says
    assert 0.5 == pytest.approx(refused.value.retry_after)
    limits.send(2, "203.0.113.2")


def test_a_refusal_takes_nothing_from_the_other_limits() -> None:
    clock = Stopwatch()
    limits = Limits(ChatLimits(send_per_10s=1, send_per_minute_per_address=2), clock)
    limits.send(1, "a")
    for _ in range(5):
        with pytest.raises(TooFast):
            limits.send(1, "a")
    limits.send(2, "a")


def test_many_visitors_behind_one_address_share_its_limit() -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    for visitor in range(60):
        limits.send(visitor, "203.0.113.1")
    with pytest.raises(TooFast):
        limits.send(61, "203.0.113.1")


def test_names_are_tried_ten_times_by_one_visitor_and_by_one_address() -> None:
    """With a message, which goes on without a name; or by themselves. What is refused takes nothing."""
    clock = Stopwatch()
    limits = Limits(ChatLimits(), clock)
    for _ in range(5):
        limits.send(1, "203.0.113.1", introduces=True)
        limits.act(1, "203.0.113.1", introduces=True)
    with pytest.raises(TooFast) as refused:
        limits.send(1, "203.0.113.2", introduces=True)
    assert 360 == pytest.approx(refused.value.retry_after)
    with pytest.raises(TooFast) as refused:
        limits.act(2, "203.0.113.1", introduces=True)
    assert 6 == pytest.approx(refused.value.retry_after)
    limits.send(1, "203.0.113.1")
    limits.act(2, "203.0.113.1")
    limits.act(2, "203.0.113.2", introduces=True)


def test_fifty_new_visitors_a_second_come_from_everywhere_together() -> None:
    clock = Stopwatch()
    limits = Limits(ChatLimits(), clock)
    for host in range(50):
        limits.arrive(f"203.0.113.{host}")
    with pytest.raises(TooFast) as refused:
        limits.arrive("203.0.113.50")
    assert 0.02 == pytest.approx(refused.value.retry_after)
    clock.seconds += 0.02
    limits.arrive("203.0.113.50")


def test_pages_take_nothing_from_what_is_answered() -> None:
    """After sixty pages in a minute a visitor could not even end their chat."""
    clock = Stopwatch()
    limits = Limits(ChatLimits(), clock)
    assert [True] * 60 + [False] == [limits.look(1) for _ in range(61)]
    limits.act(1, "203.0.113.1")
    clock.seconds += 1
    assert (True, False, True) == (limits.look(1), limits.look(1), limits.look(2))


def test_uploads_are_counted_by_number_and_by_weight() -> None:
    clock = Stopwatch()
    limits = Limits(ChatLimits(upload_mb_per_day=10), clock)
    for _ in range(10):
        limits.upload(1, "203.0.113.1")
    with pytest.raises(TooFast):
        limits.upload(1, "203.0.113.1")
    limits.uploaded(2, 11 * 1024 * 1024)
    with pytest.raises(TooFast) as refused:
        limits.upload(2, "203.0.113.2")
    assert 8640 == pytest.approx(refused.value.retry_after)
    hits = {name: limit.hits for name, limit, _ in limits.shared() if limit.hits}
    assert {"upload": 1, "upload mb": 1} == hits, "a no is counted once"


def test_arriving_connecting_and_writing_letters_have_limits_of_their_own() -> None:
    limits = Limits(ChatLimits(1, 1, 1, 1, 1, 1, 1, 1, 1), Stopwatch())
    for act in (limits.arrive, limits.connect):
        act("203.0.113.1")
        with pytest.raises(TooFast):
            act("203.0.113.1")


@pytest.mark.parametrize(
    ("network", "email"), [("203.0.113.1", "another@mail.example"), ("203.0.113.2", "sam@mail.example")]
)
def test_five_letters_from_one_address_are_enough_whichever_kind_of_address(network: str, email: str) -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    for _ in range(5):
        limits.may_write("203.0.113.1", "sam@mail.example")
        limits.wrote("203.0.113.1", "sam@mail.example")

    with pytest.raises(TooFast):
        limits.may_write(network, email)
    limits.may_write("203.0.113.2", "another@mail.example")


def test_one_address_does_not_upload_through_many_visitors() -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    for visitor in range(20):
        limits.upload(visitor, "203.0.113.1")
    with pytest.raises(TooFast):
        limits.upload(21, "203.0.113.1")


def test_too_many_hints_are_dropped_without_a_word() -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    assert [True] * 4 + [False] == [limits.whisper(1) for _ in range(5)]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_limit_per_address_counts_what_one_customer_has(address: str, network: str) -> None:
    assert network == network_of(address)


def test_who_asks_again_and_again_without_a_socket_has_plenty_and_not_everything() -> None:
    limits = Limits(ChatLimits(), Stopwatch())
    for _ in range(POLLS_PER_MINUTE):
        limits.poll("sam", "203.0.113.1")
    with pytest.raises(TooFast) as refused:
        limits.poll("sam", "203.0.113.1")
    assert 0.5 == pytest.approx(refused.value.retry_after)
    limits.poll("priya", "203.0.113.1")
