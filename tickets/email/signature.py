"""What stands under every answer from a mailbox: in plain words, and formatted for those who read it so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tickets.blanks import fill, unknown
from tickets.email.mailbox import Mailbox

BLANKS = ("agent.name", "mailbox.name", "mailbox.address", "ticket.number")


@dataclass(frozen=True)
class Signature:
    """`html` is empty where the plain words are shown to everybody."""

    text: str = ""
    html: str = ""


NO_SIGNATURE = Signature()


def signature_of(mailbox: Mailbox, *, agent: str, number: int) -> Signature:
    """Its blanks filled for one mail. Values stand in the formatted one as text, whatever they hold."""
    values = {
        "agent.name": agent,
        "mailbox.name": mailbox.name,
        "mailbox.address": mailbox.address,
        "ticket.number": str(number),
    }
    return Signature(fill(mailbox.signature, values, BLANKS).strip(), _formatted(mailbox.signature_html, values))


def harmless_signature(html: str) -> str:
    """What an admin typed, with nothing in it that runs or deceives; a logo may come from elsewhere."""
    from tickets.email.html import harmless

    return harmless(html, remote="shown").strip() if html.strip() else ""


def not_filled(mailbox: Mailbox) -> list[str]:
    """What looks like a blank in its words and will be sent as it stands."""
    return unknown(f"{mailbox.signature}\n{mailbox.signature_html}", BLANKS)


def _formatted(html: str, values: Mapping[str, str]) -> str:
    """Cleaned again each time: a row may be older than what we know of (CVE-2026-40568 and others)."""
    if not html:
        return ""
    return fill(harmless_signature(html), {name: escape(value) for name, value in values.items()}, BLANKS)
