"""What a mailbox is opened with: a password, or a token that is fetched where tokens are given (OAuth 2, RFC 6749)."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from server.egress import Forbidden, Guard
from server.mail.locked import unlock
from tickets.email.incoming import NO_SECRET, NO_TOKEN, NOT_ALLOWED, Incoming, SignIn
from tickets.seals import Seals

PATIENCE = 10.0  # seconds
LARGEST = 64 * 1024  # bytes of an answer


class Fault(Exception):
    """A mailbox cannot be fetched from. `says` is an English sentence; `uid` the mail at which it failed, or 0."""

    def __init__(self, says: str, uid: int = 0) -> None:
        super().__init__(says)
        self.says = says
        self.uid = uid


@dataclass(frozen=True)
class Key:
    """`renewed`: the refresh token that counts from now on, where the giver has changed it."""

    secret: str
    is_token: bool
    renewed: str = ""

    def __repr__(self) -> str:
        return "Key()"


@dataclass(frozen=True)
class Keyring:
    """How the secrets of mailboxes are opened. `folder` is the operator's; empty: there is none."""

    seals: Seals
    folder: str
    guard: Guard
    tls: ssl.SSLContext | None = None

    def key(self, settings: Incoming) -> Key:
        """Raises Fault. Blocks."""
        secret = self._secret(settings)
        if settings.sign_in != SignIn.REFRESH:
            return Key(secret, settings.sign_in == SignIn.TOKEN)
        told = self._granted(settings, secret)
        token = told.get("access_token")
        if not isinstance(token, str) or not token or not token.isprintable():
            raise Fault(NO_TOKEN)
        renewed = told.get("refresh_token")
        return Key(token, True, renewed if isinstance(renewed, str) and renewed != secret else "")

    def _secret(self, settings: Incoming) -> str:
        if settings.secret_file:
            return self._in_file(settings.secret_file)
        secret = unlock(self.seals, purpose(settings.mailbox_id, "secret"), settings.secret)
        if not secret:
            raise Fault(NO_SECRET)
        return secret

    def _in_file(self, name: str) -> str:
        """Read each time: whoever keeps a token fresh writes it there."""
        try:
            if not self.folder or Path(name).name != name:
                raise Fault(NO_SECRET)
            found = (Path(self.folder) / name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Fault(NO_SECRET) from None
        if not found:
            raise Fault(NO_SECRET)
        return found

    def _granted(self, settings: Incoming, refresh_token: str) -> dict[str, object]:
        locked = settings.client_secret
        secret = unlock(self.seals, purpose(settings.mailbox_id, "client"), locked) if locked else ""
        asked = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": settings.client_id,
            **({"client_secret": secret} if secret else {}),
        }
        try:
            status, body = self._post(settings.token_url, urlencode(asked))
            told = json.loads(body) if status == 200 else {}
        except Forbidden:
            raise Fault(NOT_ALLOWED) from None
        except (OSError, ValueError, http.client.HTTPException):
            raise Fault(NO_TOKEN) from None
        return told if isinstance(told, dict) else {}

    def _post(self, url: str, form: str) -> tuple[int, bytes]:
        """No redirect is followed: the token would go along. Without TLS only to a host that the operator named."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        if not secure and not self.guard.is_named(host):
            raise Forbidden
        line = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        plain = self.guard.connect(host, port, ports=(443,), patience=PATIENCE)
        try:
            tls = self.tls or ssl.create_default_context()
            line.sock = tls.wrap_socket(plain, server_hostname=host) if secure else plain
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = line.getresponse()
            return answer.status, answer.read(LARGEST)
        finally:
            line.close()
            plain.close()


def purpose(mailbox_id: int, what: str) -> str:
    """What a locked secret is good for."""
    return f"incoming {what} {mailbox_id}"
