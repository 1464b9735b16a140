"""The whole house on a Monday at ten in Berlin, for everything that comes through its front door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import select

from chat.site import SiteForm, add_site
from routing.hours import Calendar, add_calendar
from routing.placing import place
from routing.queues import Delivery, add_queue
from server.config.settings import Callbacks
from tests.cast import MovedClock
from tests.routing.callbacks.calls import OFFICE, at
from tests.routing.callbacks.customer import URL
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tickets.change import Change
from tickets.email.mailbox import add_mailbox
from tickets.people import Role


@pytest.fixture(scope="package")
def opened_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """The whole house on Monday at ten in Berlin, with Ada at Calls and a shop whose chat offers calls."""
    folder = tmp_path_factory.mktemp("house")
    with a_whole_house(
        folder, url=URL, clock=MovedClock(at("2026-11-23T10:00")), callbacks=Callbacks(region="DE")
    ) as step:
        step.agents["Ada"] = step.change(hire, "Ada", Role.AGENT)
        step.change(_furnish)
        yield step


@pytest.fixture
def house(opened_house: Doorstep) -> Doorstep:
    """The same for every story; each begins with all its tries left."""
    opened_house.everybody_is_new()
    return opened_house


@pytest.fixture
def dropped(house: Doorstep) -> Iterator[None]:
    """The world does not know the desk's time zone for a while."""
    house.change(_rename_zone, "Mars/Olympus_Mons")
    yield
    house.change(_rename_zone, OFFICE.zone)


def _rename_zone(change: Change, name: str) -> None:
    for calendar in change.rows(select(Calendar)):
        calendar.zone = name


def _furnish(change: Change) -> None:
    calendar = add_calendar(change, "Office", OFFICE)
    queue = add_queue(change, "Calls", delivery=Delivery.OFFER)
    queue.set_rules(change, delivery=Delivery.OFFER, calendar_id=calendar.id)
    place(change, "callback", "", queue.id)
    topics = [{"key": "billing", "name": {"en": "Billing", "zh": "账单"}}]
    add_site(change, SiteForm("shop", "Lumen", origins=["https://shop.example"], topics=topics, forms=["callback"]))
    add_mailbox(change, "support@lumen.example", name="Lumen")
