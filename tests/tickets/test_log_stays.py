"""What happened stays as it was written: who did it, when, and what (I17)."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from tests.cast import MovedClock, a_database, a_desk, a_ticket
from tests.tickets.batches import Ask, together
from tickets import log
from tickets.change import Change
from tickets.log import LogRow
from tickets.status import Priority
from tickets.table import AppendOnly
from tickets.ticket import Ticket

ROOT = Path(__file__).parents[2]
ROOMS = ("tickets", "routing", "chat", "widgets", "server")
CHANGES = re.compile(r"(?:update|delete)\((?:log\.)?LogRow|(?:delete from|update) log\b", re.IGNORECASE)


def test_nobody_changes_or_removes_what_was_logged() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]

    assert [] == [str(path) for path in files if CHANGES.search(path.read_text("utf-8"))]
    assert issubclass(LogRow, AppendOnly)


def test_every_row_says_who_and_when() -> None:
    columns = LogRow.__table__.columns  # type: ignore[attr-defined]

    assert {"at": False, "by": False, "kind": False} == {name: columns[name].nullable for name in ("at", "by", "kind")}


def _renames(change: Change, ticket_id: int, subject: str) -> None:
    """Somebody does something, and the house something else because of it."""
    ticket = change.take(Ticket, ticket_id)
    ticket.set_subject(change, subject)
    with change.acting_as("system"):
        ticket.set_priority(change, Priority.HIGH)


async def test_who_did_it_and_when_is_what_the_row_says(tmp_path: Path) -> None:
    """Of those that are written together each under its own name, and what the house does under the house's."""
    clock = MovedClock()
    with closing(a_database(tmp_path)) as database:
        async with a_desk(database, clock=clock) as desk:
            ticket = await desk.change(lambda change: a_ticket(change).id, by="customer:91")
            asked_at, answered_at = clock.now(), clock.moves(minutes=5)
            asks = [Ask(_renames, (ticket, f"By {by}"), by=by) for by in ("agent:7", "agent:8")]
            await together(desk, asks)
            rows = [(row.kind, row.by, row.at) for row in await desk.read(log.after, 0)]

    assert [
        ("TicketOpened", "customer:91", asked_at),
        ("SubjectChanged", "agent:7", answered_at),
        ("PriorityChanged", "system", answered_at),
        ("SubjectChanged", "agent:8", answered_at),
    ] == rows
