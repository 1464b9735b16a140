"""How the house says no to a person: with a sentence they can act on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class Refused(Exception):
    """No, and why, in a sentence for a person.

    `says` is an English sentence that is also its translation key; `facts` fill its {placeholders}. `field` names the
    form field it is about. `retry_after` is in seconds, where waiting helps. Anything else that is raised is a bug.
    """

    status: ClassVar[int] = 422

    def __init__(
        self, says: str, *, field: str | None = None, retry_after: float | None = None, **facts: object
    ) -> None:
        super().__init__(says.format(**facts) if facts else says)
        self.says = says
        self.field = field
        self.retry_after = retry_after
        self.facts = facts


class NotFound(Refused):
    """There is no such thing, or none that the asker may know of."""

    status = 404


class NotAllowed(Refused):
    """It exists, and the actor may not do this to it."""

    status = 403


class Conflict(Refused):
    """Somebody was first; the actor's text is kept."""

    status = 409


class TooFast(Refused):
    """A limit was reached; trying again after `retry_after` seconds helps."""

    status = 429


class TooBig(Refused):
    """More bytes than we take."""

    status = 413


class Unavailable(Refused):
    """The house cannot write just now; nothing was kept, trying again helps."""

    status = 503


class Unsure(Unavailable):
    """Nobody knows whether it was kept: whoever asks again with the same id is told."""


class Overloaded(Unavailable):
    """More is waiting than can be done soon; nothing of what was taken is lost, and nothing new is taken."""


def overloaded() -> Overloaded:
    return Overloaded("We are very busy just now. Please try again in a moment.", retry_after=3.0)


class Full(Unavailable):
    """There is no room on the disk; nothing was kept, and it is accepted again as soon as there is room (RFC 4918)."""

    status = 507


def unavailable(*, retry_after: float = 2.0) -> Unavailable:
    return Unavailable("We cannot save this right now. Please try again in a moment.", retry_after=retry_after)


def unsure() -> Unsure:
    return Unsure("We cannot save this right now. Please try again in a moment.", retry_after=2.0)


def full() -> Full:
    return Full("There is no room to save this right now. Please try again later.", retry_after=5.0)


@contextmanager
def needs_room() -> Iterator[None]:
    """Files are written in here. Raises Full where the disk, or our share of it, is full."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise full() from error
        raise
