"""Whoever brings too much mail waits; nobody else waits for them."""

from __future__ import annotations

from tests.chat.test_limits import Stopwatch
from tickets.email.measure import Measure


def test_a_caller_with_ever_new_names_leaves_half_to_the_others() -> None:
    """They used to take all there is: of forty mails of somebody else thirty-six were told to come again."""
    clock = Stopwatch()
    measure = Measure(per_sender_per_hour=30, per_domain_per_hour=300, per_second=20, clock=clock)
    brought = {"203.0.113.9": 0, "198.51.100.7": 0}
    for second in range(10):
        for network in brought:
            for n in range(100):
                sender = f"a{n}@shop{second}-{n}.example"
                if measure.wait(sender, network) == 0:
                    measure.count(sender, network)
                    brought[network] += 1
        clock.seconds += 1
    assert {"203.0.113.9": 100, "198.51.100.7": 100} == brought
