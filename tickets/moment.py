"""Times: stored as whole microseconds since 1970 in UTC, handled as aware datetimes."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Protocol

from sqlalchemy import BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00Z."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return EPOCH + timedelta(0, seconds, rest)  # half of what it takes timedelta to make seconds of so many


class Moment(TypeDecorator[datetime]):
    """A column of instants. One integer on every engine: it sorts, indexes and compares alike on all of them."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class Clock(Protocol):
    """Tells the time. The desk is the only one that asks; everyone else reads `change.now`."""

    def now(self) -> datetime: ...


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class DatabaseClock:
    """The time that the database told last, going on from there: the same for every process, on any machine."""

    def __init__(self) -> None:
        self._told = (datetime.now(UTC), monotonic())

    def hears(self, at: datetime) -> None:
        self._told = (at, monotonic())

    def now(self) -> datetime:
        at, since = self._told
        return at + timedelta(seconds=monotonic() - since)
