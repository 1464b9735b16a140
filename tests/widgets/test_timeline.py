"""A timeline tells who did what in one thin sentence, and leaves out what goes without saying."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from sqlmodel import Session

from routing import handing, presence
from routing.entitlements import save_entitlement
from routing.presence import GONE, Intent
from routing.queues import add_queue
from routing.sla import chores as sla_chores
from routing.sla.retiring import remove_tier
from routing.tiers import save_tier
from tests.widgets.applier import parsed
from tests.widgets.screens import Day, a_day, another_chat
from tickets import by_hand
from tickets.change import Change
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.people import Customer
from tickets.status import Priority, Status
from tickets.text import LONGEST
from tickets.ticket import Ticket
from widgets import timeline
from widgets.names import Names
from widgets.timeline import Entry, Said


def told(day: Day, language: str = "en") -> list[str]:
    """The sentences of Sam's timeline."""

    def look(session: Session) -> list[str]:
        rows, _ = timeline.newest(session, day.ids["ticket"])
        said = Said.of(session, rows)
        entries = timeline.entries(rows, said, Names(session), "Sam Okafor")
        return [str(one.sentence.html(language)) for one in entries if one.sentence]

    return [html.fragment_fromstring(f"<p>{line}</p>").text_content() for line in day.desk.look(look)]


