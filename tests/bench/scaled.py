"""A visitor's message where the desk is scaled out: on a real PostgreSQL, its bell rung by a real Redis."""

from __future__ import annotations

from collections.abc import Iterable

from tests.bench.chat import rivals
from tests.bench.findings import Finding, Told, middle
from tests.bench.process import on_core
from tests.servers.postgres import an_empty_database
from tests.servers.redis import a_redis

WANTED = 2_000  # messages per CPU second of the desk's own process (issue 4)


def scaled(told: Told) -> Iterable[Finding]:
    """As many as go, beside the same bare limit; the servers share the load's core."""
    with on_core(-1):
        database, redis = an_empty_database(), a_redis()
    with redis as bus, rivals(told, FRONTDESK_DATABASE_URL=database, FRONTDESK_BUS_URL=bus.url) as both:
        rounds = [(both.bare(), both.product()) for _ in range(told.rounds)]
    bare, desk = ([one.per_cpu_second for one in column] for column in zip(*rounds, strict=True))
    yield middle("chat on PostgreSQL and Redis, bare limit", bare, "messages per CPU second")
    yield middle("chat on PostgreSQL and Redis, visitor to agent", desk, "messages per CPU second", goal=WANTED)
    shares = [ours / limit for ours, limit in zip(desk, bare, strict=True)]
    yield middle("chat on PostgreSQL and Redis, share of the bare limit", shares, "")
