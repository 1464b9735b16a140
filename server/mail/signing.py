"""Signs what we send, so that others can tell it from what somebody else sends in our name (DKIM, RFC 6376)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.config.mail_settings import Mail
from tickets.errors import Refused

_ALONE = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"reply-to"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding"),
)
"""Named once more than they stand there: one more of them, even of those that we do not send, and the signature is
broken (RFC 6376 5.4.2, 8.15)."""

_RSA = bytes.fromhex("2a864886f70d010101")  # rsaEncryption, as an object identifier (RFC 8017 A.1)

_INTEGER, _BITS, _NULL, _IDENTIFIER, _SEQUENCE = 0x02, 0x03, 0x05, 0x06, 0x30


@dataclass(frozen=True)
class Signer:
    """`key` is a private RSA key in PEM, whose public half stands in the DNS under the selector."""

    selector: str
    domain: str
    key: bytes = field(repr=False)

    def signed(self, mail: bytes, sender: str) -> bytes:
        """The mail with a signature at its head; as it was, where another domain sends it.

        White space may change on the way and the signature still holds. None of `_ALONE` can be added on the way.
        """
        import dkim

        host = sender.rpartition("@")[2].lower()
        if host != self.domain and not host.endswith(f".{self.domain}"):
            return mail
        begin: Callable[[bytes], Any] = dkim.DKIM
        by = begin(mail)
        by.frozen_sign = set()  # we name ourselves what is named once more
        named = [*by.default_sign_headers(), *_ALONE]
        told = (self.selector.encode(), self.domain.encode(), self.key)
        head = by.sign(*told, canonicalize=(b"relaxed", b"relaxed"), include_headers=named)
        return bytes(head) + mail

    @property
    def record(self) -> tuple[str, str]:
        """The name in the DNS, and the text (TXT) that belongs there."""
        public = base64.b64encode(_public(self.key)).decode()
        return f"{self.selector}._domainkey.{self.domain}", f"v=DKIM1; k=rsa; p={public}"


def signer_of(mail: Mail) -> Signer | None:
    """None where the settings name no key. Raises Refused for a file that holds none."""
    if not mail.dkim_key:
        return None
    try:
        key = Path(mail.dkim_key).read_bytes()
        _public(key)
    except OSError as error:
        raise Refused("The key for DKIM in {file} cannot be read: {why}.", file=mail.dkim_key, why=error) from None
    except ValueError:
        raise Refused("{file} holds no private RSA key in PEM.", file=mail.dkim_key) from None
    return Signer(mail.dkim_selector, mail.dkim_domain.lower(), key)


def _public(key: bytes) -> bytes:
    """The public half, as others write it: SubjectPublicKeyInfo (RFC 5280 4.1.2.7). Raises ValueError."""
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key

    parse: Callable[[bytes], Mapping[str, int]] = parse_pem_private_key
    try:
        private = parse(key)
    except (UnparsableKeyError, ValueError, IndexError) as error:
        raise ValueError("no key") from error
    numbers = b"".join(_der(_INTEGER, _whole(private[name])) for name in ("modulus", "publicExponent"))
    algorithm = _der(_SEQUENCE, _der(_IDENTIFIER, _RSA) + _der(_NULL, b""))
    return _der(_SEQUENCE, algorithm + _der(_BITS, b"\0" + _der(_SEQUENCE, numbers)))


def _der(tag: int, content: bytes) -> bytes:
    """One element in DER (X.690 8.1.3); dkimpy writes none that is longer than 127 bytes."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + content


def _whole(number: int) -> bytes:
    """A positive number: its first bit is not set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
