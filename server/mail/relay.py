"""The line to the mail server that takes what we send: opened when needed, kept for the next mail, closed when idle."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
)
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from server.config.mail_settings import Mail
from tickets.email.outgoing import MailState
from tickets.email.replies import about_recipient, blames, readable, verdict_of
from tickets.email.sending import Verdict
from tickets.email.servers import BROKE, SLOW, UNKNOWN, UNPROTECTED, UNREACHABLE, UNTRUSTED
from tickets.failpoint import reached

MOST_MAILS = 50  # over one line; relays close it sooner or later, and a fresh one knows a fresh certificate
SLOWEST = 50_000  # bytes a second, below which a line counts as dead
MOST_PATIENCE = 900.0  # seconds for one mail, however large: less than the lease on it

TAKEN = "Somebody else is sending this mail."

_log = structlog.get_logger("frontdesk.mail")
_DOT = re.compile(rb"^\.", re.MULTILINE)

Verdicts = Mapping[str, Verdict]


@dataclass(frozen=True)
class Patience:
    """Seconds. The answer to the final dot may take longer: to give up there means not to know (RFC 5321 4.5.3.2)."""

    step: float = 30.0
    envelope: float = 150.0  # everything before the mail itself, connecting included
    dot: float = 120.0
    idle: float = 20.0  # how long a line is kept without a mail


class NotNowError(Exception):
    """Nothing was handed over. `says` is an English sentence for an agent, or the server's own."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Relay:
    """Delivers one mail at a time over each of its lines; as many lines as there are deliveries at once."""

    def __init__(
        self, settings: Mail, *, name: str, patience: Patience | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._name = name  # what we call ourselves
        self._patience = patience or Patience()
        self._tls = tls
        self._free: list[_Line] = []

    async def deliver(
        self,
        sender: str,
        recipients: Sequence[str],
        mail: bytes,
        *,
        plain: str = "",
        before_dot: Callable[[], Awaitable[bool]],
    ) -> Verdicts:
        """Hand over a mail (CRLF lines); `sender` may be empty. A verdict for each recipient that the server judged.

        `plain` is another sender, for a server that takes nothing from this one.
        `before_dot` is asked right before the final dot; when it says no, nothing is handed over.
        Raises NotNowError where nothing was handed over for a reason that is nobody's in particular.
        """
        line = await self._line()
        try:
            verdicts = await line.deliver(
                [sender, *([plain] if sender and plain else [])], recipients, mail, before_dot
            )
        except BaseException:
            line.close()
            raise
        self._keep(line)
        return verdicts

    async def tidy(self) -> None:
        """Close lines that were idle for long."""
        stale = [line for line in self._free if line.idle > self._patience.idle]
        self._free = [line for line in self._free if line not in stale]
        for line in stale:
            await line.quit()

    async def close(self) -> None:
        free, self._free = self._free, []
        for line in free:
            await line.quit()

    async def _line(self) -> _Line:
        """One that is free and alive, else a new one."""
        while self._free:
            line = self._free.pop()
            if line.idle <= self._patience.idle and await line.is_alive():
                return line
            line.close()
        return await _opened(self._settings, self._name, self._patience, self._tls)

    def _keep(self, line: _Line) -> None:
        if line.usable:
            self._free.append(line)
        else:
            line.close()


class _Line:
    """One connection, signed in."""

    def __init__(self, client: SMTP, patience: Patience) -> None:
        self._client = client
        self._patience = patience
        self._mails = 0
        self._used = time.monotonic()

    @property
    def idle(self) -> float:
        return time.monotonic() - self._used

    @property
    def usable(self) -> bool:
        return self._client.is_connected and self._mails < MOST_MAILS

    def close(self) -> None:
        self._client.close()

    async def quit(self) -> None:
        try:
            await self._client.quit(timeout=2.0)
        except (SMTPException, OSError):
            self.close()

    async def is_alive(self) -> bool:
        try:
            return (await self._client.execute_command(b"RSET")).code == 250
        except (SMTPException, OSError):
            return False

    async def deliver(
        self, senders: Sequence[str], recipients: Sequence[str], mail: bytes, before_dot: Callable[[], Awaitable[bool]]
    ) -> Verdicts:
        self._mails += 1
        verdicts: Verdicts = {}
        try:
            for sender in senders:
                verdicts, about_sender = await self._tried(sender, recipients, mail, before_dot)
                if not about_sender:
                    break
            return verdicts
        except (SMTPException, OSError, TimeoutError) as error:
            raise _not_now(error) from error
        finally:
            self._used = time.monotonic()

    async def _tried(
        self, sender: str, recipients: Sequence[str], mail: bytes, before_dot: Callable[[], Awaitable[bool]]
    ) -> tuple[Verdicts, bool]:
        """What becomes of it with this sender, and whether another one might fare better."""
        async with asyncio.timeout(self._patience.envelope):
            sized = f" SIZE={len(mail)}" if self._client.supports_extension("size") else ""
            refused = _judged(await self._say(f"MAIL FROM:<{sender}>{sized}"))
            if refused.state is not MailState.SENT:
                return dict.fromkeys(recipients, refused), refused.state is MailState.FAILED
            verdicts = await self._wanted(recipients)
            accepted = [to for to, verdict in verdicts.items() if verdict.state is MailState.SENT]
            answer = await self._say("DATA" if accepted else "RSET")
        if accepted:
            final = await self._text(mail, before_dot) if answer.code == 354 else _judged(answer)
            verdicts |= dict.fromkeys(accepted, final)
        return verdicts, blames(verdicts.values(), sender)

    async def _wanted(self, recipients: Sequence[str]) -> dict[str, Verdict]:
        """Who may get it."""
        said = {to: await self._say(f"RCPT TO:<{to}>") for to in recipients}
        return {to: about_recipient(answer.code, answer.message) for to, answer in said.items()}

    async def _text(self, mail: bytes, before_dot: Callable[[], Awaitable[bool]]) -> Verdict:
        """The mail itself. Until the dot the server has nothing; after it only its answer tells who has the mail."""
        protocol = self._client.protocol
        if protocol is None:
            raise NotNowError(BROKE)
        patience = min(self._patience.dot + len(mail) / SLOWEST, MOST_PATIENCE)
        answer = asyncio.ensure_future(protocol.read_response(timeout=patience))
        try:
            protocol.write(_DOT.sub(b"..", mail))
            reached("outbox.text_sent")
            if not await before_dot():
                raise NotNowError(TAKEN)
            if answer.done() or not protocol.is_connected:
                return _too_early(await answer)
            reached("outbox.before_dot")
            return await self._dot(protocol, answer)
        finally:
            if not answer.done():
                answer.cancel()
                self.close()

    async def _dot(self, protocol: SMTPProtocol, answer: asyncio.Future[SMTPResponse]) -> Verdict:
        try:
            protocol.write(b".\r\n")
            reached("outbox.dot_sent")
            final = await answer
        except (SMTPException, OSError) as error:
            _log.warning("a mail may have arrived or not", why=str(error))
            self.close()
            return Verdict(MailState.INDETERMINATE)
        return _judged(final) if final.code // 100 in {2, 4, 5} else Verdict(MailState.INDETERMINATE)

    async def _say(self, command: str) -> SMTPResponse:
        return await self._client.execute_command(command.encode("ascii"))


async def _opened(settings: Mail, name: str, patience: Patience, tls: ssl.SSLContext | None) -> _Line:
    client = SMTP(
        hostname=settings.relay_host,
        port=settings.relay_port,
        local_hostname=name,
        timeout=patience.step,
        use_tls=settings.relay_security == "tls",
        start_tls=False,
        tls_context=tls,
    )
    try:
        async with asyncio.timeout(patience.envelope):
            await client.connect()
            await client.ehlo()
            if settings.relay_security == "starttls":
                await _protect(client)
            if settings.relay_user:
                await client.login(settings.relay_user, settings.relay_password)
    except (SMTPException, OSError, TimeoutError, ValueError) as error:
        client.close()
        raise _not_now(error) from error
    return _Line(client, patience)


async def _protect(client: SMTP) -> None:
    """Somebody on the way may have hidden that the server offers it: then nothing is sent at all."""
    if not client.supports_extension("starttls"):
        client.close()
        raise NotNowError(UNPROTECTED)
    await client.starttls()
    await client.ehlo()


def _judged(answer: SMTPResponse) -> Verdict:
    return verdict_of(answer.code, answer.message)


def _too_early(answer: SMTPResponse) -> Verdict:
    """What a server says before the dot is a no, whatever it says."""
    verdict = _judged(answer)
    if verdict.state is MailState.SENT:
        raise NotNowError(BROKE)
    return verdict


def _not_now(error: Exception) -> NotNowError:
    """The reason in words for an agent; the operator's log has the rest."""
    _log.warning("the mail server cannot be used", why=str(error) or type(error).__name__)
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return NotNowError(UNTRUSTED)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return NotNowError(UNPROTECTED)
    if isinstance(error, SMTPAuthenticationError):
        return NotNowError(UNKNOWN)
    if isinstance(error, SMTPResponseException):
        return NotNowError(readable(error.message) or BROKE)
    if isinstance(error, TimeoutError):
        return NotNowError(SLOW)
    return NotNowError(UNREACHABLE if isinstance(error, SMTPConnectError) else BROKE)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
