"""The whole house for the stories of complaints at the front door, with Ada at Complaints and a shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chat.site import SiteForm, add_site
from routing.placing import place
from routing.queues import add_queue
from server.config.settings import Files
from tests.cast import MovedClock
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.tickets.complaints.customer import URL
from tickets.change import Change
from tickets.people import Role


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    folder = tmp_path_factory.mktemp("house")
    with a_whole_house(
        folder, url=URL, clock=MovedClock(), files=Files(folder=str(folder / "files"), largest_mb=1)
    ) as step:
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
    """With all tries left, nobody signed in, and the browser at home."""
    house.comes_from("192.0.2.100")
    house.everybody_is_new()
    house.client.cookies.clear()
    return house
