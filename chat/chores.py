"""What time does to a chat: who has gone counts as gone, nobody waits after a while, and answers go on by mail."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from sqlmodel import Session, col, select

from chat import act, unread, visitor
from chat.visitor import Visitor
from tickets.chores import Chore

MOST = 200  # at one look


def _away(session: Session, now: datetime) -> Sequence[int]:
    return session.exec(select(Visitor.id).where(col(Visitor.away_due) <= now).limit(MOST)).all()


def _abandoned(session: Session, now: datetime) -> Sequence[int]:
    return session.exec(select(Visitor.id).where(col(Visitor.abandon_due) <= now).limit(MOST)).all()


CHORES = (
    Chore("visitors who left", _away, unread.left, grace=attrgetter("visitor_grace_seconds")),
    Chore("chats that were abandoned", _abandoned, visitor.abandoned, grace=attrgetter("visitor_grace_seconds")),
    act.FORGET_OLD,
    *unread.CHORES,
)
