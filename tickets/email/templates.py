"""A mailbox's own words for a mail that the desk writes by itself; where it has none, those of the house are sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.blanks import fill
from tickets.change import Change
from tickets.email.events import MailboxChanged
from tickets.email.mailbox import Mailbox
from tickets.errors import NotFound, Refused
from tickets.text import clean_text, one_line
from tickets.ticket import LONGEST_SUBJECT

_OURS = ("mailbox.name", "mailbox.address", "ticket.number")
_CALL = (*_OURS, "call.time", "call.link")
_NO_CALL = (*_OURS, "call.again")
_COMPLAINT = (*_OURS, "complaint.number", "complaint.link")
BLANKS: dict[str, Sequence[str]] = {
    "received": _OURS,
    "answers": (*_OURS, "chat.answers"),
    "callback": _CALL,
    "callback_moved": _CALL,
    "callback_cancelled": _NO_CALL,
    "callback_expired": _NO_CALL,
    "callback_gave_up": _NO_CALL,
    "callback_wrong_number": _NO_CALL,
    "survey": (*_OURS, "survey.link"),
    "complaint": _COMPLAINT,
    "complaint_acknowledged": _COMPLAINT,
}
"""Which mails have words of their own, and what may be filled in: nothing that the customer wrote."""

_NEEDED = {"answers": "chat.answers", "survey": "survey.link"}  # without which a mail would say nothing
_BRACES = re.compile(r"\{\{([^{}]{0,80})\}\}")


class MailTemplate(SQLModel, table=True):
    """For mails of one kind, in one language. An empty subject or text is that of the house."""

    __tablename__ = "mail_template"
    __table_args__ = (UniqueConstraint("mailbox_id", "notice", "language", name="uq_mail_template_notice"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    mailbox_id: int = Field(foreign_key="mailbox.id")
    notice: str
    language: str
    subject: str = ""
    text: str = Field(default="", sa_column=Column(Text, nullable=False))

    def filled(self, values: dict[str, str], usual: tuple[str, str]) -> tuple[str, str]:
        """Subject and text of one mail, each the house's where it has none of its own."""
        blanks = BLANKS[self.notice]
        subject, text = (fill(words, values, blanks) for words in (self.subject, self.text))
        return one_line(subject, LONGEST_SUBJECT) or usual[0], f"{text.strip()}\n" if text.strip() else usual[1]


def write(change: Change, mailbox_id: int, notice: str, language: str, *, subject: str, text: str) -> None:
    """From now on such mails say this; both empty: what the house says. Refuses a blank that cannot be filled in."""
    if notice not in BLANKS:
        raise NotFound("There is nothing at this address.")
    subject, text = one_line(subject, LONGEST_SUBJECT), clean_text(text).strip()
    for field, words in (("subject", subject), ("text", text)):
        check(words, BLANKS[notice], field=field)
    if text and (needed := _NEEDED.get(notice)) and needed not in _names(text):
        raise Refused("Without {blank} this mail would say nothing.", field="text", blank=_shown([needed]))
    mailbox = change.take(Mailbox, mailbox_id)
    found = change.one(_of(mailbox.id, notice, language))
    if (subject, text) == ((found.subject, found.text) if found else ("", "")):
        return
    if found and not (subject or text):
        change.remove(found)
    elif found:
        found.subject, found.text = subject, text
    else:
        about: dict[str, Any] = {"mailbox_id": mailbox.id, "notice": notice, "language": language}
        change.add(MailTemplate(id=change.new_id(), subject=subject, text=text, **about))
    change.record(MailboxChanged(mailbox=mailbox.id))


def check(words: str, blanks: Collection[str], *, field: str) -> None:
    """Refuse what stands in double braces and is none of these."""
    unknown = [name for name in _names(words) if name not in blanks]
    if unknown:
        raise Refused(
            "{unknown} cannot be filled in. What can: {blanks}.",
            field=field,
            unknown=_shown(unknown),
            blanks=_shown(blanks),
        )


def template_of(session: Session, mailbox_id: int, notice: str, language: str) -> MailTemplate | None:
    return session.exec(_of(mailbox_id, notice, language)).first()


def templates_of(session: Session, mailbox_id: int) -> Sequence[MailTemplate]:
    return session.exec(select(MailTemplate).where(MailTemplate.mailbox_id == mailbox_id)).all()


def _of(mailbox_id: int, notice: str, language: str) -> SelectOfScalar[MailTemplate]:
    mine = select(MailTemplate).where(MailTemplate.mailbox_id == mailbox_id)
    return mine.where(MailTemplate.notice == notice, MailTemplate.language == language)


def _names(words: str) -> list[str]:
    return list(dict.fromkeys(found.strip(" \t") for found in _BRACES.findall(words)))


def _shown(names: Collection[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)
