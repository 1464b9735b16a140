"""Decides where a mail belongs: to the ticket it answers, as whose word, or to a new one. Pure, over what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OLD = timedelta(days=30)  # after which an answer to what is done is a matter of its own
_TAG = re.compile(r"#(\d{1,12})\b")


@dataclass(frozen=True)
class Known:
    """What the desk knows of a ticket that a mail may belong to."""

    number: int
    people: Collection[str]  # addresses of its customer, and of those whom an agent keeps in copy
    done_since: datetime | None = None


@dataclass(frozen=True)
class Arrived:
    """A mail, as far as it matters here. `signed` are tickets whose reply address it was sent to.

    `named` are the ids that it answers, the nearest first; for each one the tickets on which it stands, and whether
    the id proves by itself that this desk made it for that ticket.
    """

    author: str  # lower case; empty: unknown
    at: datetime
    subject: str = ""
    signed: Sequence[int] = ()
    named: Sequence[tuple[Sequence[int], bool]] = ()
    believed: bool = True  # no check says that the sender is somebody else
    robot: bool = False


@dataclass(frozen=True)
class Place:
    """`ticket` None: a new one. A stranger's word is for staff only. `related` is the number of another ticket."""

    ticket: int | None = None
    stranger: bool = False
    relation: str = ""  # follows, mentions
    related: int | None = None


@dataclass
class Thread:
    """`tickets` are those that the mail names in any way, by id; `numbered` tells whether a number is taken."""

    tickets: Mapping[int, Known] = field(default_factory=dict)
    numbered: Callable[[int], bool] = lambda number: False

    def place(self, mail: Arrived) -> Place:
        """A signed reply address comes first, then the ids that it answers. A number in the subject joins nothing."""
        found = self._marked(mail) or self._answered(mail)
        if found is None:
            return self._new(mail)
        ticket_id, known = found
        if known.done_since is not None and mail.at - known.done_since > OLD and not mail.robot:
            return Place(relation="follows", related=known.number)
        belongs = mail.believed and mail.author in known.people
        return Place(ticket_id, stranger=not belongs and not mail.robot)

    def _marked(self, mail: Arrived) -> tuple[int, Known] | None:
        """What only this desk can have made: it says which ticket, not who writes."""
        proved = [ticket for tickets, proves in mail.named if proves for ticket in tickets]
        return self._first([*mail.signed, *proved])

    def _answered(self, mail: Arrived) -> tuple[int, Known] | None:
        """Ids that anybody may have used: they count only for somebody who is on that ticket."""
        named = [ticket for tickets, _ in mail.named for ticket in tickets]
        mine = [ticket for ticket in named if ticket in self.tickets and mail.author in self.tickets[ticket].people]
        return self._first(mine) if mail.believed and mail.author else None

    def _first(self, tickets: Sequence[int]) -> tuple[int, Known] | None:
        return next(((ticket, self.tickets[ticket]) for ticket in tickets if ticket in self.tickets), None)

    def _new(self, mail: Arrived) -> Place:
        """It may look related: an agent decides."""
        named = self._first([ticket for tickets, _ in mail.named for ticket in tickets])
        told = [int(number) for number in _TAG.findall(mail.subject[:500])]
        numbers = [named[1].number] if named else [number for number in told if self.numbered(number)]
        return Place(relation="mentions", related=numbers[0]) if numbers else Place()
