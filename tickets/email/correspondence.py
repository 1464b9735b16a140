"""A ticket that is answered by mail: to whom, with whom in copy, from which of our addresses, and in which thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy import JSON, Column
from sqlmodel import Field

from tickets.change import Change
from tickets.email.events import CorrespondenceChanged
from tickets.email.mailbox import Mailbox, by_address
from tickets.email.names import ticket_of_address
from tickets.errors import Refused
from tickets.people import IdentifierKind, clean_name
from tickets.table import Swift
from tickets.text import one_line
from tickets.ticket import LONGEST_SUBJECT, Ticket

MOST_REFERENCES = 20
MOST_COPIES = 20


class Correspondence(Swift, table=True):
    """One per ticket that is answered by mail.

    `cc` are those whom an agent chose to keep in copy. `cc_seen` are those whom a header named: anybody can write a
    header, so they are only suggested.
    """

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    mailbox_id: int | None = Field(default=None, foreign_key="mailbox.id")  # None: that of the ticket's queue
    address: str  # the customer's, as told
    name: str = ""
    cc: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    cc_seen: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    subject: str = ""  # of the mail that began it, without Re:
    last_message_id: str = ""  # of their newest mail
    references: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # oldest first
    verified: bool = False
    uncopied: int | None = None  # the newest answer that went to nobody in copy
    planned: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # answers that wait

    @staticmethod
    def beside(ticket: Ticket) -> tuple[int]:
        """Looked for at once, for all tickets of a batch (tickets.batch)."""
        return (ticket.id,)

    @property
    def suggested(self) -> list[str]:
        """Who stood in copy of a mail of theirs and gets none of ours."""
        return [address for address in self.cc_seen if address not in {*self.cc, self.address.lower()}]

    def add_copy(self, change: Change, address: str) -> None:
        """From now on this address gets a copy of what we write. Refuses what is no address, or one of our own."""
        address = _address(address, field="cc")
        if by_address(change, address) is not None:
            raise Refused("This is an address of our own.", field="cc")
        if address in {*self.cc, self.address.lower()}:
            return
        if len(self.cc) >= MOST_COPIES:
            raise Refused("At most {n} people can be in copy.", field="cc", n=MOST_COPIES)
        self.cc = [*self.cc, address]
        change.record(CorrespondenceChanged(ticket=self.ticket_id))

    def add_everybody(self, change: Change) -> None:
        """Whoever stood in copy of a mail of theirs gets one of ours from now on: an agent answers all of them."""
        for address in self.suggested[: MOST_COPIES - len(self.cc)]:
            if by_address(change, address) is None:
                self.add_copy(change, address)

    def go_to(self, change: Change, address: str) -> None:
        """From now on what we write goes there; whoever got it until now is suggested for a copy."""
        address, before = _address(address, field="address"), self.address.lower()
        if by_address(change, address) is not None:
            raise Refused("This is an address of our own.", field="address")
        if address == before:
            return
        self.address, self.name = address, ""
        self.cc = [kept for kept in self.cc if kept != address]
        self.cc_seen = [*dict.fromkeys([before, *self.cc_seen])]
        change.record(CorrespondenceChanged(ticket=self.ticket_id))

    def remove_copy(self, change: Change, address: str) -> None:
        if address in self.cc:
            self.cc = [kept for kept in self.cc if kept != address]
            change.record(CorrespondenceChanged(ticket=self.ticket_id))


def correspond(
    change: Change,
    ticket: Ticket,
    *,
    address: str,
    name: str = "",
    mailbox: Mailbox | None = None,
    subject: str = "",
    message_id: str = "",
    references: Iterable[str] = (),
    cc: Iterable[str] = (),
    verified: bool = False,
) -> Correspondence:
    """From now on what we write on this ticket goes to `address` by mail.

    Without a mailbox each mail goes out from that of the queue in which the ticket is by then, else the first active
    one; where there is none at all it waits for one. `message_id` and `references` are those of the mail that just
    came; `cc` are suggestions. Raises Refused for what is no address.
    """
    address = _address(address, field="email")
    found = change.find(Correspondence, ticket.id)
    if found is None:
        found = change.add(Correspondence(ticket_id=ticket.id, address=address))
        before: object = None
    else:
        before = (found.address, found.name, found.suggested)
    found.address, found.name = address, clean_name(name) or (found.name if found.address == address else "")
    found.mailbox_id = mailbox.id if mailbox else found.mailbox_id
    found.subject = found.subject or one_line(subject, LONGEST_SUBJECT)
    found.verified = verified
    _thread(found, message_id, references)
    _suggest(change, found, cc)
    if before != (found.address, found.name, found.suggested):
        change.record(CorrespondenceChanged(ticket=ticket.id))
    return found


def reference_chain(known: Iterable[str], newest: str) -> list[str]:
    """What References says: the thread so far, oldest first, then the newest; each once, at most 20, the first kept.

    RFC 5322 3.6.4. The first id names the thread for those mail programs that only look at it.
    """
    chain = [id for id in dict.fromkeys([*known]) if id and id != newest]
    chain += [newest] if newest else []
    return chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[len(chain) - MOST_REFERENCES + 1 :]]


def _thread(found: Correspondence, message_id: str, references: Iterable[str]) -> None:
    if message_id:
        found.references = reference_chain([*found.references, *references], message_id)
        found.last_message_id = message_id


def _suggest(change: Change, found: Correspondence, cc: Iterable[str]) -> None:
    """Remember who stood in copy, and not without end."""
    for address in unheard(change, found, cc):
        if len(found.cc_seen) >= MOST_COPIES:
            return
        found.cc_seen = [*found.cc_seen, address]


def unheard(change: Change, found: Correspondence, cc: Iterable[str]) -> Iterator[str]:
    """Those of a mail's people who are neither suggested nor the customer, and no address of ours; each once."""
    known = {*found.cc_seen, found.address.lower()}
    for told in cc:
        with suppress(Refused):
            address = _address(told, field="cc")
            ours = address in known or ticket_of_address(change.rules.seals, address) is not None
            if not ours and by_address(change, address) is None:
                yield address
            known.add(address)


def _address(address: str, *, field: str) -> str:
    try:
        return IdentifierKind.EMAIL.normal(address)
    except Refused as error:
        raise Refused(error.says, field=field) from None
