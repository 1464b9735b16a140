"""The addresses at which customers write to us, and under which we answer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Text, bindparam
from sqlmodel import Field, Session, SQLModel, col, func, select

from tickets.change import Change
from tickets.email.events import MailboxChanged
from tickets.email.names import bare_address, mail_of_address, ticket_of_address
from tickets.errors import Conflict, Refused
from tickets.people import IdentifierKind
from tickets.seals import Seals
from tickets.text import clean_text, one_line

LONGEST_NAME = 60
LONGEST_LOCAL = 30  # characters before the @: a reply address adds up to 34, and 64 are allowed (RFC 5321 4.5.3.1)


def _text() -> Column[str]:
    return Column(Text, nullable=False, server_default="")


class Mailbox(SQLModel, table=True):
    """Mail to `address` becomes tickets in `queue_id` (None: wherever the rules place it). `name` stands in From."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    address: str = Field(unique=True)  # lower case
    name: str
    queue_id: int | None = None
    language: str = ""  # of what we send by ourselves; empty: the ticket's
    active: bool = True  # takes mail; what was begun at an inactive one is still answered from it
    signature: str = Field(default="", sa_column=_text())  # under every answer, with {{blanks}}
    signature_html: str = Field(default="", sa_column=_text())  # the same, formatted; empty: made of the plain one
    receipt: str = Field(default="", sa_column=_text())  # became a template (0038); kept, and read by nobody

    def edit(
        self,
        change: Change,
        *,
        address: str,
        name: str,
        queue_id: int | None = None,
        language: str = "",
        active: bool = True,
    ) -> None:
        """As the admin wants it from now on. Refuses an address that cannot be, or that another mailbox has."""
        told = (_free_address(change, address, but=self.id), _name(name, address), queue_id, language, active)
        if told != (self.address, self.name, self.queue_id, self.language, self.active):
            self.address, self.name, self.queue_id, self.language, self.active = told
            change.record(MailboxChanged(mailbox=self.id))

    def sign(self, change: Change, *, signature: str, signature_html: str) -> None:
        """What stands under every answer. `signature_html` has been made harmless."""
        told = (clean_text(signature).strip(), signature_html)
        if told != (self.signature, self.signature_html):
            self.signature, self.signature_html = told
            change.record(MailboxChanged(mailbox=self.id))


def add_mailbox(
    change: Change,
    address: str,
    *,
    name: str = "",
    queue_id: int | None = None,
    language: str = "",
    active: bool = True,
) -> Mailbox:
    """One more address. Without a name it goes by what stands before its @."""
    made = Mailbox(
        id=change.new_id(),
        address=_free_address(change, address),
        name=_name(name, address),
        queue_id=queue_id,
        language=language,
        active=active,
    )
    change.record(MailboxChanged(mailbox=made.id))
    return change.add(made)


# What others ask


def by_address(asked: Session | Change, address: str) -> Mailbox | None:
    """The mailbox of an address, also of a reply address or another plus address of it; inactive ones too."""
    address = address.strip().lower()
    told = {address, bare_address(address)}
    if isinstance(asked, Session):
        found = asked.exec(_BY_ADDRESS, params={"told": told}).all()
    else:
        found = [mailbox for mailbox in asked.peek_once(Mailbox, _ALL) if mailbox.address in told]
    return max(found, key=lambda mailbox: len(mailbox.address), default=None)


def taking(session: Session, address: str, seals: Seals) -> Mailbox | None:
    """Where mail to an address goes; what was begun at a mailbox that is none any more can still be answered."""
    found = by_address(session, address)
    signed = ticket_of_address(seals, address) is not None or mail_of_address(seals, address) is not None
    return found if found is not None and (found.active or signed) else None


def of_queue(change: Change, queue_id: int | None) -> Mailbox | None:
    """Which mailbox answers for a queue: its own, else the first active one; None where there is none."""
    mailboxes = change.rows(select(Mailbox).where(Mailbox.active).order_by(col(Mailbox.id)))
    own = [mailbox for mailbox in mailboxes if queue_id is not None and mailbox.queue_id == queue_id]
    return next(iter([*own, *mailboxes]), None)


def mailboxes(session: Session) -> Sequence[Mailbox]:
    """By address; the inactive ones too."""
    return session.exec(select(Mailbox).order_by(func.lower(Mailbox.address))).all()


# How

_ALL = select(Mailbox)
_BY_ADDRESS = _ALL.where(col(Mailbox.address).in_(bindparam("told", expanding=True)))


def _free_address(change: Change, address: str, *, but: int | None = None) -> str:
    try:
        address = IdentifierKind.EMAIL.normal(address)
    except Refused as error:
        raise Refused(error.says, field="address") from None
    local, _, _ = address.rpartition("@")
    if "+" in local or len(local) > LONGEST_LOCAL:
        raise Refused(
            "Use an address with at most {n} characters and no + before the @: replies add to it.",
            field="address",
            n=LONGEST_LOCAL,
        )
    taken = change.one(select(Mailbox).where(Mailbox.address == address))
    if taken is not None and taken.id != but:
        raise Conflict("There is already a mailbox for {address}.", field="address", address=address)
    return address


def _name(name: str, address: str) -> str:
    return one_line(name, LONGEST_NAME) or one_line(address.strip().partition("@")[0], LONGEST_NAME)
