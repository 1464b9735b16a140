"""What this process counts about itself, for whoever watches it: a handful of additions for each commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from time import monotonic
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tickets.errors import Overloaded, Refused, Unavailable
from tickets.message import MessageKind

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
CHANGES = (1, 2, 4, 8, 16, 32, 64, 128)
_DIRECTIONS: dict[str, str] = {MessageKind.IN: "in", MessageKind.OUT: "out", MessageKind.NOTE: "note"}
_BREACH = "SlaBreached"
_SETTLED = ("done", "refused")  # by the database's word


class Ended(Protocol):
    """One change that came to its end (tickets.writer.Asked)."""

    error: BaseException | None
    logged: list[dict[str, Any]]
    messages: list[Any]
    wrote: bool
    took: float


class Metrics:
    """The counters of one process, on a registry of its own.

    `wrote_at`: monotonic time of the last change that brought rows to the disk. `fails`: whether one could not since.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.wrote_at: float | None = None
        self.fails = False
        self.standing = Standing()
        made: dict[str, Any] = {"registry": self.registry}
        messages = Counter("frontdesk_messages", "Messages that were committed.", ("channel", "direction"), **made)
        changes = Counter("frontdesk_changes", "Changes, by what became of them.", ("outcome",), **made)
        self._commit_seconds = Histogram(
            "frontdesk_commit_seconds", "One batch of changes, from its beginning to the disk.", buckets=SECONDS, **made
        )
        self._commit_changes = Histogram(
            "frontdesk_commit_changes", "Changes that shared one transaction.", buckets=CHANGES, **made
        )
        self._breaches = Counter("frontdesk_sla_breaches", "Promises that were broken.", **made)
        self._requests = Histogram(
            "frontdesk_request_seconds", "Requests that were answered.", ("surface", "status"), buckets=SECONDS, **made
        )
        self._closed = Counter("frontdesk_sockets_closed", "Sockets that ended, by close code.", ("code",), **made)
        self._passwords = Counter("frontdesk_passwords_tried", "Passwords that somebody tried, right or wrong.", **made)
        Gauge("frontdesk_info", "The version that runs.", ("version",), **made).labels(version("frontdesk")).set(1)
        self._outcomes = {outcome: changes.labels(outcome) for outcome in (*_SETTLED, "unavailable", "failed")}
        self._said = cache(lambda channel, kind: messages.labels(channel, _DIRECTIONS.get(kind, "aside")))
        ProcessCollector(registry=self.registry)
        self.registry.register(self.standing)

    def committed(self, done: Sequence[Ended]) -> None:
        """What became of a batch of changes, or of one that was turned away. On the event loop, once for each."""
        settled = wrote = False
        for ended in done:
            outcome = "done" if ended.error is None else _outcome(ended.error)
            self._outcomes[outcome].inc()
            settled |= outcome in _SETTLED
            wrote |= ended.wrote
            for message in ended.messages:
                self._said(message.channel, message.kind).inc()
            for row in ended.logged:
                if row["kind"] == _BREACH:
                    self._breaches.inc()
        if wrote:
            self.wrote_at, self.fails = monotonic(), False
        self.fails |= any(_was_not_kept(ended.error) for ended in done)
        if settled:
            self._commit_changes.observe(len(done))
            self._commit_seconds.observe(done[0].took)

    def answered(self, surface: str, status: int, seconds: float) -> None:
        """One request: its status as its hundreds, but for those by which the house says that it has too much to do."""
        told = str(status) if status in {429, 503} else f"{status // 100}xx"
        self._requests.labels(surface, told).observe(seconds)

    def tried_password(self) -> None:
        self._passwords.inc()

    def closed(self, code: int) -> None:
        self._closed.labels(str(code)).inc()


def page_of(families: Sequence[Metric]) -> bytes:
    """As Prometheus reads it (text format 0.0.4)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Standing(families))
    return generate_latest(registry)


class Standing(Collector):
    """How things stand at the moment: whoever answers for the page puts it here just before."""

    def __init__(self, families: Sequence[Metric] = ()) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        return self.families


def _was_not_kept(error: BaseException | None) -> bool:
    """Whether the database would not have it. Where there is too much to do, that says nothing of the database."""
    return isinstance(error, Unavailable) and not isinstance(error, Overloaded)


def _outcome(error: BaseException) -> str:
    if isinstance(error, Unavailable):
        return "unavailable"
    else:
        return "refused" if isinstance(error, Refused) else "failed"
