"""A sender who opens ticket after ticket is a machine that went mad, or somebody who wants to bury the desk."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlmodel import col, select

from tickets.change import Change
from tickets.email import robots
from tickets.email.raw import RawMail


def is_flood(change: Change, who: str) -> bool:
    """Whether they have opened ten tickets within ten minutes."""
    since = change.now - robots.FLOOD
    return bool(who) and len(change.peek(RawMail, _OPENED, who=who, since=since)) >= robots.MOST_TICKETS


_OPENED = (
    select(RawMail.id)
    .where(col(RawMail.author) == bindparam("who"), RawMail.opened, col(RawMail.received_at) > bindparam("since"))
    .limit(robots.MOST_TICKETS)
)
