"""What became of an answer that went by mail, and to whom the next one will go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from chat.continuity import Continuity
from chat.surveys.asking import NOTICE as SURVEY
from tickets.email.correspondence import Correspondence
from tickets.email.mailbox import Mailbox
from tickets.email.outgoing import TO_STAFF, MailState, Outgoing
from tickets.email.suppressed import Suppressed, suppressed_among
from tickets.message import Message, MessageKind
from tickets.plain import Plain, plain
from tickets.status import Channel
from tickets.ticket import Ticket
from widgets.drawing import render

_ICONS = {MailState.SENT: "check", MailState.FAILED: "warn", MailState.INDETERMINATE: "warn"}
_UNREAD_FAILED = "What they had not read could not be delivered by email"
_UNREAD_UNKNOWN = "What they had not read may have arrived by email or not"
_NOTICE_FAILED = "A confirmation could not be delivered by email"
_NOTICE_UNKNOWN = "A confirmation may have arrived by email or not"
_SURVEY_FAILED = "The mail that asks how it was could not be delivered"
_SURVEY_UNKNOWN = "The mail that asks how it was may have arrived or not"
_AGAIN = (MailState.FAILED, MailState.RETRY, MailState.INDETERMINATE)


@dataclass(frozen=True)
class Fate:
    """Where one mail stands."""

    mail: Outgoing

    @property
    def icon(self) -> str:
        return _ICONS.get(MailState(self.mail.state), "clock")

    @property
    def may_go_again(self) -> bool:
        """What may have arrived is sent again once only."""
        mail = self.mail
        return mail.state in _AGAIN and not (mail.state == MailState.INDETERMINATE and mail.extra)

    @property
    def without(self) -> list[Mapping[str, str]]:
        """Those who did not get it, where others did."""
        failed = self.mail.is_for(MailState.FAILED)
        return [] if len(failed) == len(self.mail.recipients) else [*failed]

    @property
    def copies(self) -> list[str]:
        return [one["address"] for one in self.mail.recipients if one["kind"] == "cc"]

    @property
    def to(self) -> str:
        return ", ".join(one["address"] for one in self.mail.recipients)

    @property
    def says(self) -> str:
        """What did not reach them, of a mail that stands under no answer."""
        if self.mail.notice == SURVEY:
            return _SURVEY_FAILED if self.mail.state == MailState.FAILED else _SURVEY_UNKNOWN
        if self.mail.state == MailState.FAILED:
            return _UNREAD_FAILED if self.mail.carries else _NOTICE_FAILED
        return _UNREAD_UNKNOWN if self.mail.carries else _NOTICE_UNKNOWN

    def html(self, language: str) -> str:
        return render("console/_posted.html", language, fate=self, mail=self.mail)


def fates(session: Session, messages: Iterable[Message]) -> dict[int, Fate]:
    """By message, of those that went by mail: one query, and none where none did."""
    ours, by_mail = {MessageKind.OUT.value, MessageKind.NOTE.value}, Channel.EMAIL.value
    return fates_of(session, [one.id for one in messages if one.channel == by_mail and one.kind in ours])


def fates_of(session: Session, message_ids: Iterable[int]) -> dict[int, Fate]:
    wanted = [*message_ids]
    if not wanted:
        return {}
    rows = session.exec(select(Outgoing).where(col(Outgoing.message_id).in_(wanted)))
    return {row.message_id: Fate(row) for row in rows if row.message_id is not None}


def recipients(session: Session, ticket: Ticket, mail: Correspondence | None, language: str) -> str:
    """The row above the composer; hidden where answers do not go by mail."""
    told = None if ticket.live else mail
    homeless = told is not None and session.exec(select(Mailbox.id).where(Mailbox.active).limit(1)).first() is None
    barred = suppressed_among(session, [told.address, *told.cc]).values() if told else ()
    later = _later(session, ticket)
    ours = {box.address for box in session.exec(select(Mailbox))} if told and told.suggested else set()
    suggested = [address for address in told.suggested if address not in ours] if told else []
    facts = {"told": told, "homeless": homeless, "barred": [*barred], "later": later, "suggested": suggested}
    return render("console/_recipients.html", language, ticket=ticket, returned=_returned(session, ticket), **facts)


def _returned(session: Session, ticket: Ticket) -> Fate | None:
    """The newest of the mails that stand under no answer, where it is not known to have arrived."""
    newest = None if ticket.done else _OWN.first(session, ticket=ticket.id)
    return Fate(newest) if newest is not None and newest.state in {MailState.FAILED, MailState.INDETERMINATE} else None


_OWN = Plain(
    Outgoing,
    plain(Outgoing)
    .where(col(Outgoing.ticket_id) == bindparam("ticket"), col(Outgoing.message_id).is_(None))
    .where(col(Outgoing.notice).not_in(TO_STAFF))
    .order_by(col(Outgoing.id).desc())
    .limit(1),
)


def _later(session: Session, ticket: Ticket) -> Continuity | None:
    """What somebody who left a chat has not read, where it is to be mailed."""
    found = _CONTINUITY.first(session, ticket=ticket.id) if ticket.channel == Channel.CHAT else None
    return found if found is not None and found.due_at is not None else None


_CONTINUITY = Plain(Continuity, plain(Continuity).where(col(Continuity.ticket_id) == bindparam("ticket")))


def answered_at(session: Session, tickets: Collection[int], suppressions: Collection[int]) -> set[int]:
    """Those of these tickets whose answers go to one of the addresses."""
    addresses = set(session.exec(select(Suppressed.address).where(col(Suppressed.id).in_(suppressions))))
    told = session.exec(select(Correspondence).where(col(Correspondence.ticket_id).in_(tickets)))
    return {one.ticket_id for one in told if not addresses.isdisjoint({one.address.lower(), *one.cc})}
