"""A page that has heard what happened is the page that a reload would bring, for every kind of event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from chat import talk, visitor
from chat.site import SiteForm, edit_site
from routing import handing, hours, offers, placing, presence, skills, stays
from routing.calendars import BusinessCalendar
from routing.presence import Intent
from routing.queues import Queue
from server.auth import accounts, sessions
from tests.widgets import callers, promises
from tests.widgets.applier import parsed, same
from tests.widgets.screens import Day, Morning, a_day, a_first_day, a_morning, another_chat, claims_email, that_day
from tests.widgets.stories_of_agents import AGENTS
from tests.widgets.stories_of_mail import MAIL
from tests.widgets.stories_of_waits import WAITS
from tickets import by_hand, canned, chores
from tickets.change import Change
from tickets.complaints.categories import edit_category, furnish
from tickets.complaints.complaint import Complaint, decide
from tickets.complaints.events import ComplaintFiled
from tickets.events import kinds
from tickets.opening import open_ticket
from tickets.people import Customer, Role
from tickets.saying import Post
from tickets.status import Channel, Priority, Status
from tickets.status_names import add_status_name
from tickets.ticket import Ticket

Story = Callable[[Day], Awaitable[object]]
VIEWS = ("open", "mine", "waiting", "at_risk", "breached", "unassigned", "snoozed", "resolved", "queue", "in_line")


async def sam_brings_another_matter(day: Day) -> None:
    def brings(change: Change) -> None:
        ticket = open_ticket(
            change, change.take(Customer, day.ids["customer"]), channel=Channel.PORTAL, subject="A bill"
        )
        ticket.move(change, day.ids["billing"])

    await day.does(brings)


async def an_offer_rings(day: Day) -> int:
    """Somebody else comes, and it rings at Ada."""
    ticket = await another_chat(day)
    (offer,) = day.desk.look(offers.live_of_agent, day.ids["ada"])
    assert ticket == offer.ticket_id
    return offer.id


async def ada_accepts(day: Day) -> None:
    await day.does(offers.accept, await an_offer_rings(day), by=day.ada)


async def ada_declines(day: Day) -> None:
    await day.does(offers.decline, await an_offer_rings(day), "lunch", by=day.ada)


async def nobody_answers(day: Day) -> None:
    offer = await an_offer_rings(day)
    day.clock.moves(minutes=1)
    await day.does(offers.expire, offer)


async def bo_takes_what_rings_at_ada(day: Day) -> None:
    ticket = await another_chat(day)
    await day.does(handing.assign, ticket, day.ids["bo"], by=day.bo)


async def nobody_comes(day: Day) -> None:
    """It has waited so long that another queue's members may help."""

    def waits(change: Change) -> None:
        ticket = change.take(Ticket, day.ids["ticket"])
        assert ticket.queue_id is not None
        helper = day.ids["billing"] if ticket.queue_id != day.ids["billing"] else day.ids["support"]
        step = stays.RelaxStep(queue_id=0, number=0, after_seconds=60, drop=[], widen_to=helper, raise_priority=True)
        stays.set_steps(change, ticket.queue_id, [step])
        ticket.release(change)

    await day.does(waits, by=day.ada)
    day.clock.moves(minutes=2)
    await day.does(stays.relax, day.ids["ticket"])


async def ada_sleeps_on_it(day: Day) -> None:
    await day.takes(Ticket.snooze, day.clock.now() + timedelta(hours=3))


async def the_snooze_ends(day: Day) -> None:
    await ada_sleeps_on_it(day)
    day.clock.moves(hours=4)
    await day.does(chores.wake, day.ids["ticket"])


async def sam_writes_after_the_end(day: Day) -> None:
    await day.takes(Ticket.resolve)
    await day.takes(Ticket.receive, "One more thing", client_id="c-9", by=f"customer:{day.ids['customer']}")


async def sam_is_gone(day: Day) -> None:
    day.clock.moves(minutes=10)
    await day.does(visitor.left, day.ids["sam"])


async def sam_is_back(day: Day) -> None:
    await sam_is_gone(day)
    await day.does(visitor.came, day.ids["sam"])


async def sam_ends(day: Day) -> None:
    await day.does(talk.end, visitor_id=day.ids["sam"], by=f"customer:{day.ids['customer']}")


async def sam_rates(day: Day) -> None:
    await sam_ends(day)
    by = f"customer:{day.ids['customer']}"
    await day.does(talk.rate, visitor_id=day.ids["sam"], score=4, comment="Quick", by=by)


async def sam_waits_live_again(day: Day) -> None:
    await day.takes(Ticket.end_live, by="system")
    await day.takes(Ticket.begin_live, by=f"customer:{day.ids['customer']}")


