"""What time does to a chat: who has gone counts as gone, nobody waits after a while, and answers go on by mail."""

from operator import attrgetter

from sqlmodel import col, select

from chat import act, unread, visitor
from chat.surveys import asking
from chat.visitor import Visitor
from tickets.chores import NOW, Chore, Due

MOST = 200  # at one look


_AWAY = Due(select(Visitor.id).where(col(Visitor.away_due) <= NOW).limit(MOST))
_ABANDONED = Due(select(Visitor.id).where(col(Visitor.abandon_due) <= NOW).limit(MOST))

CHORES = (
    Chore("visitors who left", _AWAY, unread.left, grace=attrgetter("visitor_grace_seconds")),
    Chore("chats that were abandoned", _ABANDONED, visitor.abandoned, grace=attrgetter("visitor_grace_seconds")),
    act.FORGET_OLD,
    *unread.CHORES,
    *asking.CHORES,
)
