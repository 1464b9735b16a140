"""A recipient that was found is not looked up again for a second; one that was not found is, each time."""

from __future__ import annotations

from pathlib import Path

from tests.tickets.email.mailroom import SUPPORT, a_counter
from tickets.change import Change
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.recipients import KNOWN_FOR, Recipients


async def test_what_was_found_holds_for_a_second_and_no_longer(tmp_path: Path) -> None:
    now = [100.0]
    async with a_counter(tmp_path) as counter:
        (box,) = counter.rows(Mailbox)
        recipients = Recipients(counter.desk, clock=lambda: now[0])
        assert box.id == await recipients.mailbox_of(SUPPORT)

        def closes(change: Change) -> None:
            change.take(Mailbox, box.id).edit(change, address=SUPPORT, name=box.name, active=False)

        await counter.desk.change(closes, by="system")
        now[0] += KNOWN_FOR - 0.1
        assert box.id == await recipients.mailbox_of(SUPPORT)
        now[0] += 0.1
        assert await recipients.mailbox_of(SUPPORT) is None


async def test_whoever_adds_a_mailbox_may_write_to_it_at_once(tmp_path: Path) -> None:
    async with a_counter(tmp_path) as counter:
        recipients = Recipients(counter.desk, clock=lambda: 100.0)
        assert await recipients.mailbox_of("sales@shop.example") is None
        made = await counter.desk.change(add_mailbox, "sales@shop.example", by="system")
        assert made.id == await recipients.mailbox_of("sales@shop.example")
