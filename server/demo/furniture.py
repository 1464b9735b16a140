"""What the demo desk is furnished with before its story begins: people, queues, hours, promises and the shop."""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.site import SiteForm, add_site
from routing import placing, presence
from routing.calendars import DAY, BusinessCalendar, Span
from routing.hours import add_calendar
from routing.presence import Intent
from routing.queues import Delivery, add_queue
from server.auth import accounts
from server.demo import story
from tickets.canned import add_canned
from tickets.change import Change
from tickets.people import Customer, new_customer
from tickets.status import Channel

SITE = "lumen"
_DAYS: tuple[Span, ...] = ((9 * 60, 18 * 60),)


@dataclass
class Told:
    """Who and what the story has brought so far, by name."""

    agents: dict[str, int] = field(default_factory=dict)
    queues: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)


def furnish(change: Change, password_hash: str) -> Told:
    """People, queues, hours, the shop's site and the canned replies."""
    told = Told()
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
        if colleague.queues:
            presence.set_intent(change, agent.id, Intent.AVAILABLE)  # from the moment that they open their console
    always = add_calendar(change, "Every day", BusinessCalendar("UTC", (((0, DAY),),) * 7))
    weekdays = add_calendar(change, "Weekdays", BusinessCalendar("UTC", (_DAYS,) * 5 + ((), ())))
    for name, hours in (("Support", always.id), ("Billing", weekdays.id)):
        members = [told.agents[one.name] for one in story.COLLEAGUES if name in one.queues]
        queue = add_queue(change, name, members=members)
        queue.set_rules(change, delivery=Delivery.PULL, calendar_id=hours)
        told.queues[name] = queue.id
    for person in story.PEOPLE:
        told.customers[person.name] = _meet(change, person).id
    for shortcut, title, text in story.CANNED:
        add_canned(change, shortcut=shortcut, title=title, text=text)
    _open_shop(change, told, always.id)
    return told


def _meet(change: Change, person: story.Person) -> Customer:
    customer = new_customer(change, person.name, language=person.language)
    customer.notes = person.notes
    for kind, value in person.known_by:
        customer.add_identifier(change, kind, value, verified=True)
    return customer


def _open_shop(change: Change, told: Told, calendar_id: int) -> None:
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
            calendar_id=calendar_id,
        ),
    )
    placing.place(change, Channel.CHAT, "billing", told.queues["Billing"])
    placing.place(change, Channel.CHAT, "", told.queues["Support"])
