"""In which ways work comes to an agent: somebody waits live, wants to be rung, wrote a mail, or brought a ticket."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from tickets.status import Channel
from tickets.ticket import Ticket


class Medium(StrEnum):
    """What a ticket is to its agent right now: a chat that nobody waits in any more is a ticket like others."""

    CHAT = "chat"
    CALLBACK = "callback"
    EMAIL = "email"
    TICKET = "ticket"


TALKS = frozenset({Medium.CHAT, Medium.CALLBACK})
"""Somebody is at the other end."""


def medium_of(ticket: Ticket) -> Medium:
    if ticket.live:
        return Medium.CHAT
    if ticket.to_call:
        return Medium.CALLBACK
    return Medium.EMAIL if ticket.channel == Channel.EMAIL else Medium.TICKET


def is_one_of(media: Collection[Medium]) -> ColumnElement[bool]:
    """The same, asked of the database."""
    return or_(*(_IS[medium] for medium in media)) if media else ~or_(*_IS.values())


_LIVE, _TO_CALL = col(Ticket.live).is_(True), col(Ticket.to_call).is_(True)
_MAIL: ColumnElement[bool] = col(Ticket.channel) == Channel.EMAIL.value
_IS: dict[Medium, ColumnElement[bool]] = {
    Medium.CHAT: _LIVE,
    Medium.CALLBACK: and_(~_LIVE, _TO_CALL),
    Medium.EMAIL: and_(~_LIVE, ~_TO_CALL, _MAIL),
    Medium.TICKET: and_(~_LIVE, ~_TO_CALL, ~_MAIL),
}
