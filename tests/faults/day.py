"""A day at the desk with everything in it: what waits when it opens, and people who want something.

When the desk opens, answers wait in the outbox, a promise is broken and another nearly, a step of it is due, an offer
has rung out, a call is due, another's hours are over, a third was never served, and the store holds bytes that belong
to nobody. Then visitors write and add files, mail is handed in, and some is fetched from a mailbox elsewhere. Where
its process dies is the business of the tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.faults.desk import address, meddle, rows, until_not
from tests.faults.furnishing import ORPHAN, SECRETS, UNFINISHED, furnish
from tests.faults.history import History
from tests.faults.relay import SlowRelay
from tests.faults.senders import Correspondent, Sender
from tests.faults.visitors import Uploader, Visitor
from tests.running import RunningDesk, free_port
from tests.server.mail.fake_imap import FakeImap

ROOMY = {
    "FRONTDESK_CHAT_SEND_PER_10S": "1000000",
    "FRONTDESK_CHAT_SEND_PER_HOUR": "1000000",
    "FRONTDESK_CHAT_SEND_PER_MINUTE_PER_ADDRESS": "1000000",
    "FRONTDESK_CHAT_UPLOADS_PER_HOUR": "1000000",
    "FRONTDESK_CHAT_UPLOADS_PER_HOUR_PER_ADDRESS": "1000000",
    "FRONTDESK_MAIL_PER_SENDER_PER_HOUR": "1000000",
    "FRONTDESK_MAIL_PER_DOMAIN_PER_HOUR": "1000000",
    "FRONTDESK_MAIL_PER_SECOND": "1000000",
    "FRONTDESK_LOG_LEVEL": "warning",
}
SOONEST, LATEST = 0.05, 3.0  # seconds until a fault (reliability.md F1)


def a_moment(dice: random.Random) -> float:
    """Seconds until the fault, drawn from the seed: any between the soonest and the latest, short ones more often."""
    return math.exp(dice.uniform(math.log(SOONEST), math.log(LATEST)))


class Day:
    """Use as an async context manager: its desk is furnished, and not started yet."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None, starter: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.relay = SlowRelay(pause=0.0)
        self._around = contextlib.AsyncExitStack()
        self.elsewhere = FakeImap()
        self._settings = settings or {}
        self._starter = starter

    async def __aenter__(self) -> Self:
        await self._around.__aenter__()
        await self._around.enter_async_context(self.relay)
        await self._around.enter_async_context(self.elsewhere.running())
        self.mail_port = free_port()
        mail = {
            "FRONTDESK_DATABASE_URL": address(self.folder / "data" / "frontdesk.db"),
            "FRONTDESK_MAIL_LISTEN_PORT": str(self.mail_port),
            "FRONTDESK_MAIL_RELAY_HOST": "127.0.0.1",
            "FRONTDESK_MAIL_RELAY_PORT": str(self.relay.port),
            "FRONTDESK_MAIL_RELAY_SECURITY": "none",
            "FRONTDESK_MAIL_PRIVATE_HOSTS": "127.0.0.1",
            "FRONTDESK_MAIL_SECRETS_FOLDER": str(self.folder / SECRETS),
        }
        starter: dict[str, Any] = {"starter": self._starter} if self._starter else {}
        self.desk = RunningDesk(self.folder, demo=False, settings={**ROOMY, **mail, **self._settings}, **starter)
        await furnish(self.desk.database, elsewhere=self.elsewhere.port)
        self.history = History(self.folder / "history.jsonl")
        self.visitors: list[Visitor] = []
        self.senders: list[Sender] = []
        self.correspondents: list[Correspondent] = []
        self.uploaders: list[Uploader] = []
        self.people: list[asyncio.Task[None]] = []
        return self

    async def __aexit__(self, *_: object) -> None:
        for person in self.people:
            person.cancel()
        await asyncio.gather(*self.people, return_exceptions=True)
        await asyncio.to_thread(self.desk.kill)
        self.history.close()
        await self._around.aclose()

    def people_come(self, *, visitors: int = 2, says: int = 0, mails: int = 0, files: int = 0) -> None:
        """They begin, and go on until each has had their fill (0: without an end), whether or not the desk is there."""
        self.visitors = [
            Visitor(self.desk.url, str(n), self.history, nervous=n % 2 == 1, most=says) for n in range(visitors)
        ]
        self.people = [asyncio.create_task(visitor.talk()) for visitor in self.visitors]
        self.senders = [Sender(self.mail_port, "lumen", self.history, most=mails)] if mails else []
        self.correspondents = [Correspondent(self.elsewhere, "afar", self.history, most=mails)] if mails else []
        self.people += [asyncio.create_task(one.send()) for one in self._mailers]
        self.uploaders = [Uploader(self.visitors[0], self.history, files=files)] if files else []
        self.people += [asyncio.create_task(uploader.add()) for uploader in self.uploaders]

    async def everything_is_done(self, *, says: int, mails: int, files: int) -> None:
        """Everybody was told what they wanted to hear, and nothing waits at the desk any more."""

        def left() -> list[str]:
            quiet = [f"{one.author} waits" for one in self.visitors if one.acknowledged < says]
            quiet += ["mail waits" for one in self._mailers if one.taken < mails]
            quiet += ["files wait" for one in self.uploaders if one.taken < files]
            return quiet or unfinished(self.desk.database)

        await until_not(left, "the day does not end", people=self.people)

    @property
    def _mailers(self) -> Sequence[Sender | Correspondent]:
        return [*self.senders, *self.correspondents]

    async def closes(self) -> None:
        for visitor in self.visitors:
            visitor.stop()
        for sender in self.senders:
            sender.stop()
        async with asyncio.timeout(60):
            await asyncio.gather(*self.people)
        await asyncio.to_thread(self.desk.stop)


def unfinished(database: Path) -> list[str]:
    """What a desk that is at work will still do by itself."""
    queries = {
        "outgoing": "select 1 from outgoing where state not in ('sent', 'indeterminate', 'failed')",
        "raw_mail": "select 1 from raw_mail where state = 'received'",
        "promise": "select 1 from sla_clock where ended_at is null and breached_at is null and due_at < {now}",
        "warning": "select 1 from sla_clock where ended_at is null and breached_at is null and warn_at < {now}"
        " and warned_at is null",
        "offer": "select 1 from offer where state = 'offered' and expires_at < {now}",
        "callback": "select 1 from callback where state in ('scheduled', 'retry_wait') and not_before < {now}",
        "step": "select 1 from sla_clock where step_at < {now}",
        "expiry": "select 1 from callback where expires_at < {now}",
        "closing": "select 1 from callback where leaves_at < {now}",
    }
    now = time.time_ns() // 1000 - 50_000
    left = {what: len(rows(database, query.format(now=now))) for what, query in queries.items()}
    waste = [path for path in (database.parent / "files").glob("*/*") if path.name in {UNFINISHED, ORPHAN}]
    return [f"{n} {what}" for what, n in left.items() if n] + [str(path) for path in waste]


def hurry(database: Path) -> None:
    """What a killed process had in its hands may be taken up at once: its leases would run for minutes.

    Mail that it was reading, too, and mailboxes that it fetched from: where several processes may do so, none is free
    before another's lease is over.
    """
    meddle(database, "update outgoing set due_at = 0 where due_at is not null")
    meddle(database, "update raw_mail set lease_until = null where lease_until is not null")
    meddle(database, "update incoming set lease_until = null where lease_until is not null")
