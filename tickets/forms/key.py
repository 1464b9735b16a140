"""The one-time key in a customer's form: a double click or the back button brings it again, and so changes nothing."""

from __future__ import annotations

import secrets

from tickets.seals import Seals

LONGEST = 80  # characters


def new_key(seals: Seals, form: str) -> str:
    """A fresh key for this form ("complaint", "callback"), at most 64 characters long."""
    value = secrets.token_hex(16)
    return f"{value}-{seals.mark(f'form:{form}', value)}"


def is_ours(seals: Seals, form: str, key: str) -> bool:
    """Whether this desk made the key, for this form. Who sends another has not seen our page."""
    value, _, mark = key[:LONGEST].rpartition("-")
    return seals.holds(f"form:{form}", value, mark)
