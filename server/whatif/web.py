"""The supervisor's page of other promises: what would have been kept beside what was, and what would change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import Response

from routing.hours import calendars
from routing.queues import Queue
from routing.sla.replay.outcome import Outcome, in_parts
from server.forms import Field, Form, as_number_within, page, posted
from server.whatif.asking import Asked, prepare, todays
from server.whatif.policy_file import InPolicy
from tickets.edge import Who, door
from tickets.errors import TooFast
from widgets import moments
from widgets.replay_page import differences, sections, share

PATH = "/app/replay"
MOST_HERE = 10_000  # tickets: some seconds
MOST_SHOWN = 200  # of those that would change
LONGEST = 200_000  # characters: some hundred policies
LARGEST = 768 * 1024  # bytes, as browsers send them
_going = asyncio.Semaphore(1)  # it takes all of a processor that one process has


async def replay(request: Request) -> Response:
    """Answers a form that was sent; nothing is kept of it."""
    desk, language = request.state.desk, request.state.language
    form = Form(await desk.read(_fields), {"days": "30", "hours": "", "policies": await desk.read(todays)})
    outcome: Outcome | None = None
    wrong_in: InPolicy | None = None
    if await posted(request, form):
        with form.noting():
            said = form.values()
            asked = Asked(said["days"], said["policies"], said["hours"])
            try:
                outcome = await _outcome(request, asked)
            except InPolicy as wrong:
                wrong_in = wrong
                raise
    facts: dict[str, Any] = {"outcome": outcome, "wrong_in": wrong_in, "most": MOST_SHOWN}
    if outcome is not None:
        queues = await desk.read(_queues)
        facts |= {"sections": sections(language, outcome, queues), "share": partial(share, language)}
        facts |= {"differences": partial(differences, language)}
        facts |= {"span": [moments.day(language, at.date()) for at in (outcome.since, outcome.until)]}
    return page(request, "console/replay.html", form, **facts)


async def _outcome(request: Request, asked: Asked) -> Outcome:
    """A few tickets at a time, each on a reading thread: in between, everybody else is served."""
    if _going.locked():
        raise TooFast("Somebody looks at other promises just now. Try again in a moment.", retry_after=10)
    desk = request.state.desk
    async with _going:
        prepared = await desk.read(prepare, asked, desk.clock.now(), most=MOST_HERE)
        for ids in in_parts(prepared.ids):
            await desk.read(prepared.outcome.tell, prepared.world, ids)
    found: Outcome = prepared.outcome
    return found


def _fields(session: Session) -> Sequence[Field]:
    hours = [("", "Those that count now"), *((one.name, one.name) for one in calendars(session))]
    return [
        Field("days", "Days back", "number", as_number_within(1, 366), longest=4),
        Field("hours", "Opening hours", "choice", needed=False, choices=hours, names=True),
        Field(
            "policies", "Policies", "long", longest=LONGEST, rows=14,
            hint="These are today's. Change a length, leave out or add a policy: the first one that fits holds.",
        ),
    ]  # fmt: skip


def _queues(session: Session) -> dict[int, str]:
    return dict(session.exec(select(Queue.id, Queue.name)).all())


DOORS = [door(PATH, replay, who=Who.SUPERVISOR, methods=["GET", "POST"], largest=LARGEST)]
