"""What waits at a desk when it opens: each thing that its timers, its postman and its sweep will find, once."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chat.site import SiteForm, add_site
from routing import presence
from routing.callbacks import slots
from routing.callbacks.asking import Wish, ask
from routing.callbacks.numbers import Phone
from routing.callbacks.terms import hours_of
from routing.placing import queue_for
from routing.presence import Intent
from routing.queues import Delivery, add_queue
from routing.sla.policy import Terms, add_policy
from routing.sla.steps import Step
from tests.cast import MovedClock, an_agent
from tests.faults.desk import a_question, furnished, meddle
from tests.faults.senders import SUPPORT
from tests.faults.visitors import SITE
from tests.server.mail.fake_imap import FakeImap
from tickets import by_hand
from tickets.change import Change
from tickets.desk import Desk
from tickets.email.correspondence import correspond
from tickets.email.incoming import Security, set_up
from tickets.email.mailbox import add_mailbox, by_address
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.status import Channel

GIVEN_UP = "+49301234568"
ANSWERS = 2  # that wait in the outbox
TOLD = Step("used", 80, "tell", "supervisors", metric="resolution")
ORPHAN = "0" * 64  # bytes that no row names
SECRETS = "secrets"  # a folder beside the desk's data
UNFINISHED = "an-upload-that-was-cut-off"
LONG_AGO = 5 * 3600.0  # seconds


async def furnish(database: Path, *, elsewhere: int = 0) -> None:
    """Every time of it lies before now. `elsewhere`: the port of a mailbox from which mail is fetched."""
    clock = MovedClock(datetime.now(UTC) - timedelta(seconds=LONG_AGO))
    async with furnished(database, clock=clock) as desk:
        ada, chats = await desk.change(_house, by="system")
        if elsewhere:
            await desk.change(fetches_from, elsewhere, by="system")
        await desk.change(_calls, by="system")
        clock.moves(hours=4, minutes=10)
        for n in range(ANSWERS):
            ticket_id = await desk.change(_asked_by_mail, n, by="system")
            await desk.change(by_hand.reply, ticket_id, text=f"Answer {n}", client_id=f"a-{n}", by=f"agent:{ada}")
        await desk.change(a_question, ANSWERS, channel=Channel.PORTAL, by="system")  # nobody answers it
        clock.moves(minutes=45)
        await desk.change(_rings, ada, chats, by="system")
    meddle(database, "update callback set leaves_at = 1 where state = 'queued'")
    meddle(database, f"update callback set expires_at = 1 where phone = '{GIVEN_UP}'")
    _litter(database.parent / "files")
    keep_secret(database.parents[1] / SECRETS)


async def mails_wait(desk: Desk, count: int) -> None:
    """So many mails that Bo has answered are to go out."""
    bo = await desk.change(_a_mailbox, by="system")
    for n in range(count):
        ticket_id = await desk.change(_asked_by_mail, n, by="system")
        await desk.change(by_hand.reply, ticket_id, text=f"Answer {n}", client_id=f"answer-{n}", by=bo)


def _a_mailbox(change: Change) -> str:
    add_mailbox(change, SUPPORT, name="Lumen Lamps")
    return an_agent(change, "Bo").actor


def _house(change: Change) -> tuple[int, int]:
    ada = an_agent(change)
    add_queue(change, "Calls")  # the oldest: whatever has no rule waits here
    chats = add_queue(change, "Chats", delivery=Delivery.OFFER, members=[ada.id])
    add_site(change, SiteForm(SITE, "Lumen Lamps"))
    add_mailbox(change, SUPPORT, name="Lumen Lamps")
    minute, hour = {"minutes": 1, "business": False}, {"minutes": 60, "business": False}
    targets = {"first_reply": {"normal": minute}, "resolution": {"normal": hour}}
    add_policy(change, Terms(name="Everything", targets=targets, steps=[TOLD]))
    return ada.id, chats.id


def fetches_from(change: Change, port: int) -> None:
    """All that lies there, and what comes."""
    box = by_address(change, SUPPORT)
    assert box is not None
    way: dict[str, str | int] = {"host": "127.0.0.1", "port": port, "security": Security.NONE, "user": "desk"}
    set_up(change, box.id, **way, secret_file="password", everything=True)


def _calls(change: Change) -> None:
    """One whose window begins before the desk opens, one whose queue closes then, and one that nobody could serve."""
    windows = slots.windows(hours_of(change, queue_for(change, Channel.CALLBACK, "")), change.now)
    ask(change, Wish("call-1", Phone("+49301234567", "DE"), windows[0][0].start, name="Sam Okafor"))
    ask(change, Wish("call-3", Phone(GIVEN_UP, "DE"), windows[0][0].start, name="Noor"))
    ask(change, Wish("call-2", Phone("+442079460123", "GB"), name="Priya"))


def _asked_by_mail(change: Change, n: int) -> int:
    ticket = a_question(change, n, channel=Channel.EMAIL)
    correspond(change, ticket, address=f"customer-{n}@mail.example", name=f"Customer {n}")
    return ticket.id


def _rings(change: Change, ada: int, chats: int) -> None:
    """Somebody waits in the chat, and it rings at Ada's desk."""
    presence.came(change, ada)
    presence.set_intent(change, ada, Intent.AVAILABLE)
    customer = new_customer(change, "李静")
    open_ticket(change, customer, channel=Channel.CHAT, subject="Hello?", live=True, queue_id=chats)


def keep_secret(folder: Path) -> None:
    """With which the mailbox elsewhere is opened."""
    folder.mkdir(parents=True)
    (folder / "password").write_text(FakeImap().password)


def _litter(store: Path) -> None:
    """What an upload that was cut off has left, and bytes that no row names any more."""
    for path in (store / "unfinished" / UNFINISHED, store / ORPHAN[:2] / ORPHAN):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nobody's")
        os.utime(path, times=(time.time() - LONG_AGO,) * 2)
