"""A ticket's timeline: its part of the log, messages as they were written and everything else as a thin sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col

from tickets.email.mail import Mail, mails_of
from tickets.events import AsideReceived, Event, MessageReceived, MessageSent, NoteAdded
from tickets.files.attachment import Attachment, files_of
from tickets.log import LogRow
from tickets.message import Message, messages_of
from tickets.people import initials
from tickets.plain import Plain, plain, spelled
from widgets.drawing import redraw, render
from widgets.names import Names
from widgets.posted import Fate, fates
from widgets.received import Received
from widgets.sentences import SENTENCES, Sentence, sentence

MOST_ENTRIES = 100  # on a page; the earlier ones are loaded on request
LONG = 1500  # characters: a longer text is cut for the eye, with a way to see all of it
LATELY = 1024  # messages that stay drawn: two megabytes, and the newest of thirty tickets
BRIEF = 500  # characters: a longer text is drawn anew each time; thousands of the longest would fill half a gigabyte
SAID = (MessageReceived, MessageSent, NoteAdded, AsideReceived)
_SHOWN: tuple[type[Event], ...] = (*SAID, *SENTENCES)
_KINDS = spelled(kind.__name__ for kind in _SHOWN)


class Words(NamedTuple):
    """What is shown of a message's own row."""

    id: int
    seq: int
    kind: str
    by: str
    client_id: str
    at: datetime
    text: str


class Entry(NamedTuple):
    """A message with its files, or a sentence."""

    row: LogRow
    message: Message | None = None
    files: Sequence[Attachment] = ()
    fate: Fate | None = None
    mail: Mail | None = None
    sentence: Sentence | None = None

    @property
    def id(self) -> str:
        return f"message-{self.message.id}" if self.message else f"entry-{self.row.pos}"

    def html(self, language: str, customer: str) -> str:
        if self.message is None:
            assert self.sentence is not None
            said = self.sentence.html(language)
            icon, pos, at = self.sentence.icon, self.row.pos, self.row.at
            return redraw("console/_entry.html", language, pos=pos, at=at, said=said, icon_name=icon)
        posted = Markup(self.fate.html(language)) if self.fate else Markup()
        words, name = _words(self.message), self.message.name or customer
        if not self.mail and not self.files and len(words.text) <= BRIEF:
            return _plainly(language, words, name, posted)
        received = Received(self.mail) if self.mail else None
        return _drawn(language, words, name, posted, self.files, received)


@dataclass(frozen=True)
class Said:
    """The messages of some events with all that belongs to them: a query for each kind, however many events."""

    messages: Mapping[int, Message] = field(default_factory=dict)
    files: Mapping[int, Sequence[Attachment]] = field(default_factory=dict)
    fates: Mapping[int, Fate] = field(default_factory=dict)
    mails: Mapping[int, Mail] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, rows: Iterable[LogRow]) -> Said:
        wanted = [event.message for row in rows if isinstance(event := row.event, SAID)]
        if not wanted:
            return cls()
        by_id = messages_of(session, wanted)
        messages = by_id.values()
        return cls(by_id, files_of(session, messages), fates(session, messages), mails_of(session, messages))


def newest(session: Session, ticket_id: int, *, before: int | None = None) -> tuple[Sequence[LogRow], int | None]:
    """The newest rows of a timeline (before that position), oldest first; and where to go on for earlier ones."""
    rows = _NEWEST.all(session, ticket=ticket_id, before=_EVER if before is None else before, most=MOST_ENTRIES + 1)
    shown = list(reversed(rows[:MOST_ENTRIES]))
    return shown, shown[0].pos if len(rows) > MOST_ENTRIES else None


_EVER = 2**62
_NEWEST = Plain(
    LogRow,
    plain(LogRow)
    .where(
        col(LogRow.ticket_id) == bindparam("ticket"),
        col(LogRow.pos) < bindparam("before"),
        col(LogRow.kind).in_(_KINDS),
    )
    .order_by(col(LogRow.pos).desc())
    .limit(bindparam("most", type_=Integer)),
)


def entries(rows: Iterable[LogRow], said: Said, names: Names, customer: str) -> list[Entry]:
    """What these rows show, in their order; some show nothing."""
    found = [_entry(row, said, names, customer) for row in rows]
    return [entry for entry in found if entry is not None]


def _entry(row: LogRow, said: Said, names: Names, customer: str) -> Entry | None:
    event = row.event
    if isinstance(event, SAID):
        message, files = said.messages.get(event.message), said.files.get(event.message, ())
        fate, mail = said.fates.get(event.message), said.mails.get(event.message)
        return Entry(row, message, files, fate, mail) if message else None
    told = sentence(row, names, customer)
    return Entry(row, sentence=told) if told else None


_of_row = itemgetter(*Words._fields)


def _words(message: Message) -> Words:
    return Words._make(_of_row(vars(message)))


@lru_cache(maxsize=LATELY)
def _plainly(language: str, words: Words, name: str, posted: Markup) -> str:
    """As most messages are: brief, without files, not from a mail. Of equal words the same was drawn a while ago."""
    return _drawn(language, words, name, posted, (), None)


def _drawn(
    language: str,
    words: Words,
    name: str,
    posted: Markup,
    files: Sequence[Attachment],
    received: Received | None,
) -> str:
    return render(
        "console/_message.html",
        language,
        message=words,
        name=name,
        initials=initials(name),
        long=len(words.text) > LONG or words.text.count("\n") > 24,
        posted=posted,
        files=files,
        received=received,
    )
