"""Takes mail by SMTP (RFC 5321): for addresses that are ours, and 250 only for what is stored and written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from tickets.desk import Desk
from tickets.email.arriving import Arriving
from tickets.email.counter import Counter, Delivery, Terms
from tickets.failpoint import reached
from tickets.files.store import Store
from tickets.network import network_of

MOST_ERRORS = 10
LONGEST_DATA = 600.0  # seconds
LONGEST_LOCAL = 64  # characters before the @ (RFC 5321, 4.5.3.1)
PROGRESS = 64 * 1024  # bytes within each stretch of patience

# <Dot-string@Domain> (RFC 5321, 4.1.2), which nearly all are.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_PLAIN = re.compile(
    rf"<(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}})*)>(?= |\Z)"
)

logging.getLogger("mail.log").setLevel(logging.ERROR)  # it writes addresses down


@contextlib.asynccontextmanager
async def listening(
    desk: Desk, store: Store, terms: Terms, *, host: str, port: int, ring: Callable[[], None] = lambda: None
) -> AsyncIterator[int]:
    """Mail is taken as long as this lasts; yields the port. `ring` is called when some was written down.

    Raises Refused where the address cannot be used.
    """
    with Counter(desk, store, terms, ring) as counter:
        async with counter.open(Talk, host, port) as port:
            yield port


class Talk(SMTP):
    """One conversation. It ends after ten errors, after a silence, and when too many others are going on: with anybody,
    or with the same caller.
    """

    dialect = "ESMTP"
    line_length_limit = 64 * 1024  # of what is held at once: longer lines come in pieces
    command_size_limit = 1024
    brings_for_all = False  # whether whoever calls passes on what comes from everywhere
    network = ""

    def __init__(self, counter: Counter) -> None:
        terms = counter.terms
        super().__init__(
            counter,
            data_size_limit=terms.largest,
            enable_SMTPUTF8=True,
            hostname=terms.name,
            ident=self.dialect,
            tls_context=terms.tls,
            timeout=terms.patience,
            loop=asyncio.get_running_loop(),
        )
        self._counter = counter
        self._errors = 0
        self._turned_away = False

    def connection_made(self, transport: Any) -> None:
        network = network_of((transport.get_extra_info("peername") or ("",))[0])
        self._turned_away = self.transport is None and not self._counter.has_time_for(network)
        if self._turned_away:
            transport.write(b"421 4.3.2 Too many conversations at once, try again later\r\n")
            transport.close()
        else:
            self._counter.talks[self] = network
            self.network = "" if self.brings_for_all else network
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._counter.talks.pop(self, None)
        if not self._turned_away:
            super().connection_lost(error)

    def say_goodbye(self) -> None:
        """The house closes. What was not acknowledged will be sent again."""
        if self.transport is not None:
            with contextlib.suppress(Exception):
                self.transport.write(b"421 4.3.2 Closing, try again soon\r\n")  # type: ignore[attr-defined]
            self.transport.close()

    async def push(self, status: Any) -> None:
        said = status if isinstance(status, str) else status.decode("ascii", "replace")
        await super().push(_IN_OUR_WORDS.get(said, said))
        self._errors += said[:1] in {"4", "5"}
        if self._errors > MOST_ERRORS and self.transport is not None:
            await super().push("421 4.7.0 Too many errors")
            self.transport.close()
            if self._handler_coroutine is not None:
                self._handler_coroutine.cancel()  # it may have thousands of commands in hand

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """As aiosmtpd does it, but in pieces to the disk, and with lines of any length."""
        if await self.check_helo_needed():
            return
        assert isinstance(self.envelope, Delivery)
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Tell a recipient first")
            return
        if arg:
            await self.push("501 5.5.4 DATA stands alone")
            return
        with self._counter.arriving.one():
            await self.push("354 End with a dot on a line of its own")
            with Arriving(self._counter.store, largest=self._counter.terms.largest) as arriving:
                self.envelope.arriving = arriving
                await self._receive(arriving)
                said = TOO_BIG if arriving.too_big else await self._counter.handle_DATA(self, None, self.envelope)
            taken, self.envelope = self.envelope, self._create_envelope()
            await self.push(self._verdict(said, taken))
            reached("smtp.answered")

    def _verdict(self, said: str, mail: Envelope) -> str:
        """One answer for all recipients."""
        return said

    async def _receive(self, arriving: Arriving) -> None:
        """Up to <CRLF>.<CRLF>, and nothing that only looks like it (RFC 5321, 4.1.1.4 and 4.5.2)."""
        ends_at, counted, at_start = self.loop.time() + LONGEST_DATA, 0, True
        while True:
            try:
                line, whole = await self._reader.readuntil(b"\r\n"), True
            except asyncio.LimitOverrunError as error:
                line, whole = await self._reader.read(error.consumed), False
            if at_start and line == b".\r\n":
                break
            reached("smtp.data")
            lines = line + self._lines_at_hand() if whole else line
            arriving.add(_unstuffed(lines, at_start=at_start))
            at_start = whole
            if arriving.seen - counted > PROGRESS and self.loop.time() < ends_at:
                counted = arriving.seen
                self._reset_timeout()
                await self.loop.run_in_executor(self._counter.threads, arriving.spill)
        self._reset_timeout()

    def _lines_at_hand(self) -> bytes:
        """Whole lines of the mail that have come already, all at once: to ask for each costs more than all the rest."""
        come: bytearray = self._reader._buffer  # type: ignore[attr-defined]
        if come.startswith(b".\r\n"):
            return b""
        end = come.find(b"\r\n.\r\n")
        end = come.rfind(b"\r\n") if end < 0 else end
        lines = bytes(come[: end + 2]) if end >= 0 else b""
        del come[: len(lines)]
        return lines

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The plain form at once: the grammar of a header, which aiosmtpd asks for all, costs as much as the rest."""
        found = _PLAIN.match(arg)
        if found is None or len(found["local"]) > LONGEST_LOCAL:
            return super()._getaddr(arg)
        return f"{found['local']}@{found['domain']}", arg[found.end() :].lstrip()

    def _create_envelope(self) -> Envelope:
        return Delivery()

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A command ends in CRLF; one that does not is answered as if it were nothing."""
        super()._cb_client_connected(reader, writer)
        plain: Callable[[bytes], Awaitable[bytes]] = reader.readuntil

        async def strict(separator: Any = b"\n") -> bytes:
            line = await plain(separator)
            return line if line.endswith(b"\r\n") else b"\r\n"

        reader.readuntil = strict  # type: ignore[method-assign]


def _unstuffed(lines: bytes, *, at_start: bool) -> bytes:
    """Without the dot that whoever sends them puts before a dot (RFC 5321, 4.5.2)."""
    lines = lines.replace(b"\r\n.", b"\r\n")
    return lines[1:] if at_start and lines.startswith(b".") else lines


TOO_BIG = "552 5.3.4 The mail is bigger than we take"
_IN_OUR_WORDS = {
    "552 Error: message size exceeds fixed maximum message size": TOO_BIG,
    "500 Error: bad syntax": "500 5.5.2 That is no command",
    "500 Command line too long": "500 5.5.6 The line is too long",
}
