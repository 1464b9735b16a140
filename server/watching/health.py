"""Whether the process lives, whether it can do its work, and its figures for whoever watches it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.bus.bus import Bus
from server.config.config import Config
from server.doors.addresses import is_one_of, networks
from server.doors.refusals import not_here
from server.watching import gauges
from server.watching.accounts import Account, Accounts, Colleagues, figures_of, joined, metrics_of, verdict_of
from server.watching.metrics import page_of
from server.watching.readiness import PATIENCE, Readiness
from tickets.edge import Surface, Who, door

_log = structlog.get_logger("frontdesk.watch")

KEPT = 3.0  # seconds that figures from the database are good for, and that it is left alone where it gave none
TEXT = "text/plain; version=0.0.4; charset=utf-8"
_PASSED_ON = ("x-forwarded-for", "forwarded", "via", "x-real-ip")


class Watch:
    """Answers for one process: what `request.state.watch` is. `sockets` says how many are open, by kind."""

    def __init__(
        self,
        config: Config,
        readiness: Readiness,
        sockets: Callable[[], dict[str, int]],
        bus: Bus,
        colleagues: Colleagues | None,
    ) -> None:
        self.readiness = readiness
        self._readers = networks(config.watching.readers)
        self._most_sockets = config.server.most_sockets
        self._proxies = networks(config.server.trusted_proxies)
        self._sockets = sockets
        self._bus = bus
        self._colleagues = colleagues
        self._figures = gauges.Figures()
        self._up = False
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    def may_read(self, request: Request) -> bool:
        """By the caller's own address. What an unknown proxy passed on has none: everybody would seem to be near."""
        passed_on = any(name in request.headers for name in _PASSED_ON)
        peer = request.client.host if request.client else ""
        known = not passed_on or is_one_of(peer, self._proxies)
        return known and is_one_of(request.state.address, self._readers)

    async def page(self) -> bytes:
        """The figures of this process, or of all of them behind this port; and of the database."""
        await self._refresh()
        accounts = await self.everybody("figures")
        if accounts is None:
            figures = (await self.account("figures")).figures
        else:
            silent = sum(account is None for account in accounts.here.values())
            workers = {"answering": len(accounts.here) - silent, "silent": silent}
            figures = [*joined(accounts), *figures_of(gauges.of_process({"workers": workers}))]
        return page_of([*metrics_of(figures), *gauges.of_database(self._figures)])

    async def everybody(self, about: str) -> Accounts | None:
        """What all processes behind this port say; None where there is only this one."""
        return await self._colleagues.ask(about) if self._colleagues else None

    async def account(self, about: str) -> Account:
        """What this process says of itself: that it lives, whether it can do its work, or its figures."""
        if about == "work":
            found = await self.readiness.verdict()
            return Account(found.troubles, found.late)
        elif about == "figures":
            up, _ = await asyncio.gather(
                self._refresh(), self.readiness.writes()
            )  # or a quiet night looks like a fault
            metrics = self.readiness.metrics
            metrics.standing.families = list(gauges.of_process(self._own(up)))
            return Account(figures=figures_of(metrics.registry.collect()))
        else:
            return Account()

    async def _refresh(self) -> bool:
        """Whether the database answers; many who ask at once ask it once, and wait for it once."""
        async with self._looking:
            if monotonic() - self._looked_at >= KEPT:
                self._up = await self._look()
                self._looked_at = monotonic()
            return self._up

    async def _look(self) -> bool:
        desk, cursor = self.readiness.desk, self.readiness.feed.cursor
        try:
            async with asyncio.timeout(PATIENCE):
                self._figures = await desk.read(gauges.read, desk.clock.now(), cursor)
        except Exception as error:
            _log.warning("figures cannot be read", exc_info=error)
            return False
        return True

    def _own(self, up: bool) -> dict[str, Any]:
        known = {
            "sockets": self._sockets(),
            "sockets_most": self._most_sockets,
            "changes_waiting": self.readiness.desk.waiting,
            "scheduler_lag_seconds": self.readiness.tick_age,
            "last_write_seconds": self.readiness.write_age,
            "disk_free_bytes": self.readiness.disk_free,
            "database_up": int(up),
            "feed_lag_events": self._figures.feed_events,
            "feed_lag_seconds": self._figures.feed_seconds,
            **_of_bus(self._bus),
            "limits_hit": {name: limit.hits for name, limit in self._bus.limits.items()},
        }
        return {name: value for name, value in known.items() if value is not None}


async def alive(request: Request) -> Response:
    """Where several processes are behind this port: which of them answer."""
    accounts = await request.state.watch.everybody("life")
    processes = {process: account is not None for process, account in accounts.here.items()} if accounts else {}
    return JSONResponse({"alive": True, **({"processes": processes} if processes else {})})


async def ready(request: Request) -> Response:
    """200 while all who stay do their work; else 503 with what stands in their way. What is late is told beside it."""
    watch: Watch = request.state.watch
    accounts = await watch.everybody("work")
    if accounts is None:
        own = await watch.readiness.verdict()
        answer = {"ready": not own.troubles, "troubles": own.troubles, "late": own.late}
    else:
        troubles, late, processes = verdict_of(accounts)
        answer = {"ready": not troubles, "troubles": troubles, "late": late, "processes": processes}
    return JSONResponse(answer, status_code=200 if answer["ready"] else 503)


async def metrics(request: Request) -> Response:
    """Prometheus's text format, for those whom the settings name. To anybody else there is nothing here."""
    watch: Watch = request.state.watch
    if not watch.may_read(request):
        raise not_here()
    return Response(await watch.page(), headers={"Content-Type": TEXT})


def _of_bus(bus: Bus) -> dict[str, int]:
    """A bus within one process is always up, and nobody needs to be told."""
    if bus.connected is None:
        return {}
    return {"bus_up": int(bus.connected), "bus_lines_lost": bus.reconnects, "bus_whispers_dropped": bus.dropped}


DOORS = [
    door("/healthz", alive, who=Who.ANYONE, surface=Surface.CHAT),
    door("/readyz", ready, who=Who.ANYONE, surface=Surface.CHAT),
    door("/metrics", metrics, who=Who.ANYONE, surface=Surface.CHAT),
]
WATCHED = frozenset(one.path for one in DOORS)
