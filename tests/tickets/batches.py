"""Puts several changes into one batch of the writer, so that what they do to each other can be seen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tickets.change import Change
from tickets.desk import Desk


@dataclass
class Ask:
    """One change that somebody will ask for."""

    verb: Callable[..., Any]
    args: tuple[Any, ...] = ()
    by: str = "system"
    about: int | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)


async def together(desk: Desk, asks: Sequence[Ask]) -> list[Any]:
    """Hold the writer until all are waiting, then let them go. What came of each: its result, or what it raised."""
    held, gate = threading.Event(), threading.Event()

    def hold(change: Change) -> None:
        held.set()
        assert gate.wait(10)

    holding = asyncio.create_task(desk.change(hold, by="system"))
    await asyncio.to_thread(held.wait, 10)
    waiting = [asyncio.create_task(ask_of(desk, ask)) for ask in asks]
    await asyncio.sleep(0)  # each task runs up to its wait for the writer
    gate.set()
    await holding
    return await asyncio.gather(*waiting, return_exceptions=True)


async def one_by_one(desk: Desk, asks: Sequence[Ask]) -> list[Any]:
    """The same changes, each after the one before is durable."""
    return [(await asyncio.gather(ask_of(desk, ask), return_exceptions=True))[0] for ask in asks]


async def ask_of(desk: Desk, ask: Ask) -> Any:
    return await desk.change(ask.verb, *ask.args, by=ask.by, about=ask.about, **ask.kwargs)