async def sam_turns_out_to_be_known(day: Day) -> None:
    await another_chat(day)
    await day.does(claims_email, day.ids["customer"], "shared@mail.example")


async def ada_signs_out(day: Day) -> None:
    def signs(change: Change) -> None:
        session = sessions.sign_in(change, day.ids["ada"], sessions.Secrets("cookie", "form"), lasts=timedelta(hours=1))
        sessions.sign_out(change, session.id, of=day.ids["ada"])

    await day.does(signs)


async def a_status_has_another_name(day: Day) -> None:
    """The open ticket and an earlier line of its timeline go by it."""

    def names_it(change: Change) -> None:
        parts = add_status_name(change, Status.ON_HOLD, "Parts")
        change.take(Ticket, day.ids["ticket"]).set_status(change, Status.ON_HOLD, parts.id)
        parts.rename(change, "Waiting for parts")
        second = add_status_name(change, Status.OPEN, "Second level")
        change.take(Ticket, day.ids["ticket"]).set_status(change, Status.OPEN, second.id)

    await day.does(names_it, by=day.ada)


async def a_machine_answers(day: Day) -> None:
    def answers(change: Change) -> None:
        ticket, post = change.take(Ticket, day.ids["ticket"]), Post("email", change.now)
        ticket.overhear(change, "I am away", client_id="m-1", name="Sam", post=post, robot=True)
        ticket.overhear(change, "I am Sam's colleague", client_id="m-2", name="Priya", post=post)

    await day.does(answers)


async def sam_complains(day: Day) -> None:
    """His open ticket turns out to be one: it is told in full at once, and what is on screen of it changes."""

    def turns(change: Change) -> None:
        furnish(change)
        ticket = change.take(Ticket, day.ids["ticket"])
        ticket.channel, filed = Channel.COMPLAINT.value, change.now
        change.add(Complaint(ticket_id=ticket.id, client_id="k-1", category="conduct", wanted="Tea", filed_at=filed))
        change.record(ComplaintFiled(ticket=ticket.id))

    await day.does(turns)


async def ada_acknowledges(day: Day) -> None:
    await sam_complains(day)
    await day.does(lambda change: change.take(Complaint, day.ids["ticket"]).acknowledge(change), by=day.ada)


async def ada_decides(day: Day) -> None:
    await sam_complains(day)
    told = {"outcome": "partly", "reason": "Half of it.", "client_id": "d-1"}
    await day.does(decide, day.ids["ticket"], **told, by=day.ada)


async def a_category_has_another_name(day: Day) -> None:
    await sam_complains(day)
    names = {"en": "Our manners", "zh": "礼貌"}
    await day.does(edit_category, "conduct", names=names, priority=Priority.LOW, active=True)


async def the_site_changes(day: Day) -> None:
    await day.does(edit_site, day.ids["site"], SiteForm(key="tea", name="Tea and coffee"))


