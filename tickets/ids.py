"""Ids: handed out by each process from a block that it took, so that two processes never meet."""

from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel


class IdBlock(SQLModel, table=True):
    """Where the next block of ids begins. One row for all tables: an id names one row in the whole house."""

    __tablename__ = "id_block"

    name: str = Field(primary_key=True)
    next: int


class OutOfIds(Exception):
    """A batch wanted more ids than were at hand; it is run again with a fresh block."""


class Ids:
    """A block of ids, used from the front. Owned by one writer thread."""

    def __init__(self) -> None:
        self._next = 0
        self._end = 0

    @property
    def left(self) -> int:
        return self._end - self._next

    def refill(self, start: int, end: int) -> None:
        """Go on with [start, end); what was left of the old block is never used."""
        self._next, self._end = start, end

    def take(self) -> int:
        if self._next >= self._end:
            raise OutOfIds
        taken = self._next
        self._next += 1
        return taken


def end_of_fresh_block(session: Session, size: int) -> int:
    """Take so many ids: those before the one that is returned. They are nobody else's once this is committed."""
    end: int = session.connection().execute(_TAKE, {"n": size}).scalar_one()
    return end


_TAKE = text(
    "insert into id_block (name, next) values ('id', 1 + :n) "
    "on conflict (name) do update set next = id_block.next + :n returning next"
)
