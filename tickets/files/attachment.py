"""A file that somebody sent along with a message, or is about to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, delete, text
from sqlmodel import Field, Session, col, select

from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.email import raw
from tickets.errors import Conflict, Refused
from tickets.files.kinds import Kind
from tickets.files.names import clean_file_name, original_name
from tickets.files.pictures import Preview
from tickets.files.store import Stored
from tickets.message import Message, MessageKind, is_client_id
from tickets.moment import Moment
from tickets.table import Swift

MOST_FILES = 10  # with one message


class Attachment(Swift, table=True):
    """Belongs to nobody's timeline until a message takes it. Its bytes lie in the store under `sha256`."""

    __table_args__ = (
        UniqueConstraint("uploaded_by", "client_id", name="uq_attachment_client_id"),
        Index("ix_attachment_message", "message_id"),
        Index("ix_attachment_sha256", "sha256"),
        Index(
            "ix_attachment_keep_until",
            "keep_until",
            sqlite_where=text("keep_until is not null"),
            postgresql_where=text("keep_until is not null"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")
    place: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # among the files of its message
    uploaded_by: str  # the actor: visitor:9, agent:7
    client_id: str
    name: str  # safe to show and to save under
    original_name: str
    size: int  # bytes
    claimed_type: str = ""
    type: str  # what its bytes show; for people's eyes
    doubtful: bool = False  # name, claim and bytes do not agree
    inline: bool = False  # there is a preview that we drew ourselves
    width: int | None = None
    height: int | None = None
    sha256: str
    preview_sha256: str | None = None
    preview_type: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    keep_until: datetime | None = Field(default=None, sa_type=Moment)  # none once a message has taken it


def keep(
    change: Change,
    *,
    client_id: str,
    name: str,
    claimed: str,
    stored: Stored,
    kind: Kind,
    preview: tuple[Preview, Stored] | None = None,
) -> Attachment:
    """An upload arrived; it waits for its message. The same `client_id` again returns the first one."""
    if not is_client_id(client_id):
        raise Refused("The file has no usable id.", field="client_id")
    mine = select(Attachment).where(Attachment.uploaded_by == change.by, Attachment.client_id == client_id)
    earlier = change.one(mine)
    if earlier is not None and earlier.sha256 != stored.sha256:
        raise Conflict("This file was already sent.", field="client_id")
    return earlier or change.add(
        Attachment(
            id=change.new_id(),
            uploaded_by=change.by,
            client_id=client_id,
            name=clean_file_name(name),
            original_name=original_name(name),
            size=stored.size,
            claimed_type=claimed[:100],
            type=kind.type,
            doubtful=kind.doubtful,
            sha256=stored.sha256,
            created_at=change.now,
            keep_until=change.now + timedelta(seconds=change.rules.upload_keep_seconds),
            **_picture(preview),
        )
    )


def attach(change: Change, message: Message, files: Collection[int], *, by: str | None = None) -> Sequence[Attachment]:
    """Give these uploads to the message, in this order. `by` uploaded them: the actor, unless said otherwise.

    Refuses what is not known, not theirs, or already another message's. Again for the same message changes nothing.
    """
    if not files:
        return ()
    wanted = list(dict.fromkeys(files))
    if len(wanted) > MOST_FILES:
        raise Refused("Send at most {n} files at once.", field="files", n=MOST_FILES)
    found = {row.id: row for row in change.rows(select(Attachment).where(col(Attachment.id).in_(wanted)))}
    for place, file_id in enumerate(wanted):
        row = found.get(file_id)
        if row is None or row.uploaded_by != (by or change.by) or row.message_id not in {None, message.id}:
            raise Refused("This file is no longer here. Please add it again.", field="files")
        row.ticket_id, row.message_id, row.place, row.keep_until = message.ticket_id, message.id, place, None
    return [found[file_id] for file_id in wanted]


def reserve(change: Change, files: Collection[int], *, until: datetime) -> Sequence[Attachment]:
    """Keep these uploads of the actor's until a message takes them later. Refuses as `attach` does."""
    wanted = list(dict.fromkeys(files))
    if len(wanted) > MOST_FILES:
        raise Refused("Send at most {n} files at once.", field="files", n=MOST_FILES)
    found = {row.id: row for row in change.find_all(Attachment, wanted)} if wanted else {}
    for file_id in wanted:
        row = found.get(file_id)
        if row is None or row.uploaded_by != change.by or row.message_id is not None:
            raise Refused("This file is no longer here. Please add it again.", field="files")
        row.keep_until = until
    return [found[file_id] for file_id in wanted]


def waiting(session: Session, files: Collection[int], *, by: str) -> Sequence[Attachment]:
    """Those of these uploads of theirs that no message has taken, in this order."""
    theirs = select(Attachment).where(Attachment.uploaded_by == by, col(Attachment.message_id).is_(None))
    found = {row.id: row for row in session.exec(theirs.where(col(Attachment.id).in_(files)))} if files else {}
    return [found[file_id] for file_id in dict.fromkeys(files) if file_id in found]


def files_of(session: Session, messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of each of these messages, by message id, as they were sent; one query, and none where none has any."""
    with_files = [message.id for message in messages if message.files]
    found: dict[int, list[Attachment]] = {}
    if with_files:
        theirs = select(Attachment).where(col(Attachment.message_id).in_(with_files))
        query = theirs.order_by(col(Attachment.place), col(Attachment.id))
        for row in session.exec(query):
            found.setdefault(row.message_id or 0, []).append(row)
    return found


def for_staff(session: Session, file_id: int, agent: str) -> Attachment | None:
    """The file, where an agent may have it: any that stands on a ticket, and their own uploads."""
    row = session.get(Attachment, file_id)
    return row if row is not None and (row.message_id is not None or row.uploaded_by == agent) else None


def for_visitor(session: Session, file_id: int, *, uploader: str, ticket_id: int | None) -> Attachment | None:
    """The file, where a visitor may have it: their own uploads, and what was said to them on their ticket."""
    row = session.get(Attachment, file_id)
    if row is None or row.uploaded_by == uploader:
        return row
    if ticket_id is None or row.ticket_id != ticket_id or row.message_id is None:
        return None
    message = session.get(Message, row.message_id)
    return row if message is not None and message.kind in {MessageKind.IN, MessageKind.OUT} else None


def as_frame(row: Attachment) -> dict[str, Any]:
    """The FILE of docs/protocol.md."""
    return {
        "id": row.id,
        "name": row.name,
        "size": row.size,
        "type": row.type,
        "inline": row.inline,
        "width": row.width,
        "height": row.height,
    }


def unused(session: Session, hashes: Collection[str]) -> set[str]:
    """Which of these contents no file and no mail stands for any more."""
    used: set[str] = set(session.exec(select(Attachment.sha256).where(col(Attachment.sha256).in_(hashes))))
    used |= raw.used(session, hashes)
    previews = session.exec(select(Attachment.preview_sha256).where(col(Attachment.preview_sha256).in_(hashes)))
    return set(hashes) - used - {str(sha256) for sha256 in previews}


def forget(change: Change, file_id: int) -> bool:
    """Remove an upload whose message never came. False where it came after all."""
    gone = delete(Attachment).where(col(Attachment.id) == file_id, col(Attachment.keep_until) <= change.now)
    return change.claim(gone) == 1


_WAITED_TOO_LONG = Due(select(Attachment.id).where(col(Attachment.keep_until) <= NOW).limit(200))
CHORES = (Chore("uploads whose message never came", _WAITED_TOO_LONG, forget, every=SELDOM),)


def _picture(preview: tuple[Preview, Stored] | None) -> dict[str, Any]:
    if preview is None:
        return {}
    drawn, stored = preview
    return {
        "inline": True,
        "width": drawn.width,
        "height": drawn.height,
        "preview_sha256": stored.sha256,
        "preview_type": drawn.type,
    }
