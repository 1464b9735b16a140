"""How something is put down on a ticket's timeline: its place there, its words made fit to keep, its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tickets.change import Change
from tickets.errors import Refused
from tickets.message import Message, MessageKind
from tickets.text import clean_text, is_blank

if TYPE_CHECKING:
    from tickets.ticket import Ticket

PREVIEW = 120


@dataclass(frozen=True)
class Post:
    """What came on another way than the ticket's own: when it was accepted, and that it may be without a word.

    Whoever takes it in sees to it that it comes once.
    """

    channel: str
    at: datetime


def say(
    change: Change,
    ticket: Ticket,
    kind: MessageKind,
    text: str,
    *,
    client_id: str,
    name: str,
    files: int,
    post: Post | None = None,
    channel: str = "",
) -> Message:
    """The next message of the ticket. Refuses one in which there is nothing to see, unless it came by post.

    `channel` is another way than the ticket's own by which it goes.
    """
    text = clean_text(text)
    if is_blank(text) and not files and post is None:
        raise Refused("The message is empty.", field="text")
    ticket.last_seq += 1
    ticket.updated_at = change.now
    return change.say(
        Message(
            id=change.new_id(),
            ticket_id=ticket.id,
            seq=ticket.last_seq,
            kind=kind.value,
            channel=post.channel if post else channel or ticket.channel,
            by=change.by,
            name=name,
            text=text,
            client_id=client_id,
            at=post.at if post else change.now,
            files=files,
        )
    )


def show(ticket: Ticket, message: Message) -> None:
    """Lists show how the newest message begins."""
    ticket.last_kind = message.kind
    ticket.preview = " ".join(message.text.split())[:PREVIEW]
