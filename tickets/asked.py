"""One change that somebody waits for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from tickets.change import Change
from tickets.errors import Refused, Unavailable, full, unavailable, unsure
from tickets.message import Message
from tickets.outage import LostError, UnknownEndError, is_full, is_outage
from tickets.turns import stays

_log = structlog.get_logger("frontdesk.writer")


@dataclass(eq=False)
class Strand:
    """What one line asks for, one after the other: where one will be said again, none that came after it is done."""

    failed: Unavailable | None = None


@dataclass(eq=False)
class Asked:
    """One change that somebody waits for. `about` is the ticket it will touch, where that is known beforehand."""

    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    by: str
    about: int | None
    reply: Any  # whatever the desk needs to find the caller again
    strand: Strand | None = None
    result: Any = None
    error: BaseException | None = None
    logged: list[dict[str, Any]] = field(default_factory=list)  # its events, ready for the log but for their positions
    messages: list[Message] = field(default_factory=list)  # that were said in it
    wrote: bool = False  # whether its transaction brought rows to the disk
    took: float = 0.0  # seconds from the beginning of its batch until that was on the disk

    @property
    def stays(self) -> bool:
        """Whether it may run beside others, for all that is known beforehand."""
        return stays(self.verb, self.about)

    def run(self, change: Change) -> None:
        """Unless one before it on its strand will be said again: then this one will be, too."""
        if self.strand is not None and self.strand.failed is not None:
            self.end(error=self.strand.failed)
        else:
            self.end(self.verb(change, *self.args, **self.kwargs))

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """What came of it; what an earlier try left is forgotten."""
        self.result, self.error = result, error
        if error is not None:
            self.logged, self.messages, self.wrote = [], [], False
            if self.strand is not None and isinstance(error, Unavailable):
                self.strand.failed = error


def reported(error: BaseException, **about: object) -> Exception:
    """A refusal is an answer, an outage becomes one. Anything else is a bug: said once, here, with its trace."""
    if isinstance(error, Refused):
        return error
    if is_outage(error):
        lost = isinstance(error, LostError | UnknownEndError)
        unknown = isinstance(error, UnknownEndError)
        failed: Exception = unsure() if unknown else full() if is_full(error) else unavailable()
        failed.__cause__ = error.__cause__ if lost else error
        return failed
    _log.error("change failed", exc_info=error, **about)
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failed = RuntimeError(f"a change raised {error!r}")  # a future cannot carry these
    failed.__cause__ = error
    return failed
