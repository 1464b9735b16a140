"""The person outside and the person inside."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Column, Index, Text, bindparam, text
from sqlmodel import Field, SQLModel, col, select

from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.events import CustomerChanged
from tickets.moment import Moment
from tickets.table import Swift
from tickets.text import one_line

LONGEST_NAME = 100
LONGEST_VALUE = 254
BOT = "bot:"  # how an actor begins who is a program that answers customers: nobody's waiting ends by it


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """A supervisor may do what an agent may, an admin what both may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class Agent(SQLModel, table=True):
    """Somebody who answers. `by` in the log names them as agent:{id}."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    email: str = Field(unique=True)  # lower case
    role: str = Role.AGENT.value
    password_hash: str = ""  # empty: cannot sign in by password
    language: str = ""  # empty: the browser's
    session_epoch: int = 0  # rises when every session must end
    active: bool = True
    created_at: datetime = Field(sa_type=Moment)

    @property
    def actor(self) -> str:
        return f"agent:{self.id}"

    @property
    def initials(self) -> str:
        return initials(self.name)


class Customer(Swift, table=True):
    """Somebody who asks. Reached through any number of identifiers."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = ""
    language: str = ""
    notes: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_type=Moment)

    @property
    def actor(self) -> str:
        return f"customer:{self.id}"

    def rename(self, change: Change, name: str, *, ticket: int | None = None) -> None:
        name = clean_name(name)
        if name and name != self.name:
            self.name = name
            change.record(CustomerChanged(customer=self.id, ticket=ticket))

    def add_identifier(
        self, change: Change, kind: "IdentifierKind", value: str, *, verified: bool = False, ticket: int | None = None
    ) -> "Identifier":
        """Remember one more way to know this customer.

        A claim (`verified` false) grants nothing and may stand on several customers.
        """
        value = kind.normal(value)
        rows = change.peek(Identifier, _ALIKE, kind=kind.value, value=value)
        mine = next((row for row in rows if row.customer_id == self.id), None)
        if verified and any(row.verified and row.customer_id != self.id for row in rows):
            raise Conflict("Another customer is already known by {value}.", value=value)
        if mine is None:
            mine = change.add(
                Identifier(id=change.new_id(), customer_id=self.id, kind=kind.value, value=value, verified=verified)
            )
            change.record(CustomerChanged(customer=self.id, ticket=ticket))
        elif verified and not mine.verified:
            mine.verified = True
            change.record(CustomerChanged(customer=self.id, ticket=ticket))
        return mine


class IdentifierKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL = "external"  # the customer's id in the shop's own books

    def normal(self, value: str) -> str:
        """The one spelling under which this value is kept. Refuses what cannot be such a value."""
        value = value.strip(" ")
        if self is IdentifierKind.EMAIL:
            return _email(value)
        if not value or len(value) > LONGEST_VALUE or not value.isprintable():
            raise Refused("This is not a {kind} we can keep.", field=self.value, kind=self.value)
        return value


class Identifier(Swift, table=True):
    """One way to know a customer. A verified one belongs to one customer only; claims may repeat."""

    __table_args__ = (
        Index(
            "uq_identifier_verified",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("verified"),
            postgresql_where=text("verified"),
        ),
        Index("ix_identifier_value", "kind", "value"),
        Index("ix_identifier_customer", "customer_id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    customer_id: int = Field(foreign_key="customer.id")
    kind: str
    value: str
    verified: bool = False


_ALIKE = select(Identifier).where(
    col(Identifier.kind) == bindparam("kind"), col(Identifier.value) == bindparam("value")
)


def new_customer(change: Change, name: str = "", *, language: str = "") -> Customer:
    return change.add(Customer(id=change.new_id(), name=clean_name(name), language=language, created_at=change.now))


def clean_name(name: str) -> str:
    """A name on one line, at most 100 characters long."""
    return one_line(name, LONGEST_NAME)


def initials(name: str) -> str:
    """Two letters for Latin names, the first character for others; a dot for nobody."""
    words = name.split()
    if not words:
        return "·"
    if not words[0].isascii():
        return words[0][0]
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


@lru_cache(1000)
def _email(value: str) -> str:
    """An address in lower case, as RFC 5321 and 6531 allow it; whether it exists is for a mail to find out."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(value, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refused("This does not look like an email address.", field="email") from None
