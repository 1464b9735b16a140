"""A mail of ours came back: whoever wrote it hears that it did not arrive, and why."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from tickets.change import Change
from tickets.email import daemons, names, sending
from tickets.email.bounces import Bounce, untold
from tickets.email.outgoing import Outgoing
from tickets.email.reading import Reading

_MOST_MAILS = 50  # of a ticket that are looked through


def came_back(change: Change, addresses: Iterable[str]) -> Outgoing | None:
    """The mail of ours to whose own address something came: nobody else can have made that up."""
    ids = (names.mail_of_address(change.rules.seals, address) for address in addresses)
    found = next((id for id in ids if id is not None), None)
    return None if found is None else change.find(Outgoing, found)


def hear(change: Change, reading: Reading, *, mail: Outgoing | None, machine: str, ticket_id: int | None) -> None:
    """What came may be a report. To a mail's own address (`mail`) it is one also in words that nobody understands."""
    bounce = reading.bounce
    by_a_server = machine == "bounce" or (machine == "auto" and daemons.is_called_like_a_server(reading.head))
    untold_yet = bounce is None or not (bounce.status or bounce.about)
    if untold_yet and mail is not None and by_a_server:
        bounce = untold(reading.head, reading.whole or reading.shown, sorted(_addresses(mail)))
    if bounce is not None:
        tell_outgoing(change, bounce, mail=mail, ticket_id=ticket_id)


def tell_outgoing(
    change: Change, bounce: Bounce, *, mail: Outgoing | None = None, ticket_id: int | None = None
) -> Outgoing | None:
    """Mark the mail that this report is about. None where it is about no mail of ours, or only about a delay.

    `mail`, `ticket_id`: to whose address it came. Where neither that nor the server says which mail it was, it is the
    newest of the ticket to whom it names.
    """
    if not bounce.failed and not bounce.hard:
        return None
    named = _named(change, bounce.mail_id) if bounce.mail_id else None
    mail = mail or named or (None if bounce.mail_id else _newest(change, bounce, ticket_id))
    if mail is not None and not bounce.failed and not named and len(mail.recipients) > 1:
        return None  # it is about one of them, and nobody knows which
    if mail is not None:
        said = " ".join(filter(None, (bounce.status, bounce.said)))
        sending.returned(change, mail, bounce.failed, said, hard=bounce.hard)
    return mail


def _named(change: Change, mail_id: str) -> Outgoing | None:
    ticket_id = names.ticket_of_message_id(change.rules.seals, mail_id)
    if ticket_id is None:
        return None
    return change.one(select(Outgoing).where(Outgoing.ticket_id == ticket_id, Outgoing.mail_id == mail_id))


def _newest(change: Change, bounce: Bounce, ticket_id: int | None) -> Outgoing | None:
    if ticket_id is None:
        return None
    ours = select(Outgoing).where(Outgoing.ticket_id == ticket_id, col(Outgoing.sent_at).is_not(None))
    newest = change.rows(ours.order_by(col(Outgoing.id).desc()).limit(_MOST_MAILS))
    failed = set(bounce.failed)
    return next((mail for mail in newest if not failed or failed & _addresses(mail)), None)


def _addresses(mail: Outgoing) -> set[str]:
    return {one["address"].lower() for one in mail.recipients}
