"""Since when the desk can write down whatever it hears: until then, nobody's silence says anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from tickets.asked import Asked
from tickets.change import Change
from tickets.errors import Unavailable
from tickets.ids import IdBlock

SHORTEST = timedelta(seconds=5)  # whoever waits for a lock is refused as well, in the midst of work that goes on


class Hearing:
    """Whether those whom nobody has heard of could have been heard.

    People say that they are there again and again, and that is written down. While it cannot be, because the desk is
    not open or its database is away, the times by which they must have been heard of pass all the same.
    """

    def __init__(self) -> None:
        self._since: datetime | None = None  # None: nothing was written yet
        self._last: datetime | None = None  # when something was
        self._fails = False

    @property
    def fails(self) -> bool:
        """Whether nothing was written since it last failed, or ever."""
        return self._fails or self._since is None

    def failed(self) -> None:
        """The database could not be written, or not even be asked."""
        self._fails = True

    def ended(self, changes: Sequence[Asked], now: datetime) -> None:
        """These changes came to their end."""
        if any(isinstance(change.error, Unavailable) for change in changes):
            self.failed()
        elif not self.fails or any(change.wrote for change in changes):  # a refusal is answered without the disk
            self._wrote(now)

    def lasts(self, now: datetime, seconds: float) -> bool:
        """Whether whoever was there had at least so long to be heard."""
        return not self.fails and self._since is not None and now - self._since >= timedelta(seconds=seconds)

    def _wrote(self, now: datetime) -> None:
        if self._last is None or (self._fails and now - self._last > SHORTEST):
            self._since = now
        self._last, self._fails = now, False


def try_to_write(change: Change) -> None:
    """Writes, and changes nothing that anybody sees: an id that nobody gets.

    A row that is told to be what it is already reaches no disk on SQLite.
    """
    change.claim(update(IdBlock).where(col(IdBlock.name) == "id").values(next=col(IdBlock.next) + 1))
