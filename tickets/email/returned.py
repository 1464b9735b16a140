"""A mail of ours came back: whoever wrote it hears that it did not arrive, and why."""

from __future__ import annotations

from sqlmodel import col, select

from tickets.change import Change
from tickets.email import names, sending
from tickets.email.bounces import Bounce
from tickets.email.outgoing import Outgoing

_MOST_MAILS = 50  # of a ticket that are looked through


def tell_outgoing(change: Change, bounce: Bounce, *, ticket_id: int | None = None) -> Outgoing | None:
    """Mark the mail that this report is about. None where it is about no mail of ours, or only about a delay.

    `ticket_id`: to whose address it came. Where a server does not say which mail it was, the newest to whom it names.
    """
    if not bounce.failed and not bounce.hard:
        return None
    mail = _named(change, bounce.mail_id) if bounce.mail_id else _newest(change, bounce, ticket_id)
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
