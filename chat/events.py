"""What happens in a chat besides what is said."""

from datetime import datetime

from tickets.events import EVERYONE, STAFF, Event


class VisitorCame(Event, frozen=True):
    """The visitor of a live chat can be reached again."""

    audience = STAFF


class VisitorLeft(Event, frozen=True):
    """The visitor of a live chat could not be reached for the whole grace."""

    audience = STAFF


class ChatEnded(Event, frozen=True):
    """The visitor pressed "end". What they write next begins a new ticket."""

    audience = EVERYONE
    by: str = "customer"


class ChatRated(Event, frozen=True):
    """They said how it was, or said it anew."""

    audience = EVERYONE
    score: int
    comment: str = ""  # its beginning, on one line
    way: str = ""  # letter: they were asked by mail


class SiteChanged(Event, frozen=True):
    audience = STAFF
    site: int


class SurveyTermsChanged(Event, frozen=True):
    """An admin decided anew whose customers are asked how it was, and when."""

    audience = STAFF


class AnswersDue(Event, frozen=True):
    """What a visitor who left has not read goes to them by mail at `due`; None: nothing waits for that any more."""

    audience = STAFF
    due: datetime | None = None
