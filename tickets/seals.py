"""Signs what leaves the house and must come back unchanged: links in mail, reply addresses, message ids."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from tickets.moment import from_micros, to_micros

_MARK = 20  # characters of a mark: 100 bits


@dataclass(frozen=True)
class Seals:
    """Every mark is bound to a purpose, so that one made for a link never opens another door."""

    key: bytes

    def __repr__(self) -> str:
        return "Seals()"

    def mark(self, purpose: str, value: str) -> str:
        """Twenty small letters and digits (base32): they survive mail systems that change the case of an address."""
        made = hmac.new(self.key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        return base64.b32encode(made).decode().lower()[:_MARK]

    def holds(self, purpose: str, value: str, mark: str) -> bool:
        """Whether this desk made the mark for this value. Takes as long whatever the answer."""
        return hmac.compare_digest(self.mark(purpose, value).encode(), mark.lower().encode())

    def token(self, purpose: str, id: int, until: datetime) -> str:
        """For an address on the web: names a row, until a time."""
        value = f"{id}-{to_micros(until) // 1_000_000:x}"
        return f"{value}-{self.mark(purpose, value)}"

    def opened(self, purpose: str, token: str, now: datetime) -> int | None:
        """The id in a token that this desk made for this purpose and that is still good; else None."""
        value, _, mark = token.rpartition("-")
        if not self.holds(purpose, value, mark):
            return None
        id, _, until = value.partition("-")
        return int(id) if now < from_micros(int(until, 16) * 1_000_000) else None
