"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tickets.change import Change
from tickets.edge import Surface, Who, door

OLDEST_TICK = 5.0  # seconds since the scheduler last looked
LEAST_SPACE = 200 * 1024 * 1024  # bytes


def _nothing(change: Change) -> None:
    """A change that changes nothing: it shows that the writer still takes changes."""


async def alive(request: Request) -> Response:
    return JSONResponse({"alive": True})


async def ready(request: Request) -> Response:
    """200 when changes are taken, time is kept and there is room on the disk; else 503 with what is not."""
    state = request.state
    troubles = [
        name
        for name, fine in (
            ("writing", await _writes(state.desk.change)),
            ("timers", _ticks(state.scheduler.ticked_at)),
            ("disk", shutil.disk_usage(state.house.data_folder).free >= LEAST_SPACE),
        )
        if not fine
    ]
    return JSONResponse({"ready": not troubles, "troubles": troubles}, status_code=503 if troubles else 200)


async def _writes(change: Callable[..., object]) -> bool:
    try:
        async with asyncio.timeout(2):
            await change(_nothing, by="system")  # type: ignore[misc]
    except Exception:
        return False
    return True


def _ticks(ticked_at: float | None) -> bool:
    return ticked_at is not None and asyncio.get_running_loop().time() - ticked_at <= OLDEST_TICK


DOORS = [
    door("/healthz", alive, who=Who.ANYONE, surface=Surface.CHAT),
    door("/readyz", ready, who=Who.ANYONE, surface=Surface.CHAT),
]
