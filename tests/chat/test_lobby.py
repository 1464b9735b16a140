"""What is done for everybody who has the chat open, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from chat.live import Lobby
from chat.site import SiteForm, edit_site
from chat.visitor import Visitor, left
from tests.chat.house import House, open_house
from tickets import log
from tickets.live import SLOW, Outbox


class FakeLine:
    """A tab of which only the lobby's side exists."""

    def __init__(self, visitor_id: int, ticket_id: int | None = None) -> None:
        self.visitor_id = visitor_id
        self.ticket_id = ticket_id
        self.outbox = Outbox()
        self.deaf = False
        self.is_steady = True
        self.lasts = True
        self.finished: list[int] = []
        self.renewed = 0

    def finish(self, code: int) -> None:
        self.finished.append(code)

    async def renew(self) -> None:
        self.renewed += 1

    async def landed(self) -> None:
        """Nothing is ever under way."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def the_visitor(house: House) -> Visitor:
    return await house.desk.read(lambda session: session.exec(select(Visitor)).one())


async def test_every_line_is_told_what_it_should_have(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    await house.replies(ticket, "Hello Sam")
    await house.notes(ticket, "A note takes a number too")
    await line.until("note")
    silent = await house.line(await house.token())
    await silent.until("welcome")
    await house.lobby.tell_positions()
    assert 2 == (await line.until("position"))["position"]["seq"]
    assert 0 == (await silent.until("position"))["position"]["seq"]


async def test_a_heartbeat_keeps_a_visitor_from_leaving(house: House) -> None:
    await house.chat(await house.token())
    house.clock.moves(seconds=40)
    await house.lobby.say_seen()
    row = await the_visitor(house)
    assert row.away_due is not None
    assert (house.clock.now(), 60) == (row.seen_at, (row.away_due - house.clock.now()).total_seconds())


async def test_a_token_that_ran_out_closes_its_line(house: House) -> None:
    line = await house.line(await house.token())
    await line.until("welcome")
    house.clock.moves(days=31)
    await house.lobby.check()
    assert 4401 == await line.closed()


async def test_a_site_that_is_switched_off_closes_its_lines(house: House) -> None:
    line = await house.line(await house.token())
    await line.until("welcome")
    off = SiteForm(key="tea", name="Tea", active=False)
    await house.desk.change(edit_site, (await the_visitor(house)).site_id, off, by="system")
    await house.lobby.check()
    assert 4403 == await line.closed()


async def test_a_chat_that_began_in_another_process_is_found(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    visitor = await the_visitor(house)
    for own in house.lobby.of(visitor.id):  # it tells the visitor's other tabs, once it follows the ticket itself
        await own.landed()
    tab = FakeLine(visitor.id)
    house.lobby.enter(tab, most=5)
    await house.lobby.check()
    tab.ticket_id = ticket
    await house.lobby.check()
    assert (1, []) == (tab.renewed, tab.finished)
    await line.close()


async def test_a_chat_that_began_in_another_process_is_shown_though_nobody_whispered(house: House) -> None:
    """Without Redis the visitor's other tab knew nothing of it for up to a minute."""
    line, ticket = await house.chat(await house.token())
    rows = await house.desk.read(log.after, 0)
    other, tab = Lobby(house.desk, house.feed), FakeLine((await the_visitor(house)).id)
    other.enter(tab, most=5)
    for _ in range(2):
        other.heard(rows)
        await other.glance()
        await asyncio.sleep(0)
        tab.ticket_id = ticket
    assert 1 == tab.renewed
    await line.close()


async def test_a_letter_is_shown_in_every_process_at_once(house: House) -> None:
    """Whoever had their socket at another process than the letter came to waited for the next check, up to a minute."""
    token = await house.token()
    whispered = list[tuple[str, dict[str, object]]]()
    house.feed._bus.listen(rung=lambda: None, whispered=lambda topic, frame: whispered.append((topic, frame)))
    visitor = await the_visitor(house)
    body = {"client_id": "l-1", "email": "sam@example.com", "text": "Call me"}
    await house.http.post("/chat/v1/letters", json=body, headers={"Authorization": f"Bearer {token}"})
    async with asyncio.timeout(30):
        while not whispered:  # noqa: ASYNC110  (it has no event of its own)
            await asyncio.sleep(0.01)

    other, tab = Lobby(house.desk, house.feed), FakeLine(visitor.id)
    other.enter(tab, most=5)
    for topic, whisper in whispered:
        other.hear(topic, whisper)
    await asyncio.sleep(0)
    assert 1 == tab.renewed


async def test_who_was_counted_as_gone_by_mistake_is_here_again(house: House) -> None:
    line, _ = await house.chat(await house.token())
    row = await the_visitor(house)
    house.clock.moves(minutes=5)
    assert await house.desk.change(left, row.id, by="system")
    await house.lobby.check()
    assert (await the_visitor(house)).connected
    await line.close()


async def test_a_tab_that_does_not_keep_up_is_cut_off_and_then_gets_the_whole(house: House) -> None:
    tab = FakeLine(9)
    house.lobby.enter(tab, most=5)
    for _ in range(300):
        tab.outbox.put(b"x")
    house.lobby.cut_slow()
    assert [SLOW] == tab.finished
    house.lobby.leave(tab)
    assert [True, False] == [house.lobby.was_slow(9), house.lobby.was_slow(9)]


async def test_tabs_are_counted_by_visitor(house: House) -> None:
    tabs = [FakeLine(9) for _ in range(3)]
    assert [True, True, False] == [house.lobby.enter(tab, most=2) for tab in tabs]
    assert 2 == len(house.lobby)
    assert set(tabs[:2]) == set(house.lobby.of(9))
    for tab in tabs:
        house.lobby.leave(tab)
    assert ([], 0) == (house.lobby.of(9), len(house.lobby))


async def test_the_beats_have_their_times(house: House) -> None:
    """Presence every 20 s, positions every 25 s, a check every 60 s."""
    line, _ = await house.chat(await house.token())
    for _ in range(11):
        await house.lobby.beat()
    await line.until("position")
    await line.until("position")
    off = SiteForm(key="tea", name="Tea", active=False)
    await house.desk.change(edit_site, (await the_visitor(house)).site_id, off, by="system")
    await house.lobby.beat()
    assert 4403 == await line.closed()
