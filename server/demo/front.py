"""The demo's front door: what there is to see, the logins, and a button that lets something happen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import Response

from server.config.config import Config
from server.demo import story
from server.demo.furniture import SITE
from server.demo.mailing import Mailing, mailing
from server.demo.posters import POSTERS
from server.demo.scenes import SCENES, Stage
from tickets.desk import Desk
from tickets.edge import Surface, Who, door
from tickets.errors import Conflict, NotFound
from tickets.files.store import Store
from tickets.forms.key import is_ours, new_key
from tickets.forms.web import Visit, from_our_page, go, show, visit
from tickets.people import Customer
from tickets.ticket import Ticket

FORM = "demo"  # what the key of the form is for
MOST_REMEMBERED = 200


class Theatre:
    """Plays one scene after the other; the same button pressed twice is the same scene."""

    def __init__(self, desk: Desk, mailing: Mailing) -> None:
        self.mailing = mailing
        self._desk = desk
        self._one_at_a_time = asyncio.Lock()
        self._played: dict[str, int | None] = {}

    async def play(self, scene: str, key: str) -> int | None:
        """The id of the ticket that it is about, if there is one."""
        async with self._one_at_a_time:
            if key not in self._played:
                stage = Stage(self._desk, self.mailing, key)
                self._played[key] = await SCENES[scene](stage)
                for oldest in list(self._played)[:-MOST_REMEMBERED]:
                    del self._played[oldest]
            return self._played[key]


@contextlib.asynccontextmanager
async def theatre(desk: Desk, config: Config, store: Store, ring: Callable[[], None]) -> AsyncIterator[Theatre]:
    """Open as long as this lasts. `ring` wakes whoever reads mail."""
    async with mailing(desk, config, store, ring) as found:
        yield Theatre(desk, found)


@dataclass(frozen=True)
class Happened:
    """`number` is 0 where no ticket came of it."""

    scene: str
    number: int = 0
    name: str = ""
    subject: str = ""


async def front(request: Request) -> Response:
    """`?happened=` a scene and `&ticket=` its number: what to say of it."""
    here = await visit(request)
    asked = request.query_params
    scene, number = asked.get("happened", ""), asked.get("ticket", "")[:12]
    happened = None
    if scene in SCENES:
        found = int(number) if number.isascii() and number.isdigit() else 0
        happened = await request.state.desk.read(_happened, scene, found)
    facts: dict[str, Any] = {
        "site": SITE,
        "happened": happened,
        "posters": POSTERS,
        "next_scene": _after(scene),
        "key": new_key(request.state.desk.rules.seals, FORM),
        "colleagues": story.COLLEAGUES,
        "password": story.PASSWORD,
    }
    return show(request, here, "demo/front.html", **facts)


async def let_happen(request: Request) -> Response:
    """`scene`: one of ours; sent, it leads back to the page, which says what happened."""
    from_our_page(request)
    here = await visit(request)
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    scene, key = sent.get("scene", ""), sent.get("key", "")
    if scene not in SCENES:
        raise NotFound("There is nothing at this address.")
    if not is_ours(request.state.desk.rules.seals, FORM, key):
        raise Conflict("Please send this once more. What you wrote is still here.")
    ticket_id = await request.state.theatre.play(scene, key)
    number = await request.state.desk.read(_number, ticket_id) if ticket_id is not None else ""
    return go(_page(here, scene, str(number)))


def _page(here: Visit, scene: str, number: str) -> str:
    return here.link("/demo", happened=scene, **({"ticket": number} if number else {})) + "#happened"


def _after(scene: str) -> str:
    """Which one the big button plays."""
    names = list(SCENES)
    return names[(names.index(scene) + 1) % len(names)] if scene in SCENES else names[0]


def _happened(session: Session, scene: str, number: int) -> Happened:
    ticket = session.exec(select(Ticket).where(Ticket.number == number)).first() if number else None
    if ticket is None:
        return Happened(scene)
    return Happened(scene, ticket.number, session.get_one(Customer, ticket.customer_id).name, ticket.subject)


def _number(session: Session, ticket_id: int) -> int:
    return session.get_one(Ticket, ticket_id).number


DOORS = [
    door("/demo", front, who=Who.ANYONE, surface=Surface.PAGE),
    door("/demo/scenes", let_happen, who=Who.ANYONE, methods=("POST",), surface=Surface.PAGE),
]
