"""What a mail says, for other programs: one JSON object, the same whatever the mail is like (docs/email.md)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import msgspec

from tickets.email.addresses import Person
from tickets.email.body import chosen_text
from tickets.email.bounces import Bounce
from tickets.email.charsets import decoded
from tickets.email.daemons import wants_no_answer
from tickets.email.headers import Head
from tickets.email.html import harmless
from tickets.email.mime import Unreadable
from tickets.email.parse import File, Letter, parse
from tickets.email.plain import is_read_whole
from tickets.email.quotes import parted
from tickets.email.robots import robot
from tickets.text import tidy

_KINDS = {
    "bounce": "bounce",
    "complaint": "complaint",
    "away": "out-of-office",
    "reply": "auto-reply",
    "list": "list",
    "auto": "notification",
    "feedback": "notification",
}
_DEFECTS = {
    "NoBoundaryInMultipartDefect": "It claims to have parts, and does not say where one ends.",
    "OtherBoundaryInMultipartDefect": "Its parts begin with another line than it says.",
    "StartBoundaryNotFoundDefect": "It claims to have parts, and none begins.",
    "CloseBoundaryNotFoundDefect": "Its last part does not end: something may be missing.",
    "MultipartInvariantViolationDefect": "It claims to have parts, and has none.",
    "FirstHeaderLineIsContinuationDefect": "Its first line goes on with a header that does not begin.",
    "MisplacedEnvelopeHeaderDefect": "The line of a mail folder stands among its headers.",
    "MissingHeaderBodySeparatorDefect": "No empty line parts its headers from its text.",
    "InvalidMultipartContentTransferEncodingDefect": "A part that holds others claims an encoding of its own.",
    "InvalidBase64PaddingDefect": "The end of something in Base64 is missing.",
    "InvalidBase64CharactersDefect": "Something in Base64 has letters that do not belong there.",
    "InvalidBase64LengthDefect": "Something in Base64 cannot have this length.",
}
_CUT = {
    "from": "It names more senders than are listed.",
    "to": "It was sent to more people than are listed.",
    "cc": "More people stand in copy than are listed.",
    "reply-to": "It wants its answers to go to more people than are listed.",
    "references": "It refers to more mails than are listed: of these there are the first and the newest.",
}
_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]]{1,64}@[^\s<>\"(),:;\[\]]{1,255}")


class Somebody(msgspec.Struct, frozen=True):
    name: str
    address: str


class Attachment(msgspec.Struct, frozen=True):
    name: str
    type: str  # as the sender calls it
    size: int  # bytes
    sha256: str
    content_id: str | None
    inline: bool


class Undelivered(msgspec.Struct, frozen=True):
    """What a delivery report says. What it does not say is empty."""

    recipient: str
    status: str  # RFC 3463
    hard: bool  # sending it again is of no use
    original_message_id: str


class Digest(msgspec.Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """Everything is always there. What the mail does not say is empty, or null where that is said below."""

    subject: str = ""
    sender: Somebody = Somebody("", "")
    to: list[Somebody] = []
    cc: list[Somebody] = []
    reply_to: list[Somebody] = []
    date: str | None = None  # ISO 8601, in UTC
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = []  # the oldest first
    text: str = ""
    html: str | None = None  # harmless
    reply: str = ""  # what was newly written
    quoted: str = ""  # the rest of the text
    attachments: list[Attachment] = []
    auto: str | None = None
    bounce: Undelivered | None = None
    defects: list[str] = []


class Parts(msgspec.Struct, frozen=True):
    reply: str
    quoted: str


def digest(content: bytes) -> Digest:
    """Never raises: what cannot be read is empty, and a defect says so."""
    try:
        return _of(parse(content))
    except Unreadable as error:
        return Digest(defects=[f"This mail cannot be taken apart: {error}."])
    except Exception:
        return Digest(defects=["This mail cannot be taken apart."])


def parts_of_reply(content: bytes) -> Parts:
    """What is new in the plain text of a mail, and the rest."""
    return Parts(*parted(tidy(decoded(content)[0])))


def _of(letter: Letter) -> Digest:
    head, text = letter.head, chosen_text(letter)
    reply, quoted = parted(text.strip("\n"))
    bounce = letter.bounce
    return Digest(
        subject=head.subject,
        sender=_sender(head),
        to=_people(head.to),
        cc=_people(head.cc),
        reply_to=_people(head.reply_to),
        date=head.date or None,
        message_id=head.message_id,
        in_reply_to=next(iter(head.in_reply_to), ""),
        references=head.references,
        text=text,
        html="\n<hr>\n".join(map(harmless, letter.htmls)) if letter.htmls else None,
        reply=reply,
        quoted=quoted,
        attachments=[_attachment(file) for file in letter.files],
        auto=_KINDS.get(robot(head, letter, sender=_path(head), own=False)),
        bounce=_undelivered(bounce) if bounce is not None else None,
        defects=_defects(letter),
    )


def _sender(head: Head) -> Somebody:
    """The first who is named, unless Sender tells another of them (RFC 5322, 3.6.2); who sent it where nobody is; else
    whatever looks like an address, with the words around it.
    """
    named = [one for one in head.senders if head.sent_by and one[1].lower() == head.sent_by[1].lower()]
    told = next(iter([*named, *head.senders]), None if head.author_line else head.sent_by)
    if told is not None:
        return Somebody(*told)
    found = _ADDRESS.search(head.author_line)
    if found is None:
        return Somebody(head.author_line.replace("<>", "").strip(" \"'"), "")
    return Somebody(head.author_line[: found.start()].strip(" \"'<([:"), found[0])


def _path(head: Head) -> str:
    """The sender of the envelope, as far as the headers tell."""
    return "" if wants_no_answer(head) else _sender(head).address or "unknown"


def _people(people: Iterable[Person]) -> list[Somebody]:
    return [Somebody(*person) for person in people]


def _attachment(file: File) -> Attachment:
    sha256 = hashlib.sha256(file.content).hexdigest()
    return Attachment(file.name, file.claimed, len(file.content), sha256, file.content_id or None, file.inline)


def _undelivered(bounce: Bounce) -> Undelivered:
    recipient = next(iter([*bounce.failed, *bounce.about]), "")
    return Undelivered(recipient, bounce.status, bounce.hard, bounce.mail_id)


def _defects(letter: Letter) -> list[str]:
    found = [_DEFECTS.get(name, "Something in it is not as mail should be.") for name in letter.defects]
    if letter.guessed:
        found.append("Some of its text is in another encoding than it claims.")
    if letter.left_out:
        found.append(f"{letter.left_out} more attachments are not listed.")
    found += [_CUT[name] for name in letter.head.cut if name in _CUT]
    if letter.head.told_date and not letter.head.date:
        found.append("Its date cannot be read.")
    if not letter.head.senders:
        found.append("It does not say who sent it.")
    if letter.head.froms > 1:
        found.append("It says more than once who sent it.")
    elif len(letter.head.senders) > 1:
        found.append("It names more than one sender.")
    if not all(map(is_read_whole, letter.htmls)):
        found.append("Its formatted text is too long: its end is not read.")
    return list(dict.fromkeys(found))
