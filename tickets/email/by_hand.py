"""What an agent does with a ticket's mail from the console: who gets a copy of the answers."""

from __future__ import annotations

from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.errors import Conflict


def add_copy(change: Change, ticket_id: int, address: str) -> None:
    _told(change, ticket_id).add_copy(change, address)


def remove_copy(change: Change, ticket_id: int, address: str) -> None:
    _told(change, ticket_id).remove_copy(change, address)


def _told(change: Change, ticket_id: int) -> Correspondence:
    told = change.find(Correspondence, ticket_id)
    if told is None:
        raise Conflict("This ticket is not answered by email.")
    return told
