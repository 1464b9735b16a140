"""What staff see of a message that came by mail, around its words: from whom to whom, what is odd, and the original."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from tickets.email.mail import Mail, Person
from widgets.decided import checks, decisions
from widgets.drawing import render
from widgets.labels import MAIL_REMARKS, ROBOTS

MOST_INLINE = 20_000  # characters that are unfolded in place; what is longer is read in the original
_MARK = re.compile(r"\+t\d{1,18}\.[a-z2-7]{20}(?=@)", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """The mail behind a message."""

    mail: Mail

    def above(self, language: str) -> Markup:
        """Who wrote to whom, and what an agent should know before they believe it."""
        mail = self.mail
        return Markup(
            render(
                "console/mail_above.html",
                language,
                mail=mail,
                sender=mail.sender,
                to=_names(mail.recipients),
                cc=_names(mail.copies),
                robot=ROBOTS.get(mail.robot, ROBOTS["auto"]) if mail.robot else "",
                checks=checks(mail),
                remarks=[MAIL_REMARKS[remark] for remark in mail.remarks if remark in MAIL_REMARKS],
            )
        )

    def below(self, language: str) -> Markup:
        """Ways to see all of it."""
        told = decisions(self.mail)
        forwarded = [{**one, "at": _at(one["date"])} for one in self.mail.forwarded]
        return Markup(render("console/mail_below.html", language, mail=self.mail, forwarded=forwarded, decisions=told))

    @property
    def whole(self) -> str:
        """All of its words, where more came than are shown."""
        return self.mail.whole[:MOST_INLINE]


def _at(date: str) -> datetime | None:
    return datetime.fromisoformat(date) if date else None


def _names(people: Sequence[Person]) -> str:
    return ", ".join(_shown(person) for person in people)


def _shown(person: Sequence[str]) -> str:
    """The mark in a reply address of ours is a key: it is not shown."""
    name, address = person
    address = _MARK.sub("", address)
    return f"{name} <{address}>" if name and name != address else address
