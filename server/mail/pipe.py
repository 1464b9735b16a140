"""Mail from a pipe: another mail server starts `frontdesk mail ingest` for each, and goes by its exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from server.config.config import Config
from server.database import Database, newest_revision, revision_there
from server.logging import configure_logging
from server.secret import secret_key
from server.streams import given
from tickets.desk import Desk
from tickets.email import addressed
from tickets.email.arriving import Arriving
from tickets.email.edge import has_room, write_down
from tickets.email.mailbox import taking
from tickets.email.raw import Envelope
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.seals import Seals

PIECE = 64 * 1024  # bytes
AGAIN = "It could not be kept just now, try again later."


@dataclass(frozen=True)
class Told:
    """What the caller says of the envelope. Without recipients it is asked of `env`, then of the mail itself."""

    recipients: Sequence[str] = ()
    sender: str | None = None
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)


def ingest(settings: Path | None, told: Told, mail: BinaryIO | None = None) -> int:
    """Take one mail from the standard input. What went wrong is said in a sentence on the standard error.

    Returns a code of sysexits.h. A mail server sends back what ends with anything but 0 and 75, so whatever the mail
    is not to blame for is 75, settings that cannot be used included.
    """
    try:
        asyncio.run(_take(Config.load(settings), told, mail or given().buffer))
    except _No as no:
        return _say(str(no), no.code)
    except Exception as error:
        return _say(f"{AGAIN} ({str(error) or type(error).__name__})", os.EX_TEMPFAIL)
    return os.EX_OK


class _No(Exception):
    """The mail itself is to blame, or whoever it is for."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class _NotNow(Exception):
    """The desk cannot take any."""


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


async def _take(config: Config, told: Told, mail: BinaryIO) -> None:
    """Durable when this returns."""
    configure_logging(config.log)
    store = Store(Path(config.files.folder))
    with closing(_opened(config)) as database, Arriving(store, largest=config.mail.largest) as arriving:
        store.folder.mkdir(parents=True, exist_ok=True)
        if not has_room(store):
            raise _NotNow("There is no room on the disk.")
        head, named = _receive(mail, arriving)
        if arriving.too_big:
            raise _No(os.EX_DATAERR, f"The mail is bigger than we take: {config.mail.largest_mb} MB.")
        if arriving.size == 0:
            raise _No(os.EX_DATAERR, "The mail is empty.")
        async with Desk(database.writes, database.reads, readers=1, lanes=1) as desk:
            boxes = await _mailboxes(desk, Seals(secret_key(config.secrets)), told, head)
            stored, fingerprint = arriving.finish()
            reached("pipe.stored")
            await write_down(desk, Envelope(_sender(told, named, head), boxes), stored, fingerprint)
            reached("pipe.kept")


def _opened(config: Config) -> Database:
    """The desk's own, as it is: to make one, or to bring it up to date, is not for whoever delivers mail."""
    kept = config.database
    if not kept.is_postgres and not kept.path.exists():
        raise _NotNow(f"There is no desk at {kept.path.absolute()}.")
    database = Database(kept.url, readers=1, writers=1)
    if revision_there(database) != newest_revision():
        database.close()
        raise _NotNow("The database is not of this version: start the desk, or run frontdesk migrate.")
    return database


def _receive(mail: BinaryIO, arriving: Arriving) -> tuple[bytes, str | None]:
    """The head of the mail, and the sender that stood in front of it. What is too big is read to its end, too."""
    first = mail.read(addressed.HEAD)
    head, named = addressed.unwrapped(first)
    arriving.add(head)
    while piece := mail.read(PIECE):
        arriving.add(piece)
        arriving.spill()
    return head, named


async def _mailboxes(desk: Desk, seals: Seals, told: Told, head: bytes) -> dict[int, list[str]]:
    """Where the caller named recipients, each must be ours; else the first kind that holds one is."""
    kinds = [told.recipients] if told.recipients else [_of_delivery(told.env), *addressed.recipients(head)]
    for addresses in kinds:
        found: dict[int, list[str]] = {}
        for address in addresses:
            box = await desk.read(taking, address, seals)
            if box is not None:
                found.setdefault(box.id, []).append(address)
            elif told.recipients:
                raise _No(os.EX_NOUSER, f"There is no mailbox {address} here.")
        if found:
            return found
    raise _No(os.EX_NOUSER, "The mail is for nobody here: no address in it is one of ours. Name one with --to.")


def _of_delivery(env: Mapping[str, str]) -> list[str]:
    """What a mail server tells a command that it delivers to (Postfix local(8), Exim's pipe transport)."""
    told = (env.get("ORIGINAL_RECIPIENT", ""), env.get("RECIPIENT", ""))
    return [address for address in told if "@" in address]


def _sender(told: Told, named: str | None, head: bytes) -> str:
    """Of the envelope; nobody (a bounce) where it is no address, such as MAILER-DAEMON."""
    claims = (told.sender, told.env.get("SENDER"), named)
    sender = next((claim for claim in claims if claim is not None), None)
    sender = addressed.sender(head) if sender is None else sender
    return sender.strip("<> ") if "@" in sender and sender.isprintable() else ""
