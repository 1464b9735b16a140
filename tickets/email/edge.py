"""Where mail comes in, whichever way: its bytes are on the disk, its row is committed, and only then it is said."""

from __future__ import annotations

import shutil

from sqlalchemy.exc import IntegrityError

from tickets.desk import Desk
from tickets.email import raw
from tickets.files.store import Store, Stored

LEAST_SPACE = 100 * 1024 * 1024  # bytes on the disk


async def write_down(desk: Desk, envelope: raw.Envelope, stored: Stored, fingerprint: str) -> None:
    """Durable when this returns. Raises Unavailable while nothing can be written."""
    try:
        await desk.change(raw.accept, envelope, stored, fingerprint, by="system")
    except IntegrityError:  # another process was handed the same mail in the same moment: now it is known
        await desk.change(raw.accept, envelope, stored, fingerprint, by="system")


def has_room(store: Store) -> bool:
    """Whether there is room for mail; the last of it is for what is begun."""
    return shutil.disk_usage(store.folder.parent).free >= LEAST_SPACE
