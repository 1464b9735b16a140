"""Decides where a mail belongs: to the ticket it answers, as whose word, or to a new one. Pure, over what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.email.subjects import same_subject

OLD = timedelta(days=30)  # after which an answer with a subject of its own to what is done is a matter of its own
_TAG = re.compile(r"\[#(\d{1,12})\]")
_NUMBER = re.compile(r"#(\d{1,12})\b")


class Because(StrEnum):
    """Why a mail is where it is, in the order in which it is looked for (semantics.md part 5)."""

    REPORT = "report"  # it reports on a mail of that ticket
    ADDRESS = "address"  # it was sent to that ticket's own reply address
    IN_REPLY_TO = "in-reply-to"  # it answers a mail of that ticket
    REFERENCES = "references"  # it goes on with the thread of that ticket
    TAG = "tag"  # its subject has that ticket's number in brackets, and its sender is on the ticket
    OLD = "old"  # it answers what was settled long ago, with a subject of its own: a new ticket
    OUTSIDER = "outsider"  # it names a ticket, and proves no place on it: a new ticket
    NEW = "new"  # it names nothing: a new ticket
    UNREAD = "unread"  # it could not be read at first, and stays where it was put


class Private(StrEnum):
    """Why what joined a ticket is for staff only."""

    STRANGER = "stranger"  # nobody of this ticket has that address
    UNPROVED = "unproved"  # a check says that the sender is somebody else
    COLLEAGUE = "colleague"  # an agent's address: nobody speaks for us by mail


@dataclass(frozen=True)
class Known:
    """What the desk knows of a ticket that a mail may belong to."""

    number: int
    people: Collection[str]  # addresses of its customer, and of those whom an agent keeps in copy
    done_since: datetime | None = None
    subjects: Collection[str] = ()  # that it goes by, or began with


@dataclass(frozen=True)
class Named:
    """Ids of one header that stand on these tickets; `proves`: only this desk can have made it, for that ticket."""

    tickets: Sequence[int]
    proves: bool
    header: Because = Because.IN_REPLY_TO


@dataclass(frozen=True)
class Arrived:
    """A mail, as far as it matters here. `signed` are tickets whose reply address it was sent to, and `reported` those
    whose mail it reports on. `named` are the ids that it answers, the nearest first. `tagged` are those whose number
    stands in brackets in its subject.
    """

    author: str  # lower case; empty: unknown
    at: datetime
    subject: str = ""
    reported: Sequence[int] = ()
    signed: Sequence[int] = ()
    named: Sequence[Named] = ()
    tagged: Sequence[int] = ()
    believed: bool = True  # no check says that the sender is somebody else
    robot: bool = False
    colleague: bool = False  # an agent's address


@dataclass(frozen=True)
class Place:
    """`ticket` None: a new one. What is `private` is for staff only. `related` is the number of another ticket."""

    ticket: int | None = None
    because: Because = Because.NEW
    private: Private | None = None
    relation: str = ""  # follows, mentions
    related: int | None = None


Found = tuple[int, Because]


@dataclass
class Thread:
    """`tickets` are those that the mail names in any way, by id; `numbered` tells whether a number is taken."""

    tickets: Mapping[int, Known] = field(default_factory=dict)
    numbered: Callable[[int], bool] = lambda number: False

    def place(self, mail: Arrived) -> Place:
        """A signed reply address, the ids that it answers, a number in the subject: the first of them that holds."""
        found = self._marked(mail) or self._answered(mail) or self._overheard(mail) or self._tagged(mail)
        if found is None:
            return self._new(mail)
        ticket_id, because = found
        known = self.tickets[ticket_id]
        if self._is_another_matter(mail, known):
            return Place(because=Because.OLD, relation="follows", related=known.number)
        return Place(ticket_id, because, self._private(mail, known))

    def _marked(self, mail: Arrived) -> Found | None:
        """An address that only this desk can have made: it says which ticket, not who writes."""
        told = [*((id, Because.REPORT) for id in mail.reported), *((id, Because.ADDRESS) for id in mail.signed)]
        return self._first(told)

    def _answered(self, mail: Arrived) -> Found | None:
        """Ids of ours, and ids that anybody may have used: those count for somebody who is on that ticket."""
        return self._first(
            [(id, one.header) for one in mail.named for id in one.tickets if one.proves or self._is_on(mail, id)]
        )

    def _overheard(self, mail: Arrived) -> Found | None:
        """Somebody goes on with a thread that they got in copy, or got hold of: it stays together, among staff."""
        heard = mail.believed and bool(mail.author)
        return self._first([(id, one.header) for one in mail.named for id in one.tickets]) if heard else None

    def _tagged(self, mail: Arrived) -> Found | None:
        """A number can be guessed: it counts for those who are on that ticket, and for ours."""
        ours = mail.colleague and mail.believed
        counts = [id for id in mail.tagged if (self._is_on(mail, id) or ours) and not mail.robot]
        return self._first([(id, Because.TAG) for id in counts])

    def _is_on(self, mail: Arrived, ticket: int) -> bool:
        known = self.tickets.get(ticket)
        return known is not None and mail.believed and bool(mail.author) and mail.author in known.people

    def _private(self, mail: Arrived, known: Known) -> Private | None:
        if mail.robot or (mail.believed and mail.author in known.people):
            return None
        if not mail.believed:
            return Private.UNPROVED
        return Private.COLLEAGUE if mail.colleague else Private.STRANGER

    def _is_another_matter(self, mail: Arrived, known: Known) -> bool:
        settled = known.done_since is not None and mail.at - known.done_since > OLD
        return settled and not mail.robot and not same_subject(mail.subject, known.subjects)

    def _first(self, found: Sequence[Found]) -> Found | None:
        return next((one for one in found if one[0] in self.tickets), None)

    def _new(self, mail: Arrived) -> Place:
        """It may look related: an agent decides."""
        named = self._first([(id, one.header) for one in mail.named for id in one.tickets])
        told = [int(number) for number in _NUMBER.findall(mail.subject[:500])]
        numbers = [self.tickets[named[0]].number] if named else [number for number in told if self.numbered(number)]
        return Place(because=Because.OUTSIDER, relation="mentions", related=numbers[0]) if numbers else Place()


def tag_of(subject: str) -> int | None:
    """The number that stands in brackets in a subject: [#1042]."""
    found = _TAG.search(subject[:500])
    return int(found[1]) if found else None
