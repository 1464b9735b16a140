"""Where mail comes in, whichever way: its bytes are on the disk, its row is committed, and only then it is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from tickets.desk import Desk
from tickets.email import raw
from tickets.files.store import Store, Stored

Result = TypeVar("Result")

LEAST_SPACE = 100 * 1024 * 1024  # bytes on the disk


async def write_down(desk: Desk, envelope: raw.Envelope, stored: Stored, fingerprint: str) -> None:
    """Durable when this returns. Raises Unavailable while nothing can be written."""
    await written_down(desk, raw.accept, envelope, stored, fingerprint)


async def written_down(desk: Desk, verb: Callable[..., Result], *args: object) -> Result:
    """What comes of a verb that writes mails down, once it is durable."""
    try:
        return await desk.change(verb, *args, by="system")
    except IntegrityError:  # another process was handed the same mail in the same moment: now it is known
        return await desk.change(verb, *args, by="system")


def has_room(store: Store) -> bool:
    """Whether there is room for mail; the last of it is for what is begun."""
    return shutil.disk_usage(store.folder.parent).free >= LEAST_SPACE
