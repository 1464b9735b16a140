"""Writes out a claimed mail: who gets it, from whom, and its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session, select

from server.mail.signing import Signer
from tickets.email.compose import Enclosure, Letter, compose, wire_address
from tickets.email.mail import Mail
from tickets.email.mailbox import Mailbox
from tickets.email.names import reply_address, return_address
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import Verdict
from tickets.email.signature import NO_SIGNATURE, signature_of
from tickets.email.templates import MailTemplate, template_of
from tickets.files.attachment import Attachment, files_of
from tickets.files.store import Store
from tickets.message import Message, messages_of
from tickets.seals import Seals
from tickets.ticket import Ticket
from widgets.notices import in_own_words, spoken
from widgets.words import translate

UNKNOWN_WAY = "This address needs letters that mail servers do not take yet."
TOO_LARGE = "This mail is larger than mails may be."
NO_FILE = "A file of this mail is not there any more."
UNWRITTEN = "This mail could not be written."

_log = structlog.get_logger("frontdesk.mail")


@dataclass(frozen=True)
class Draft:
    """All that the database knows about one mail."""

    mail: Outgoing
    mailbox: Mailbox
    number: int  # of its ticket
    text: str = ""
    template: MailTemplate | None = None  # the mailbox's own words for what the desk writes by itself
    answers: Sequence[Message] = ()  # of a chat
    files: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Envelope:
    """`recipients` are addresses as they travel, by the address that we know; `refused` never get as far.

    `plain` is the sender for a relay that knows no such `sender`.
    """

    sender: str
    recipients: Mapping[str, str]
    mail: bytes
    refused: Mapping[str, Verdict] = field(default_factory=dict)
    plain: str = ""


@dataclass(frozen=True)
class Letterhead:
    """What a mail needs to know of the house that it comes from."""

    public_url: str
    seals: Seals
    store: Store
    largest: int  # bytes
    signer: Signer | None = None
    own_returns: bool = True  # what comes back of a mail comes to an address of its own


def draft(session: Session, outgoing_id: int) -> Draft:
    mail = session.get_one(Outgoing, outgoing_id)
    mailbox = session.get_one(Mailbox, mail.mailbox_id)
    number = session.get_one(Ticket, mail.ticket_id).number
    if mail.carries:
        answers = [*messages_of(session, mail.carries).values()]
        enclosed = files_of(session, answers)
        together = [file for answer in answers for file in enclosed.get(answer.id, ())]
        own = _template(session, mail, mailbox, "answers")
        return Draft(mail, mailbox, number, answers=answers, files=together, template=own)
    if mail.notice:
        return Draft(mail, mailbox, number, template=_template(session, mail, mailbox, mail.notice))
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is None:
        return Draft(mail, mailbox, number)
    if "passed" in mail.facts:
        return _passed_on(session, mail, mailbox, number, note=message)
    return Draft(mail, mailbox, number, message.text, files=files_of(session, [message]).get(message.id, ()))


def _template(session: Session, mail: Outgoing, mailbox: Mailbox, notice: str) -> MailTemplate | None:
    return template_of(session, mailbox.id, notice, spoken(mail.language or mailbox.language))


def _passed_on(session: Session, mail: Outgoing, mailbox: Mailbox, number: int, *, note: Message) -> Draft:
    """What was written with it, then the message as it came: from whom, when, all of its words, its files.

    Files that stay here were named when it was written; those that were added then stand on the note.
    """
    message = session.get_one(Message, mail.facts["passed"])
    came = session.get(Mail, message.id)
    went = session.exec(select(Outgoing).where(Outgoing.message_id == message.id)).first()
    say = partial(translate, mail.language or mailbox.language or "en")
    address = came.sender if came else _sent_from(session, went)
    sender = f"{message.name} <{address}>" if address else message.name
    subject = came.subject if came else went.subject if went else ""
    told = [
        f"---------- {say('Forwarded message')} ----------",
        f"{say('From')}: {sender}",
        f"{say('Date')}: {message.at:%Y-%m-%d %H:%M} UTC",
        *([f"{say('Subject')}: {subject}"] if subject else []),
    ]
    text = (came.whole if came else "") or message.text
    parts = [mail.facts["comment"], "\n".join(told), text]
    enclosed, stays = files_of(session, [message, note]), mail.facts.get("without", ())
    files = [file for one in (message, note) for file in enclosed.get(one.id, ()) if file.id not in stays]
    return Draft(mail, mailbox, number, "\n\n".join(filter(None, parts)), files=files)


def _sent_from(session: Session, went: Outgoing | None) -> str:
    """Our address under which a mail went; empty for what was said in a chat."""
    mailbox = session.get(Mailbox, went.mailbox_id) if went and went.mailbox_id else None
    return mailbox.address if mailbox else ""


def written(draft: Draft, house: Letterhead, now: datetime) -> Envelope:
    """Reads the files that go along: for a thread of its own."""
    mail, known, refused = draft.mail, {}, {}
    for one in mail.is_for(MailState.QUEUED, MailState.RETRY):
        try:
            known[one["address"]] = wire_address(one["address"])
        except ValueError:
            refused[one["address"]] = Verdict(MailState.FAILED, UNKNOWN_WAY)
    content, problem = (
        _content(draft, house, now) if mail.to_address not in refused else (b"", refused[mail.to_address])
    )
    if problem:
        refused |= dict.fromkeys(known, problem)
        known = {}
    plain = wire_address(draft.mailbox.address)
    return Envelope(_sender(draft, house), known, content, refused, plain)


def _sender(draft: Draft, house: Letterhead) -> str:
    """No answer is wanted to what a machine wrote, not even that it could not be delivered (RFC 3834 3.1.3)."""
    if draft.mail.notice:
        return ""
    address = draft.mailbox.address
    return wire_address(return_address(house.seals, address, draft.mail.id) if house.own_returns else address)


def _content(draft: Draft, house: Letterhead, now: datetime) -> tuple[bytes, Verdict | None]:
    """The mail's bytes, or why there are none."""
    try:
        content = compose(_letter(draft, house, now))
        if house.signer is not None:
            content = house.signer.signed(content, draft.mailbox.address)
    except FileNotFoundError:
        return b"", Verdict(MailState.FAILED, NO_FILE)
    except Exception:  # a bug of ours is no reason to lose a mail: it is tried again, and seen
        _log.exception("a mail could not be written", outgoing=draft.mail.id)
        return b"", Verdict(MailState.RETRY, UNWRITTEN)
    return content, Verdict(MailState.FAILED, TOO_LARGE) if len(content) > house.largest else None


