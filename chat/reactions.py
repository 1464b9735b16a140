"""What a chat, and what is asked after one, does when something happened."""

from chat import unread
from chat.surveys import asking
from tickets.events import Event
from tickets.reactions import Reaction

REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (*unread.REACTIONS, *asking.REACTIONS)
