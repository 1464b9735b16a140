"""A mail of ours came back: whoever wrote it hears that it did not arrive, and why."""

from __future__ import annotations

from sqlmodel import select

from tickets.change import Change
from tickets.email import names, sending
from tickets.email.bounces import Bounce
from tickets.email.outgoing import Outgoing


def tell_outgoing(change: Change, bounce: Bounce) -> Outgoing | None:
    """Mark the mail that this report is about. None where it is about no mail of ours, or only about a delay."""
    ticket_id = names.ticket_of_message_id(change.rules.seals, bounce.mail_id)
    if ticket_id is None or not bounce.failed:
        return None
    ours = select(Outgoing).where(Outgoing.ticket_id == ticket_id, Outgoing.mail_id == bounce.mail_id)
    mail = change.one(ours)
    if mail is not None:
        said = " ".join(filter(None, (bounce.status, bounce.said)))
        sending.returned(change, mail, bounce.failed, said, hard=bounce.hard)
    return mail
