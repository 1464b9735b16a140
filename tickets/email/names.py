"""The names that a mail of ours carries home: a reply address and a message id that only this desk can have made."""

from __future__ import annotations

import re

from tickets.seals import Seals

_REPLY = re.compile(r"(?P<base>[^@]*)\+t(?P<ticket>\d{1,18})\.(?P<mark>[a-z2-7]{20})@(?P<host>[^@]+)", re.IGNORECASE)
_ID = re.compile(r"<?t\.(?P<ticket>\d{1,18})\.(?P<message>\d{1,18})\.(?P<mark>[a-z2-7]{20})@[^@<>\s]+>?", re.IGNORECASE)
_RETURN = re.compile(r"[^@+]*\+b(?P<mail>\d{1,18})\.(?P<mark>[a-z2-7]{20})@[^@]+", re.IGNORECASE)
_ADDRESS, _MESSAGE, _BACK = "reply-address", "message-id", "return-address"  # what a mark is good for


def reply_address(seals: Seals, mailbox_address: str, ticket_id: int) -> str:
    """Where an answer to this ticket goes: support+t1042.<mark>@host (subaddressing, RFC 5233).

    The mark is bound to the ticket alone, so that an answer still finds it when the mailbox was renamed.
    """
    local, _, host = mailbox_address.rpartition("@")
    return f"{local}+t{ticket_id}.{seals.mark(_ADDRESS, str(ticket_id))}@{host}"


def ticket_of_address(seals: Seals, address: str) -> int | None:
    """The ticket that this address was made for, if this desk made it. Mail systems may have changed its case."""
    found = _REPLY.fullmatch(address.strip())
    return int(found["ticket"]) if found and seals.holds(_ADDRESS, found["ticket"], found["mark"]) else None


def return_address(seals: Seals, mailbox_address: str, outgoing_id: int) -> str:
    """The envelope's sender of one mail: support+b1042.<mark>@host. What comes there is about that mail (VERP)."""
    local, _, host = mailbox_address.rpartition("@")
    return f"{local}+b{outgoing_id}.{seals.mark(_BACK, str(outgoing_id))}@{host}"


def mail_of_address(seals: Seals, address: str) -> int | None:
    """The outgoing mail that this address was made for, if this desk made it."""
    found = _RETURN.fullmatch(address.strip())
    return int(found["mail"]) if found and seals.holds(_BACK, found["mail"], found["mark"]) else None


def bare_address(address: str) -> str:
    """The mailbox behind an address, in lower case: without what we added for a ticket, or anybody after a plus."""
    local, _, host = address.strip().lower().rpartition("@")
    found = _REPLY.fullmatch(f"{local}@{host}")
    return f"{found['base'] if found else local.partition('+')[0]}@{host}"


def message_id(seals: Seals, ticket_id: int, message_id: int, host: str) -> str:
    """<t.{ticket}.{message}.{mark}@host>: an answer that names it threads even if we never stored it (RFC 5322 3.6.4).

    `message_id` is the id of the row that the mail carries: a message, or the outgoing row of a notice.
    """
    value = f"{ticket_id}.{message_id}"
    return f"<t.{value}.{seals.mark(_MESSAGE, value)}@{host}>"


def ticket_of_message_id(seals: Seals, id: str) -> int | None:
    """The ticket that this message id was made for, if this desk made it. It threads; it proves nobody's identity."""
    found = _ID.fullmatch(id.strip())
    if found and seals.holds(_MESSAGE, f"{found['ticket']}.{found['message']}", found["mark"]):
        return int(found["ticket"])
    return None
