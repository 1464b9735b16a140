"""An event reaches the screens that follow what it is about, once each, and the database is asked little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from routing import handing
from tests.widgets.applier import roots
from tests.widgets.screens import Day, a_day, another_chat
from tickets import by_hand, log
from tickets.events import Audience, kinds
from tickets.live import Topic
from tickets.ticket import Ticket
from widgets import fragments, lists, tallies
from widgets.deliveries import Delivery
from widgets.dirt import PARTS, Part
from widgets.sentences import SENTENCES
from widgets.timeline import SAID


def rendered(day: Day, cursor: int, *topics: Topic) -> list[Delivery]:
    return day.desk.look(lambda session: fragments.render(session, log.after(session, cursor), topics, day.clock.now()))


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked(day: Day, cursor: int, topics: set[Topic]) -> list[str]:
    """What a batch of everything since `cursor` asks of the database."""

    def look(session: Session) -> list[str]:
        rows = log.after(session, cursor)
        with counting(session) as statements:
            fragments.render(session, rows, topics, day.clock.now())
        return statements

    return day.desk.look(look)


def test_every_kind_of_event_says_what_it_makes_out_of_date() -> None:
    ours = {kind for kind in kinds().values() if kind.__module__.split(".")[0] in {"tickets", "routing", "chat"}}
    silent = {kind for kind in ours if Audience.STAFF not in kind.audience}
    assert set() == ours - silent - set(PARTS)


def test_what_makes_a_line_of_the_timeline_has_words_for_it() -> None:
    assert {kind for kind, parts in PARTS.items() if Part.ENTRY in parts} == {*SAID, *SENTENCES}


async def test_nobody_follows_and_nothing_is_asked(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        await day.sam_says("Hello?", "c-5")
        assert [] == rendered(day, cursor)
        assert [] == rendered(day, cursor, Topic("ticket:999"), Topic("chat:999"), Topic("agent:999"))


async def test_a_topic_hears_once_for_a_whole_batch(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        for number in range(5):
            await day.sam_says(f"Hello? {number}", f"c-{number + 10}")
        await day.takes(Ticket.resolve)
        heard = [delivery.topic for delivery in rendered(day, cursor, *day.topics())]
        assert len(heard) == len(set(heard))
        assert cursor + 1 < json.loads(rendered(day, cursor, *day.topics())[0].frame)["at"]


async def test_a_batch_asks_the_same_however_many_events_it_has(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        topics = {*day.topics(), *(Topic(f"view:{view}:{day.ids['bo']}") for view in ("open", "waiting", "mine"))}
        cursor = day.cursor
        await day.sam_says("Hello?", "c-20")
        few = len(asked(day, cursor, topics))
        for number in range(30):
            await day.sam_says(f"Hello? {number}", f"c-{number + 30}")
            await day.does(
                by_hand.reply, day.ids["ticket"], text=f"Yes {number}", client_id=f"a-{number + 30}", by=day.ada
            )
        assert few + 1 >= len(asked(day, cursor, topics))
        assert 8 >= few


async def test_a_row_is_drawn_once_for_everyone_who_has_that_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        await day.sam_says("Hello?", "c-20")
        drawn: list[str] = []
        render: Callable[..., str] = vars(lists)["render"]

        def noted(template: str, language: str, **facts: Any) -> str:
            drawn.append(f"{template} {language} {facts['view']}")
            return render(template, language, **facts)

        monkeypatch.setattr(lists, "render", noted)
        everyone = [Topic(f"view:open:{agent}", language) for agent in range(50) for language in ("en", "zh")]
        assert 100 == len(rendered(day, cursor, *everyone))
        assert ["console/_row.html en open", "console/_row.html zh open"] == sorted(drawn)


async def test_each_language_hears_its_own_words(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        await day.takes(Ticket.resolve)
        topic = f"ticket:{day.ids['ticket']}"
        english, chinese = (
            next(
                one.frame.decode()
                for one in rendered(day, cursor, Topic(topic, "en"), Topic(topic, "zh"))
                if one.topic.language == tag
            )
            for tag in ("en", "zh")
        )
        assert "resolved it" in english
        assert "解决了工单" in chinese


async def test_a_note_reaches_no_visitor(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        cursor, chat = day.cursor, Topic(f"chat:{day.ids['ticket']}")
        await day.does(by_hand.note, day.ids["ticket"], text="He is angry", client_id="n-1", by=day.bo)
        assert [] == rendered(day, cursor, chat)
        await day.does(by_hand.reply, day.ids["ticket"], text="Hello Sam", client_id="n-2", by=day.ada)
        assert ["Hello Sam"] == [
            frame["message"]["text"]
            for frame in (json.loads(one.frame) for one in rendered(day, cursor, chat))
            if "message" in frame
        ]


async def test_a_fragment_has_one_root_with_the_id_of_its_swap(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        await another_chat(day)
        await day.does(handing.move, day.ids["ticket"], day.ids["billing"], by=day.ada)
        brought = [swap for one in day.since(cursor) for swap in json.loads(one.frame)["swaps"] if "html" in swap]
        ids = {"offer", "head", "shown", "panel", "row", "message", "entry", "presence", "count", "total"}
        assert ids <= {swap["id"].partition("-")[0] for swap in brought} | {"message"}
        for swap in brought:
            (root,) = roots(swap["html"])
            assert swap["id"] == root.get("id")


async def test_everyone_in_line_hears_their_place(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.does(handing.give_back, day.ids["ticket"], by=day.ada)
        second = await another_chat(day)
        topics = {Topic(f"chat:{day.ids['ticket']}"), Topic(f"chat:{second}")}
        told = day.desk.look(tallies.count, topics, day.clock.now(), day.desk.rules)
        assert {f"chat:{day.ids['ticket']}": 1, f"chat:{second}": 2} == {
            one.topic.name: json.loads(one.frame)["place"]["position"] for one in told
        }


async def test_mine_is_counted_for_each_agent(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        found = day.desk.look(tallies.counts, [day.ids["ada"], day.ids["bo"]])
        assert (1, 0) == (found[day.ids["ada"]]["mine"], found[day.ids["bo"]]["mine"])
        assert (1, 1) == (found[day.ids["ada"]]["open"], found[day.ids["bo"]]["open"])
