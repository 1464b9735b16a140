"""What went wrong with the database: it is away, two were in each other's way, or it is a bug of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, NotSupportedError, OperationalError
from sqlalchemy.orm import SessionTransaction

_CONTENTION = {"40001", "40P01"}  # serialization failure, deadlock
_SQLITE_ERROR = 1  # the statement is wrong, not the database
_SQLITE_READONLY, _READ_ONLY = 8, "25006"
_STILL_A_REPLICA = "0A000"  # what a replica says of a transaction that may write, until it has taken over
_SQLITE_FULL, _DISK_FULL = 13, "53100"


class LostError(Exception):
    """The line to the database broke before anything was kept: a fresh line may do."""


class UnknownEndError(Exception):
    """The line to the database broke in the middle of a commit: it may have happened."""


@contextmanager
def nothing_kept() -> Iterator[None]:
    """What is done here has no effect until a later commit, so it may be done again where the line breaks."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise LostError from error
        raise


def go_back(line: Connection, savepoint: SessionTransaction) -> None:
    """Where a failing disk made SQLite undo the whole transaction, there is nothing to go back to.

    What came before in the batch is as lost then: nothing of it may be acknowledged. Raises LostError.
    """
    try:
        savepoint.rollback()
    except BaseException as error:
        line.invalidate()
        raise LostError from error


def is_outage(error: BaseException) -> bool:
    """The database is locked, full, broken or gone: the caller may try again. A wrong statement is a bug instead."""
    if isinstance(error, LostError | UnknownEndError):
        return True
    if isinstance(error, NotSupportedError):
        return getattr(error.orig, "sqlstate", None) == _STILL_A_REPLICA
    if type(error) not in {OperationalError, InternalError, DatabaseError}:
        return False
    code: int | None = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is None or code & 0xFF != _SQLITE_ERROR


def is_away(error: BaseException) -> bool:
    """There is no line to its server, or the line broke: that says nothing about what was wanted."""
    if isinstance(error, LostError | UnknownEndError):
        return True
    broke = isinstance(error, DBAPIError) and error.connection_invalidated
    return broke or (is_outage(error) and getattr(getattr(error, "orig", None), "sqlstate", "") is None)


def is_full(error: BaseException) -> bool:
    """There is no room left on its disk."""
    orig = getattr(error, "orig", None)
    code: int = getattr(orig, "sqlite_errorcode", None) or 0
    return code & 0xFF == _SQLITE_FULL or getattr(orig, "sqlstate", "") == _DISK_FULL


def is_contention(error: BaseException) -> bool:
    """Two batches stood in each other's way; the database has undone this one, and trying again helps."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _CONTENTION


def is_forbidden(error: BaseException) -> bool:
    """A look tried to write."""
    orig = getattr(error, "orig", None)
    return (
        getattr(orig, "sqlite_errorcode", 0) & 0xFF == _SQLITE_READONLY or getattr(orig, "sqlstate", "") == _READ_ONLY
    )


def said_by(error: BaseException) -> str:
    """What the database says about it, in a line."""
    cause = (error.__cause__ or error) if isinstance(error, LostError | UnknownEndError) else error
    return next(iter(str(getattr(cause, "orig", None) or cause).splitlines()), "")
