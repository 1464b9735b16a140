"""The files of a mail become the files of its message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tickets.change import Change
from tickets.email.raw import RawMail
from tickets.email.reading import Kept
from tickets.files.attachment import Attachment
from tickets.message import Message


def enclose(change: Change, message: Message, files: Sequence[Kept], row: RawMail) -> None:
    """The message must have been written. More files than one may send at once are fine: nobody chose them here."""
    for at, file in enumerate(files):
        change.add(
            Attachment(
                id=change.new_id(),
                ticket_id=message.ticket_id,
                message_id=message.id,
                uploaded_by=message.by,
                client_id=f"mail-{row.id}-{at}",
                name=file.name,
                original_name=file.original_name,
                size=file.size,
                claimed_type=file.claimed,
                type=file.type,
                doubtful=file.doubtful,
                sha256=file.sha256,
                created_at=change.now,
                **_picture(file),
            )
        )


def _picture(file: Kept) -> dict[str, Any]:
    preview = file.preview
    if preview is None:
        return {}
    return {
        "inline": True,
        "width": preview.width,
        "height": preview.height,
        "preview_sha256": preview.sha256,
        "preview_type": preview.type,
    }
