"""The library for IMAP, tamed: it connects where it may, reads no more than it must, and fails in sentences."""

from __future__ import annotations

import contextlib
import imaplib
import select
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

from server.egress import Forbidden, Guard
from server.mail.signing_in import Fault, Key
from tickets.email.incoming import NO_FOLDER, NOT_ALLOWED, STRANGE, Incoming, Security
from tickets.email.servers import BROKE, SLOW, UNKNOWN, UNPROTECTED, UNREACHABLE, UNTRUSTED

PORTS = (143, 993)


class Way:
    """How to get there, and the plain socket by which it can be cut."""

    def __init__(
        self, settings: Incoming, guard: Guard, patience: float, largest: int, tls: ssl.SSLContext | None
    ) -> None:
        self.settings, self.patience, self.largest = settings, patience, largest
        self.tls = tls or ssl.create_default_context()
        self._guard = guard
        self._socket: socket.socket | None = None
        self._is_cut = False

    def connected(self) -> socket.socket:
        """Judged and connected; with TLS where it begins with that."""
        settings = self.settings
        plain = self._guard.connect(settings.host, settings.port, ports=PORTS, patience=self.patience)
        protected = settings.security == Security.TLS
        self._socket = self.tls.wrap_socket(plain, server_hostname=settings.host) if protected else plain
        if self._is_cut:
            self.cut()
        return self._socket

    def protect(self, client: imaplib.IMAP4) -> None:
        """A server that offers no protection, or somebody on the way who hides it, gets no password."""
        if "STARTTLS" not in client.capabilities:
            raise Fault(UNPROTECTED)
        client.starttls(self.tls)
        self._socket = client.sock

    def cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Client(imaplib.IMAP4):
    """Connects where the guard says, and takes no more than it must."""

    def __init__(self, way: Way) -> None:
        self._way = way
        super().__init__(way.settings.host, way.settings.port, way.patience)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._way.connected()

    def read(self, size: int) -> bytes:
        if size > self._way.largest:
            raise self.abort("a literal is too large")
        content: bytes = super().read(size)
        if len(content) < size:
            raise self.abort("socket error: EOF")
        return content


class Box(BaseMailBox):
    """A mailbox of imap-tools on that client."""

    def __init__(self, way: Way) -> None:
        self._way = way
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = Client(self._way)
        try:
            if self._way.settings.security == Security.STARTTLS:
                self._way.protect(client)
        except BaseException:
            shut(client)
            raise
        return client

    def signs_in(self, user: str, key: Key) -> None:
        try:
            if key.is_token:
                self.xoauth2(user, key.secret, None)
            elif user.isascii() and key.secret.isascii():
                self.login(user, key.secret, None)
            else:
                self.login_utf8(user, key.secret, None)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, MailboxLoginError):
            raise Fault(UNKNOWN) from None

    def idles(self, seconds: float) -> bool:
        """IDLE: whether the server said something within this time, or that there is mail before it listens.

        What it has to say anyway may come before its "+" (RFC 9051, 7); the library's own start takes that for a no.
        """
        line: Any = self.client
        tag = line._command("IDLE")
        while line._get_response() is not None:
            if line.tagged_commands[tag]:
                raise Fault(STRANGE)
        came = "EXISTS" in line.untagged_responses or self._has_more(seconds)
        line.send(b"DONE\r\n")
        self.consume_until_tagged_response(tag)
        return came

    def _has_more(self, seconds: float) -> bool:
        """Whether there is something to read. What was read ahead counts, too: the library's own wait forgets that."""
        line: Any = self.client
        line.sock.settimeout(0)
        try:
            if line.file.peek(1):
                return True
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            line.sock.settimeout(self._way.patience)
        poll = select.poll()
        poll.register(line.sock.fileno(), select.POLLIN)
        return bool(poll.poll(seconds * 1000))


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What goes wrong becomes a Fault: its sentence tells nothing of what a server that is none of ours has said."""
    try:
        yield
    except Fault:
        raise
    except Exception as error:
        says = _sentence(error)
        if says is None:
            raise
        raise Fault(says) from None


def _sentence(error: Exception) -> str | None:
    """None for a bug of ours."""
    if isinstance(error, imaplib.IMAP4.abort) and not isinstance(error, imaplib.IMAP4.readonly):
        senseless = any(word in str(error) for word in ("unexpected", "too large"))
        return STRANGE if senseless else BROKE
    return next((says for kinds, says in _SENTENCES if isinstance(error, kinds)), None)


_SENTENCES: Sequence[tuple[tuple[type[Exception], ...], str]] = (
    ((Forbidden,), NOT_ALLOWED),
    ((ssl.SSLCertVerificationError,), UNTRUSTED),
    ((ssl.SSLError,), UNPROTECTED),
    ((TimeoutError,), SLOW),
    ((MailboxFolderSelectError, imaplib.IMAP4.readonly), NO_FOLDER),
    ((socket.gaierror, ConnectionRefusedError), UNREACHABLE),
    ((OSError,), BROKE),
    ((imaplib.IMAP4.error, ImapToolsError), STRANGE),
    ((ValueError, LookupError, AttributeError, TypeError), STRANGE),  # an answer that the library did not expect
)


def shut(client: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        client.shutdown()
