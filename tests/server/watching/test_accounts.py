"""What several processes say of themselves comes to one page, one verdict, and sums that never fall."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from server.watching.accounts import Account, Accounts, added, counted, figures_of, joined, metrics_of, verdict_of
from server.watching.metrics import page_of


def a_process(*, messages: int, sockets: int) -> Account:
    registry = CollectorRegistry()
    Counter("desk_messages", "Messages.", ("channel",), registry=registry).labels("chat").inc(messages)
    Gauge("desk_sockets", "Sockets.", ("kind",), registry=registry).labels("visitor").set(sockets)
    Histogram("desk_seconds", "Seconds.", buckets=(1.0,), registry=registry).observe(0.5)
    return Account(figures=figures_of(registry.collect()))


def page(accounts: Accounts) -> dict[str, float]:
    """As Prometheus reads it."""
    text = page_of(metrics_of(joined(accounts))).decode()
    return {
        sample.name + "".join(f"[{value}]" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counts_are_added_and_everything_else_is_told_by_process() -> None:
    here: dict[str, Account | None] = {"1": a_process(messages=3, sockets=10), "2": a_process(messages=4, sockets=20)}
    assert {
        "desk_messages_total[chat]": 7,
        "desk_sockets[visitor][1]": 10,
        "desk_sockets[visitor][2]": 20,
        "desk_seconds_bucket[1.0]": 2,
        "desk_seconds_bucket[+Inf]": 2,
        "desk_seconds_count": 2,
        "desk_seconds_sum": 1.0,
    } == page(Accounts({**here, "3": None}))


def test_what_those_counted_who_have_gone_stays_in_the_sum() -> None:
    """A sum that falls looks to Prometheus like a desk that began anew: everything would be counted twice."""
    gone = added(
        [*counted(a_process(messages=5, sockets=9).figures), *counted(a_process(messages=2, sockets=9).figures)]
    )
    found = page(Accounts({"1": a_process(messages=1, sockets=1)}, gone))
    assert (8, 1) == (found["desk_messages_total[chat]"], found["desk_sockets[visitor][1]"])


def test_whoever_leaves_is_no_trouble_while_another_stays() -> None:
    fine, goes, stuck = Account(), Account(["leaving"]), Account(["feed"], ["mail"])
    assert ([], [], {"1": [], "2": ["leaving"]}) == verdict_of(Accounts({"1": fine, "2": goes}))
    assert ["leaving"] == verdict_of(Accounts({"1": goes, "2": goes}))[0]
    assert (["feed"], ["mail", "silent"], {"1": [], "2": ["feed"], "3": ["silent"]}) == verdict_of(
        Accounts({"1": fine, "2": stuck, "3": None})
    )


def test_where_all_say_nothing_nobody_can_take_a_visitor() -> None:
    """Workers that all hang on one database used to be a desk that is ready."""
    assert (["silent"], [], {"1": ["silent"], "2": ["silent"]}) == verdict_of(Accounts({"1": None, "2": None}))
