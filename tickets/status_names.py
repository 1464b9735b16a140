"""Own names of a status: "Waiting for parts" for a ticket on hold, where lists and clocks treat it as on hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Field, Session, SQLModel, col, func, select

from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import StatusNamesChanged
from tickets.plain import Plain, plain
from tickets.status import DONE, Status
from tickets.text import is_blank, one_line

LONGEST_NAME = 40
NAMED = tuple(status for status in Status if status not in {Status.NEW, Status.SPAM})
"""The statuses that may have own names: nobody chooses new, and spam is a verdict."""


class StatusName(SQLModel, table=True):
    """`position` orders the names of one status, from 1. A ticket names it without a foreign key: it may outlive it."""

    __tablename__ = "status_name"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    status: str
    name: str = Field(unique=True)
    position: int

    def rename(self, change: Change, name: str) -> None:
        name = _free_name(change, name, but=self.id)
        if name != self.name:
            self.name = name
            change.record(StatusNamesChanged(name=self.id))

    def remove(self, change: Change) -> None:
        """Refused while an open ticket goes by it. What is done falls back to the usual name of its status."""
        carried = _open_tickets(change, self.id)
        if carried:
            raise Conflict("Open tickets carry this name: {n}. Give them another status first.", n=carried)
        change.remove(self)
        change.record(StatusNamesChanged(name=self.id))


_ALL = Plain(StatusName, plain(StatusName))


def add_status_name(change: Change, status: Status, name: str) -> StatusName:
    """One more name of this status, after those that it has."""
    if status not in NAMED:
        raise Refused("This status has no other names.", field="status")
    name = _free_name(change, name)
    last = change.one(select(func.max(StatusName.position)).where(StatusName.status == status.value))
    row = StatusName(id=change.new_id(), status=status.value, name=name, position=(last or 0) + 1)
    change.add(row)
    change.record(StatusNamesChanged(name=row.id))
    return row


def rename_status_name(change: Change, name_id: int, name: str) -> None:
    _take(change, name_id).rename(change, name)


def remove_status_name(change: Change, name_id: int) -> None:
    _take(change, name_id).remove(change)


# What others ask


def status_names(session: Session) -> Sequence[StatusName]:
    """In the order of the statuses, and of each one's names."""
    order = {status.value: place for place, status in enumerate(Status)}
    return sorted(_ALL.all(session), key=lambda one: (order[one.status], one.position, one.id))


def check_name(change: Change, status: Status, name_id: int | None) -> None:
    """Raises Refused for a name that is not one of this status, or not any more."""
    if name_id is not None:
        row = change.find(StatusName, name_id)
        if row is None or row.status != status:
            raise Refused("Choose one of the values offered.", field="status")


def choice(status: str, name_id: int | None) -> str:
    """A status with its own name, as a menu and a form write it: "on_hold", or "on_hold:12"."""
    return str(status) if name_id is None else f"{status}:{name_id}"


def chosen(text: str) -> tuple[Status, int | None]:
    """What `choice` wrote. Raises Refused for anything else."""
    status, named, name = text.partition(":")
    known = status in set(Status) and (not named or (name.isascii() and name.isdigit() and len(name) < 18))
    if not known:
        raise Refused("Choose one of the values offered.", field="status")
    return Status(status), int(name) if named else None


def called(change: Change, text: str) -> str:
    """What a person calls this choice: its own name, else the status, which each reader sees in their language."""
    status, _, name = text.partition(":")
    own = change.find(StatusName, int(name)) if name else None
    return own.name if own else Status(status)


def _take(change: Change, name_id: int) -> StatusName:
    row = change.find(StatusName, name_id)
    if row is None:
        raise NotFound("This name does not exist any more.")
    return row


def _free_name(change: Change, name: str, *, but: int | None = None) -> str:
    name = one_line(name, LONGEST_NAME + 1)
    if is_blank(name):
        raise Refused("A name is needed.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refused("This is longer than it can be, by {n}.", field="name", n=len(name) - LONGEST_NAME)
    for other in change.rows(select(StatusName).where(StatusName.id != but)):
        if other.name.casefold() == name.casefold():  # the database folds ASCII only
            raise Conflict("There is already a status named {name}.", field="name", name=other.name)
    return name


def _open_tickets(change: Change, name_id: int) -> int:
    from tickets.ticket import Ticket

    carry = select(func.count()).where(col(Ticket.status_name_id) == name_id, col(Ticket.status).not_in(DONE))
    return change.one(carry) or 0
