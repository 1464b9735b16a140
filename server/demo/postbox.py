"""The demo's mail server: on this machine only, it takes whatever the desk sends and keeps the newest for a page."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Wrapped

from server.config.config import Config

MOST = 50  # mails that are kept; they are gone when the demo stops
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Delivered:
    """One mail as it came over the wire. `sender` is that of the envelope: empty where no answer is wanted."""

    id: int
    at: datetime
    sender: str
    recipients: Sequence[str]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """The same, as a mail program shows it."""

    mail: Delivered
    headers: Sequence[tuple[str, str]]
    text: str
    files: Sequence[str]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def answered_to(self) -> str:
        """The bare address that an answer goes to."""
        said = self.header("Reply-To") or self.header("From")
        return said.rpartition("<")[2].removesuffix(">").strip()

    @property
    def thread(self) -> tuple[str, ...]:
        """The ids of the mails before it and its own, as an answer names them."""
        return (*self.header("References").split(), self.header("Message-ID"))


class Postbox:
    def __init__(self) -> None:
        self._kept: deque[Delivered] = deque(maxlen=MOST)
        self._taken = 0

    def newest_first(self) -> list[Delivered]:
        return [*reversed(self._kept)]

    def find(self, id: int) -> Delivered | None:
        return next((mail for mail in self._kept if mail.id == id), None)

    def keep(self, at: datetime, sender: str, recipients: Sequence[str], content: bytes) -> None:
        self._taken += 1
        self._kept.append(Delivered(self._taken, at, sender, tuple(recipients), content))

    async def handle_DATA(self, _: Any, __: Any, wrapped: Wrapped) -> str:  # noqa: N802  (named by aiosmtpd)
        content = wrapped.content if isinstance(wrapped.content, bytes) else b""
        self.keep(datetime.now(UTC), wrapped.mail_from or "", wrapped.rcpt_tos, content)
        return "250 2.0.0 kept for the demo"


@contextlib.asynccontextmanager
async def postbox(config: Config) -> AsyncIterator[tuple[Postbox, Config]]:
    """A postbox, and the settings that lead mail to it; where they name a relay already, mail goes there instead."""
    box = Postbox()
    if config.mail.relay_host:
        yield box, config
        return
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="postbox", ident="demo", data_size_limit=config.mail.largest), HERE, 0
    )
    port = server.sockets[0].getsockname()[1]
    mail = replace(config.mail, relay_host=HERE, relay_port=port, relay_security="none", relay_user="")
    try:
        yield box, replace(config, mail=mail)
    finally:
        server.close()


def opened(mail: Delivered) -> Opened:
    """Reads it: for a thread of its own."""
    found = email.message_from_bytes(mail.content, policy=email.policy.default)
    body = found.get_body(("plain",))
    return Opened(
        mail,
        [(name, str(value)) for name, value in found.items()],
        "" if body is None else str(body.get_content()).replace("\r\n", "\n").strip(),
        [part.get_filename() or "?" for part in found.iter_attachments()],
    )