STORIES: dict[str, Story] = {
    **promises.STORIES,
    "TicketOpened": sam_brings_another_matter,
    "MessageReceived": lambda day: day.sam_says("Anyone there?\nhttps://shop.example.com/orders/5590", "c-3"),
    "MessageSent": lambda day: day.does(by_hand.reply, day.ids["ticket"], text="Yes", client_id="a-2", by=day.ada),
    "NoteAdded": lambda day: day.does(by_hand.note, day.ids["ticket"], text="Odd", client_id="b-1", by=day.bo),
    "AsideReceived": a_machine_answers,
    "MessagesSeen": lambda day: day.takes(Ticket.see, "agent", 3),
    "TicketReleased": lambda day: day.does(handing.give_back, day.ids["ticket"], by=day.ada),
    "TicketMoved": lambda day: day.does(handing.move, day.ids["ticket"], day.ids["billing"], by=day.ada),
    "PriorityChanged": lambda day: day.takes(Ticket.set_priority, Priority.URGENT),
    "SubjectChanged": lambda day: day.takes(Ticket.set_subject, "Late parcel"),
    "StatusChanged": lambda day: day.takes(Ticket.set_status, Status.ON_HOLD),
    "StatusNamesChanged": a_status_has_another_name,
    "TicketSnoozed": ada_sleeps_on_it,
    "TicketWoken": the_snooze_ends,
    "TicketResolved": lambda day: day.takes(Ticket.resolve),
    "TicketReopened": sam_writes_after_the_end,
    "LiveBegan": sam_waits_live_again,
    "LiveEnded": lambda day: day.takes(Ticket.end_live, by="system"),
    "CustomerChanged": sam_turns_out_to_be_known,
    "AgentChanged": lambda day: day.does(accounts.change_role, day.ids["bo"], Role.SUPERVISOR),
    "AgentRevoked": lambda day: day.does(accounts.change_role, day.ids["bo"], Role.SUPERVISOR),
    "SessionBegan": ada_signs_out,
    "SessionEnded": ada_signs_out,
    "CannedChanged": lambda day: day.does(canned.add_canned, shortcut="hi", title="Hello", text="Hello"),
    "OfferMade": an_offer_rings,
    "OfferAccepted": ada_accepts,
    "OfferDeclined": ada_declines,
    "OfferExpired": nobody_answers,
    "OfferRevoked": bo_takes_what_rings_at_ada,
    "PresenceChanged": lambda day: day.does(presence.set_intent, day.ids["ada"], Intent.AWAY, "lunch", by=day.ada),
    "QueueChanged": lambda day: day.does(lambda change: change.take(Queue, day.ids["billing"]).rename(change, "Bills")),
    "SkillsChanged": lambda day: day.does(skills.add_skill, "Bicycles"),
    "NeedsRelaxed": nobody_comes,
    "PlacementsChanged": lambda day: day.does(placing.place, Channel.CHAT, "", day.ids["billing"]),
    "CalendarChanged": lambda day: day.does(hours.add_calendar, "Days", BusinessCalendar("UTC", (((540, 1080),),) * 7)),
    "ComplaintFiled": sam_complains,
    "ComplaintAcknowledged": ada_acknowledges,
    "ComplaintDecided": ada_decides,
    "ComplaintCategoriesChanged": a_category_has_another_name,
    "CapacityFreed": lambda day: day.takes(Ticket.resolve),
    "CallbackRequested": callers.sam_asks,
    "CallbackMoved": callers.asked_and(callers.sam_moves_it),
    "CallbackDue": callers.asked_and(callers.its_time_comes, later=True),
    "CallbackTried": callers.asked_and(callers.rings("no_answer")),
    "CallbackClosed": callers.asked_and(callers.ada_cancels),
    "VisitorCame": sam_is_back,
    "VisitorLeft": sam_is_gone,
    "ChatEnded": sam_ends,
    "ChatRated": sam_rates,
    "SiteChanged": the_site_changes,
    **AGENTS,
    **MAIL,
    **WAITS,
}


def test_every_kind_of_event_has_a_story() -> None:
    """Whoever adds a kind of event says here how it comes about."""
    assert set(STORIES) == {name for name, kind in kinds().items() if not kind.__module__.startswith("tests.")}


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """All these stories begin alike."""
    return asyncio.run(a_morning(tmp_path_factory.mktemp("morning"), VIEWS))


@pytest.mark.parametrize("kind", sorted(STORIES))
async def test_a_live_page_equals_a_reloaded_one(kind: str, morning: Morning, tmp_path: Path) -> None:
    """In every list, with the ticket open that it happens to."""
    async with that_day(morning, tmp_path) as day:
        await STORIES[kind](day)
        assert kind in day.kinds_since(morning.cursor)
        for view, page in morning.pages.items():
            after = day.live(parsed(page), day.since(morning.cursor, view), view)
            assert same(parsed(day.page(view))) == same(after), view


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT])
@pytest.mark.parametrize("rings", [False, True])
async def test_the_first_customer_of_all_ends_what_an_empty_desk_says(role: Role, rings: bool, tmp_path: Path) -> None:
    """Whichever list is open, and whether it rings at Ada or nobody is in."""
    async with a_first_day(tmp_path, role=role) as day:
        views = [name if name != "queue" else f"queue-{day.ids['support']}" for name in VIEWS]
        before = {view: parsed(day.page(view)) for view in views}
        assert (role is Role.ADMIN) == ("Set up a site" in day.page("mine"))
        cursor = day.cursor
        if rings:
            await day.does(presence.set_intent, day.ids["ada"], presence.Intent.AVAILABLE, by=day.ada)
        await another_chat(day)
        for view in views:
            after = day.live(before[view], day.since(cursor, view), view)
            assert same(parsed(day.page(view))) == same(after), view
            assert "Set up a site" not in day.page(view)


async def test_hearing_it_twice_changes_nothing(tmp_path: Path) -> None:
    """A page may be read ahead of the feed: what it shows comes again."""
    async with a_day(tmp_path) as day:
        cursor, page = day.cursor, parsed(day.page())
        for kind in ("MessageReceived", "NoteAdded", "OfferMade", "TicketMoved"):
            await STORIES[kind](day)
        for _ in range(2):
            day.live(page, day.since(cursor))
        assert same(parsed(day.page())) == same(page)


async def test_it_holds_in_chinese_too(tmp_path: Path) -> None:
    async with a_day(tmp_path, language="zh") as day:
        cursor, page = day.cursor, parsed(day.page())
        for kind in ("MessageSent", "TicketMoved", "OfferMade", "ChatRated"):
            await STORIES[kind](day)
        assert same(parsed(day.page())) == same(day.live(page, day.since(cursor)))