async def test_it_begins_with_how_the_ticket_came_to_its_agent(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        assert [
            "Sam Okafor started a chat",
            "Offered to Ada Lund",
            "Ada Lund took it",
        ] == told(day)


async def test_a_sentence_names_who_did_it_or_does_without(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.takes(Ticket.set_priority, Priority.HIGH)
        assert "Ada Lund set the priority: High" == told(day)[-1]
        await day.takes(Ticket.set_priority, Priority.LOW, by="system")
        assert "Priority: Low" == told(day)[-1]
        await day.does(presence.set_intent, day.ids["bo"], Intent.AVAILABLE, by=day.bo)
        await day.does(handing.assign, day.ids["ticket"], day.ids["bo"], by=day.ada)
        assert "Ada Lund gave it to Bo Lindgren" == told(day)[-1]
        await day.takes(Ticket.release, why=GONE, by="system")
        assert "Bo Lindgren could not be reached, so it is back in the queue" in told(day)[-2:]


async def test_it_says_because_of_what_a_ticket_was_treated_better(tmp_path: Path) -> None:
    """By the name of today; what is no more, and so has none, by its number."""
    async with a_day(tmp_path) as day:
        one, tier, queue = await day.desk.change(_favours, by="system")
        await day.takes(Ticket.set_priority, Priority.URGENT, because=f"entitlement:{one}", by="system")
        await day.takes(Ticket.move, queue, because=f"tier:{tier}", by="system")
        assert "Priority: Urgent, because of the entitlement Weekend" in told(day)
        assert "In Fast lane, because of the tier Gold" in told(day)
        assert "进入Fast lane，因为客户等级Gold" in told(day, "zh")

        await day.desk.change(save_entitlement, one, name="Sunday", by="system")
        await day.desk.change(remove_tier, tier, by="system")
        assert "Priority: Urgent, because of the entitlement Sunday" in told(day)
        assert f"In Fast lane, because of the tier #{tier}" in told(day)


def _favours(change: Change) -> tuple[int, int, int]:
    tier = save_tier(change, None, name="Gold")
    return save_entitlement(change, None, name="Weekend").id, tier.id, add_queue(change, "Fast lane").id


async def test_a_time_in_a_sentence_is_told_in_the_readers_zone(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.takes(Ticket.snooze, day.clock.now() + timedelta(hours=3))
        entry = parsed(day.page("snoozed")).find_class("entry")[-1]
        time = next(entry.iter("time"))
        assert ("2026-11-23T12:00:00.000Z", "when") == (time.get("datetime"), time.get("data-as"))


async def test_a_ticket_that_is_taken_is_open_without_saying_so(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        assert not [line for line in told(day) if "status" in line.lower()]
        await day.takes(Ticket.set_status, Status.ON_HOLD)
        assert "Ada Lund set the status: On hold" == told(day)[-1]


async def test_what_becomes_of_a_promise_is_told_with_the_time_that_is_left(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        day.clock.moves(minutes=25)
        for clock in day.desk.look(sla_chores.scarce, day.clock.now()):
            await day.does(sla_chores.warn, clock)
        assert "Next reply: due in 5 m" == told(day)[-1]
        day.clock.moves(minutes=20)
        for clock in day.desk.look(sla_chores.overdue, day.clock.now()):
            await day.does(sla_chores.breach, clock)
        assert "Next reply: was due 2026-11-23 09:30" == told(day)[-1]

        await day.takes(Ticket.set_status, Status.PENDING)
        assert "Resolution: paused with 7 h 15 m left" == told(day)[-1]
        day.clock.moves(hours=2)
        await day.sam_says("Still here", "c-8")
        assert "Resolution: goes on, due 2026-11-23 19:00" in told(day)
        assert "解决：暂停计时，还剩 7 小时 15 分" in told(day, "zh")


async def test_the_same_day_in_chinese(tmp_path: Path) -> None:
    async with a_day(tmp_path, language="zh") as day:
        await day.does(handing.move, day.ids["ticket"], day.ids["billing"], by=day.ada)
        assert "Ada Lund 移到了 Billing" == told(day, "zh")[-1]


async def test_a_name_with_braces_or_markup_is_only_a_name(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.does(lambda change: change.take(Customer, day.ids["customer"]).rename(change, "{by}<b>{0.x}"))
        entry = parsed(day.page()).find_class("entry")[0]
        assert "{by}<b>{0.x} started a chat" in entry.text_content()
        assert [] == list(entry.iter("b"))


async def test_a_note_stands_in_the_timeline_as_private(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.does(by_hand.note, day.ids["ticket"], text="Angry", client_id="n-1", by=day.bo)
        (note,) = parsed(day.page()).find_class("note")
        assert "private note" in note.text_content()


async def test_every_ticket_has_its_own(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await another_chat(day)
        (pane,) = parsed(day.page()).find_class("ticket")
        assert "退款" not in pane.text_content()


@pytest.mark.parametrize(("doubtful", "says"), [(True, "type could not be confirmed"), (False, "")])
async def test_a_file_is_a_card_and_a_picture_is_our_own_drawing(doubtful: bool, says: str, tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        now = day.clock.now()
        file = Attachment(
            id=7,
            uploaded_by="visitor:1",
            client_id="f-1",
            name="inv\u202eoice.png",
            original_name="x",
            size=214_000,
            type="image/png",
            doubtful=doubtful,
            inline=not doubtful,
            width=20,
            height=10,
            sha256="0",
            created_at=now,
        )
        message = Message(
            id=9,
            ticket_id=1,
            seq=1,
            kind="in",
            channel="chat",
            by="customer:1",
            name="Sam",
            text="",
            client_id="c",
            at=now,
        )
        rows, _ = day.desk.look(timeline.newest, day.ids["ticket"])
        shown = html.fragment_fromstring(Entry(rows[0], message, [file]).html("en", "Sam"))
        assert ["/files/7/preview"] * (not doubtful) == [image.get("src") for image in shown.iter("img")]
        assert {"/files/7"} == {link.get("href") for link in shown.iter("a")}
        assert "inv[RLO]oice.png" in shown.text_content()
        assert says in shown.text_content()


async def test_the_longest_messages_do_not_stay_in_memory_once_they_were_shown(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        (row, *_), _ = day.desk.look(timeline.newest, day.ids["ticket"])
        at, text = day.clock.now(), "包裹📦" * (LONGEST // 3)

    def shows(n: int) -> int:
        message = Message(
            id=n,
            ticket_id=1,
            seq=n,
            kind="in",
            channel="chat",
            by="customer:1",
            name="Sam",
            text=text,
            client_id=f"c-{n}",
            at=at,
        )
        return len(Entry(row, message).html("en", "Sam"))

    shows(1)
    tracemalloc.start()
    try:
        drawn = sum(shows(n) for n in range(2, 22))
        gc.collect()
        stays, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stays < drawn, "at four bytes a letter, not even a quarter of what was drawn"
