"""The whole house for the stories of complaints at the front door, with Ada at Complaints and a shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from chat.site import SiteForm, add_site
from routing.placing import place
from routing.queues import add_queue
from server.app import House, create_app
from server.config import Config
from server.settings import Database, Files, Secrets, Server
from tests.cast import MovedClock
from tests.server.doorstep import Doorstep, hire
from tests.tickets.complaints.customer import URL
from tickets.change import Change
from tickets.people import Role


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    folder = tmp_path_factory.mktemp("house")
    config = Config(
        server=Server(public_url=URL),
        database=Database(url=f"sqlite:///{folder}/desk.db"),
        files=Files(folder=str(folder / "files"), largest_mb=1),
        secrets=Secrets(kept_in=str(folder / "secret.key")),
    )
    clock = MovedClock()
    app = create_app(config, House(config, clock=clock))
    with TestClient(app, base_url=URL, follow_redirects=False) as client:
        step = Doorstep(client, clock, app, config)
        step.agents["Ada"] = step.change(hire, "Ada", Role.AGENT)
        step.agents["Ines"] = step.change(hire, "Ines", Role.ADMIN)
        step.change(_furnish, step.agents["Ada"])
        yield step


def _furnish(change: Change, ada: int) -> None:
    queue = add_queue(change, "Complaints", members=[ada])
    place(change, "complaint", "", queue.id)
    add_site(change, SiteForm("shop", "Lumen Lamps", origins=["https://shop.example"], colour="#0b6b7f"))


@pytest.fixture
def front_door(house: Doorstep) -> Doorstep:
    """With all tries left, and nobody signed in."""
    limits = house.client.app_state["limits"]
    for limit in (limits._form, limits._form_from, limits._try):
        limit._full_at.clear()
    house.client.cookies.clear()
    return house
