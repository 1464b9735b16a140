"""F18 with Postfix's own tools: its sender hands mail in as fast as it can, its server answers badly at every stage.

Where they are not installed, scripted ones of the same dialogue stand in; the long rounds install them if they may.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.cast import MovedClock, a_database
from tests.faults.postfix import STAGES, TROUBLES, a_sink, a_slow_sink, send_many
from tests.server.mail.fake_relay import FakeRelay
from tests.server.mail.test_postman import Office
from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import SUPPORT, a_counter
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox
from tickets.email.outbox import REACTIONS
from tickets.email.outgoing import MailState
from tickets.email.raw import RawMail, RawState
from tickets.files.store import Store
from tickets.reactions import Reactions

EVERY = [(stage, trouble) for stage in STAGES for trouble in TROUBLES]
SOME = [("MAIL", "for now"), ("RCPT", "for good"), ("DATA", "drop"), ("DOT", "drop")]
Sink = Callable[[], AbstractAsyncContextManager[int]]


def end_of(stage: str, trouble: str) -> MailState:
    """A no for good counts where it is about the mail; what breaks after the final dot may have arrived (I8)."""
    if trouble == "drop":
        return MailState.INDETERMINATE if stage == "DOT" else MailState.RETRY
    about_the_mail = stage not in {"greeting", "EHLO"}
    return MailState.FAILED if trouble == "for good" and about_the_mail else MailState.RETRY


@asynccontextmanager
async def an_office(folder: Path) -> AsyncIterator[Office]:
    database, clock = a_database(folder), MovedClock()
    desk = Desk(database.writes, database.reads, clock=clock, rules=RULES, reactions=Reactions(REACTIONS))
    async with FakeRelay().listening() as unused, desk:
        await desk.change(add_mailbox, SUPPORT, name="Shop Support", by="system")
        yield Office(desk, clock, unused, Store(folder / "files"))
    database.close()


async def sent_by_way_of(folder: Path, sink: Sink) -> str:
    """What becomes of an answer whose relay is this one, at the first try."""
    async with an_office(folder) as office, sink() as port:
        await office.answers()
        await office.a_postman(port=port).work_off()
        (state,) = await office.states()
    return state


@pytest.mark.parametrize(("stage", "trouble"), SOME)
async def test_trouble_at_some_stages_has_the_right_end(tmp_path: Path, stage: str, trouble: str) -> None:
    found = await sent_by_way_of(tmp_path, lambda: a_sink(stage, trouble, install=False))
    assert end_of(stage, trouble) == found


@pytest.mark.faults
@pytest.mark.parametrize(("stage", "trouble"), EVERY)
async def test_trouble_at_every_stage_has_the_right_end(tmp_path: Path, stage: str, trouble: str) -> None:
    found = await sent_by_way_of(tmp_path, lambda: a_sink(stage, trouble, install=True))
    assert end_of(stage, trouble) == found


async def test_a_slow_relay_is_waited_for(tmp_path: Path) -> None:
    assert MailState.SENT == await sent_by_way_of(tmp_path, lambda: a_slow_sink(1, install=False))


async def handed_in(folder: Path, count: int, *, install: bool) -> None:
    """Each mail that was answered with 250 is a row of its own and lies in the store as it came (I5)."""
    async with a_counter(folder) as counter:
        await send_many(counter.port, count, to=SUPPORT, install=install)
        rows = counter.rows(RawMail)
        assert (count, {RawState.RECEIVED}) == (len(rows), {*(row.state for row in rows)})
        assert all(counter.store.holds(row.sha256) for row in rows)
        assert count == await counter.reader.read_all()
        assert RawState.RECEIVED not in {row.state for row in counter.rows(RawMail)}


async def test_a_hundred_mails_over_eight_lines_are_kept(tmp_path: Path) -> None:
    await handed_in(tmp_path, 100, install=False)


@pytest.mark.faults
async def test_three_thousand_mails_over_eight_lines_are_kept(tmp_path: Path) -> None:
    await handed_in(tmp_path, 3000, install=True)
