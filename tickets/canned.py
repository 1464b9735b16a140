"""Canned replies: what agents say often, kept once, with blanks that are filled when it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Text
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from tickets import blanks
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.events import CannedChanged
from tickets.text import clean_text, is_blank, one_line

BLANKS = ("customer.name", "agent.name", "ticket.number")
LONGEST_TITLE = 100
_SHORTCUT = re.compile(r"[^\W_][\w-]{0,29}")


class Canned(SQLModel, table=True):
    """`shortcut` is what an agent types after the slash; `queue_id` keeps it to the tickets of one queue."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    shortcut: str = Field(unique=True)  # lower case
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    queue_id: int | None = None

    def edit(self, change: Change, *, shortcut: str, title: str, text: str, queue_id: int | None = None) -> None:
        wanted = _checked(change, shortcut, title, text, but=self.id)
        if (*wanted, queue_id) != (self.shortcut, self.title, self.text, self.queue_id):
            self.shortcut, self.title, self.text = wanted
            self.queue_id = queue_id
            change.record(CannedChanged(canned=self.id))

    def remove(self, change: Change) -> None:
        change.remove(self)
        change.record(CannedChanged(canned=self.id))


def add_canned(change: Change, *, shortcut: str, title: str, text: str, queue_id: int | None = None) -> Canned:
    shortcut, title, text = _checked(change, shortcut, title, text)
    canned = Canned(id=change.new_id(), shortcut=shortcut, title=title, text=text, queue_id=queue_id)
    change.add(canned)
    change.record(CannedChanged(canned=canned.id))
    return canned


def edit_canned(
    change: Change, canned_id: int, *, shortcut: str, title: str, text: str, queue_id: int | None = None
) -> None:
    change.take(Canned, canned_id).edit(change, shortcut=shortcut, title=title, text=text, queue_id=queue_id)


def remove_canned(change: Change, canned_id: int) -> None:
    change.take(Canned, canned_id).remove(change)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled: `{{customer.name}}` and the others of BLANKS, nothing else."""
    return blanks.fill(text, values, BLANKS)


def all_canned(session: Session) -> Sequence[Canned]:
    """By shortcut."""
    return session.exec(select(Canned).order_by(Canned.shortcut)).all()


def find_canned(session: Session, text: str, *, queue_id: int | None = None, limit: int = 20) -> Sequence[Canned]:
    """Those an agent means by `text`, of this queue or of all: shortcuts that begin with it come first."""
    wanted = text.strip().lower()[:100]
    begins = func.lower(Canned.shortcut).startswith(wanted, autoescape=True)
    holds = [
        func.lower(column).contains(wanted, autoescape=True) for column in (Canned.shortcut, Canned.title, Canned.text)
    ]
    here = or_(col(Canned.queue_id).is_(None), col(Canned.queue_id) == queue_id)
    query = select(Canned).where(here, or_(*holds)).order_by(begins.desc(), col(Canned.shortcut))
    return session.exec(query.limit(limit)).all()


def _checked(change: Change, shortcut: str, title: str, text: str, *, but: int | None = None) -> tuple[str, str, str]:
    shortcut, title, text = (
        one_line(shortcut, 100).lower().removeprefix("/"),
        one_line(title, LONGEST_TITLE),
        clean_text(text),
    )
    if not _SHORTCUT.fullmatch(shortcut):
        raise Refused("A shortcut has letters, digits and hyphens, up to 30 of them.", field="shortcut")
    if not title:
        raise Refused("A title is needed.", field="title")
    if is_blank(text):
        raise Refused("The message is empty.", field="text")
    taken = change.one(select(Canned).where(Canned.shortcut == shortcut))
    if taken is not None and taken.id != but:
        raise Conflict("/{shortcut} is taken by another reply.", field="shortcut", shortcut=shortcut)
    return shortcut, title, text
