"""An agent is here as long as any console of theirs is open, whichever process has it."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from routing import presence
from server.console import consoles
from server.console.consoles import Consoles
from tests.cast import MovedClock, a_database, an_agent
from tests.server.ear import PATIENCE
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.live import Outbox
from tickets.people import Role


async def test_whoever_goes_from_one_process_to_another_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process has no console of hers any more; the second one says for her that she is here."""
    monkeypatch.setattr(consoles, "BEAT_SECONDS", 0.01)
    clock = MovedClock()
    with contextlib.closing(a_database(tmp_path)) as database:
        async with Desk(database.writes, database.reads, clock=clock) as desk:
            row = await desk.change(an_agent, by="system")
            ada = SignedIn(id=row.id, name="Ada", role=Role.AGENT, language="en", session_id=1)
            async with Consoles(desk).running() as one, Consoles(desk).running() as two:
                async with one.present(ada, Outbox()):
                    pass
                async with two.present(ada, Outbox()):
                    for _ in range(3):
                        clock.moves(seconds=desk.rules.agent_grace_seconds - 1)
                        async with asyncio.timeout(PATIENCE):
                            await _until_seen(desk, ada.id)
                    assert [] == list(await desk.read(presence.silent, clock.now()))


async def _until_seen(desk: Desk, agent_id: int) -> None:
    """As of now."""
    while True:
        if await desk.read(_last_seen, agent_id) == desk.clock.now():
            return
        await asyncio.sleep(0.01)


def _last_seen(session: Session, agent_id: int) -> datetime | None:
    found = presence.presence_of(session, agent_id)
    return found.seen_at if found else None
