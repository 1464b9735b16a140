"""What the demo desk is furnished with before its story begins: people, queues, hours, mailboxes and the shop."""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.site import FORMS, SiteForm, add_site
from routing import placing
from routing.calendars import zone_named
from routing.hours import add_calendar
from routing.queues import Delivery, add_queue
from server.auth import accounts
from server.demo import hours, story
from server.demo.promises import give_tiers, make_promises
from tickets.canned import add_canned
from tickets.change import Change
from tickets.complaints import categories
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox
from tickets.people import Customer, new_customer
from tickets.status import Channel

SITE = "lumen"
_HOURS = {
    "Support": "Every hour",
    "Billing": "Office hours",
    "Complaints": "Office hours",
    "Callbacks": "Shop hours",
    "Safety": "Every hour",
}


@dataclass
class Told:
    """Who and what the story has brought so far, by name."""

    agents: dict[str, int] = field(default_factory=dict)
    calendars: dict[str, int] = field(default_factory=dict)
    queues: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    tiers: dict[str, int] = field(default_factory=dict)

    def agent(self, name: str) -> str:
        """How this colleague acts."""
        return f"agent:{self.agents[name]}"


async def furnish(desk: Desk, password_hash: str, zone: str) -> Told:
    """Everything that is there before the first customer comes. The shop stands in `zone`."""
    told = Told()
    for put, *with_ in ((_hire, password_hash), (_open_queues, zone), (_promise,), (_meet_people,), (_open_shop,)):
        await desk.change(put, told, *with_, by="system")
    return told


def _hire(change: Change, told: Told, password_hash: str) -> None:
    for colleague in story.COLLEAGUES:
        agent = accounts.add(
            change,
            name=colleague.name,
            email=colleague.email,
            role=colleague.role,
            password_hash=password_hash,
            language=colleague.language,
        )
        told.agents[colleague.name] = agent.id


def _open_queues(change: Change, told: Told, zone: str) -> None:
    today = change.now.astimezone(zone_named(zone)).date()
    for name, calendar in (
        ("Every hour", hours.always(zone)),
        ("Shop hours", hours.shop_hours(zone, today)),
        ("Office hours", hours.office_hours(zone)),
    ):
        told.calendars[name] = add_calendar(change, name, calendar).id
    for name in story.QUEUES:
        members = [told.agents[one.name] for one in story.COLLEAGUES if name in one.queues]
        queue = add_queue(change, name, members=members)
        queue.set_rules(change, delivery=Delivery.PULL, calendar_id=told.calendars[_HOURS[name]])
        told.queues[name] = queue.id
    for channel, category, name in (
        (Channel.CHAT, "billing", "Billing"),
        (Channel.CHAT, "", "Support"),
        (Channel.EMAIL, "", "Support"),
        (Channel.CALLBACK, "", "Callbacks"),
        (Channel.COMPLAINT, "", "Complaints"),
    ):
        placing.place(change, channel, category, told.queues[name])
    for address, called, name in (
        (story.SUPPORT, "Lumen Support", "Support"),
        (story.BILLING, "Lumen Billing", "Billing"),
        (story.SAFETY, "Lumen Safety", "Safety"),
    ):
        add_mailbox(change, address, name=called, queue_id=told.queues[name])


def _promise(change: Change, told: Told) -> None:
    categories.furnish(change)
    told.tiers |= give_tiers(change, told.queues)
    make_promises(change, told.calendars, told.queues, told.tiers)


def _meet_people(change: Change, told: Told) -> None:
    for person in story.PEOPLE:
        told.customers[person.name] = _meet(change, person).id
    for shortcut, title, text in story.CANNED:
        add_canned(change, shortcut=shortcut, title=title, text=text)


def _meet(change: Change, person: story.Person) -> Customer:
    customer = new_customer(change, person.name, language=person.language)
    customer.notes = person.notes
    for kind, value in person.known_by:
        customer.add_identifier(change, kind, value, verified=True)
    return customer


def _open_shop(change: Change, told: Told) -> None:
    topics = (
        {"key": "orders", "name": {"en": "An order or a delivery", "zh": "订单与配送"}},
        {"key": "billing", "name": {"en": "A bill or a refund", "zh": "账单与退款"}},
    )
    texts = {
        "en": {"greeting": "How can we help?", "hours": "We answer every day.", "offline": "Leave us a message."},
        "zh": {"greeting": "请问有什么可以帮您？", "hours": "我们每天都在。", "offline": "请给我们留言。"},
    }
    add_site(
        change,
        SiteForm(
            key=SITE,
            name="Lumen Lamps",
            colour="#0b6b7f",
            languages=("en", "zh"),
            texts=texts,
            topics=topics,
            default_queue_id=told.queues["Support"],
            calendar_id=told.calendars["Every hour"],
            forms=FORMS,
        ),
    )
