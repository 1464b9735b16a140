"""A desk that is told to stop says so to everybody while its last mail is still on its way, and loses neither."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.bench.houses import Chat
from tests.faults.desk import address, rows
from tests.faults.test_kill_outbox import answers_wait, by_way_of
from tests.running import RunningDesk
from tests.server.mail.fake_relay import HOLD, FakeRelay
from tests.servers.several import PATIENCE, Agent, Screen, a_chat, furnish

MAILS = "select state, handed_over from outgoing"


async def test_people_are_told_while_a_mail_is_held_by_its_relay(tmp_path: Path) -> None:
    """Each used to wait for the other, with a patience of its own: together they took longer than anybody waits."""
    async with FakeRelay().listening() as relay:
        relay.says("DOT", HOLD)
        desk = await _a_desk(tmp_path, relay)
        try:
            async with asyncio.timeout(PATIENCE):
                await relay.holds.wait()
            sam = await asyncio.to_thread(Chat, desk.url)
            ada = await asyncio.to_thread(Agent, desk.url, "ada")
            async with a_chat(desk, sam.token) as chat, ada.console() as console:
                os.kill(desk.pid, signal.SIGTERM)
                await _is_sent_away(chat)
                await _is_sent_away(console)
                assert [("sending", True)] == _mails(desk)
                relay.lets_go.set()
        finally:
            await asyncio.to_thread(desk.stop)

        assert [("sent", False)] == _mails(desk)  # in nobody's hands any more
        assert 1 == len(relay.taken)


@pytest.mark.faults
async def test_a_relay_that_never_answers_keeps_no_desk_from_its_end(tmp_path: Path) -> None:
    """The desk ends before its relay has said anything; the mail is found by whoever opens it next."""
    async with FakeRelay().listening() as relay:
        relay.says("DOT", HOLD)
        desk = await _a_desk(tmp_path, relay)
        try:
            async with asyncio.timeout(PATIENCE):
                await relay.holds.wait()
        finally:
            await asyncio.to_thread(desk.stop)
        assert ([("sending", True)], []) == (_mails(desk), relay.taken)


async def _a_desk(folder: Path, relay: FakeRelay) -> RunningDesk:
    """With one answer in its outbox, and a shop that people come from."""
    settings = {"FRONTDESK_DATABASE_URL": address(folder / "data" / "frontdesk.db"), **by_way_of(relay.port)}
    desk = RunningDesk(folder, demo=False, settings=settings)
    await answers_wait(desk.database, 1)
    await furnish(settings["FRONTDESK_DATABASE_URL"])
    await asyncio.to_thread(desk.start)
    return desk


async def _is_sent_away(screen: Screen) -> None:
    bye = (await screen.hears(lambda frame: "bye" in frame))["bye"]
    assert 0.5 <= bye["retry_after"] <= 4.0


def _mails(desk: RunningDesk) -> list[tuple[str, bool]]:
    return [(state, bool(handed)) for state, handed in rows(desk.database, MAILS)]