def _letter(draft: Draft, house: Letterhead, now: datetime) -> Letter:
    mail, mailbox = draft.mail, draft.mailbox
    language = mail.language or mailbox.language
    subject, text, signature = mail.subject, draft.text, NO_SIGNATURE
    if mail.notice or draft.answers:
        facts = {"answers": draft.answers, "names": len({one.name for one in draft.answers}) > 1, **mail.facts}
        known: dict[str, Any] = {"public_url": house.public_url, "mailbox": mailbox, "number": draft.number}
        subject, text = in_own_words(draft.template, mail.notice or "answers", language, facts, **known)
    if not mail.notice:
        signature = signature_of(mailbox, agent=mail.from_name, number=draft.number)
    return Letter(
        sender=(f"{mail.from_name} ({mailbox.name})" if mail.from_name else mailbox.name, mailbox.address),
        to=(mail.to_name, mail.to_address),
        cc=[one["address"] for one in mail.recipients if one["kind"] == "cc" and _travels(one["address"])],
        reply_to=reply_address(house.seals, mailbox.address, mail.ticket_id),
        subject=subject,
        text=text,
        mail_id=mail.mail_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        date=now,
        signature=signature,
        language=language,
        automated=bool(mail.notice),
        files=[
            Enclosure(file.original_name, file.type, house.store.path(file.sha256).read_bytes()) for file in draft.files
        ],
    )


def _travels(address: str) -> bool:
    try:
        return bool(wire_address(address))
    except ValueError:
        return False
