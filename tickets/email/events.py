"""What becomes of a mail that we sent, and of the addresses that we send from."""

from datetime import datetime

from tickets.events import STAFF, Event


class MailboxChanged(Event, frozen=True):
    """A mailbox was added or is another."""

    audience = STAFF
    mailbox: int


class CorrespondenceChanged(Event, frozen=True):
    """Whom the answers to this ticket go to is another: the address, or who gets a copy."""

    audience = STAFF


class MailQueued(Event, frozen=True):
    """A mail waits to be sent: a notice of ours, or one that an agent sends again."""

    audience = STAFF
    outgoing: int
    message: int | None = None  # the message that it carries; None for a notice


class MailSent(Event, frozen=True):
    """The relay has taken it for everybody it was for."""

    audience = STAFF
    outgoing: int
    message: int | None = None
    answers: int = 0  # of a chat, that it brings after somebody who left
    notice: str = ""  # which of the mails that the desk writes by itself


class MailDelayed(Event, frozen=True):
    """It could not be sent for now; it is tried again by itself."""

    audience = STAFF
    outgoing: int
    message: int | None = None
    answers: int = 0  # of a chat, that it brings after somebody who left
    notice: str = ""  # which of the mails that the desk writes by itself


class MailFailed(Event, frozen=True):
    """Somebody it was for did not get it, and it is not tried again by itself."""

    audience = STAFF
    outgoing: int
    message: int | None = None
    answers: int = 0  # of a chat, that it brings after somebody who left
    notice: str = ""  # which of the mails that the desk writes by itself


class MailUncertain(Event, frozen=True):
    """The line broke when everything had been said but the answer: it may have arrived, or not."""

    audience = STAFF
    outgoing: int
    message: int | None = None
    answers: int = 0  # of a chat, that it brings after somebody who left
    notice: str = ""  # which of the mails that the desk writes by itself


class AddressSuppressed(Event, frozen=True):
    """A mail came back for good: nothing more is sent to one of those it was for."""

    audience = STAFF
    suppressed: int


class SuppressionLifted(Event, frozen=True):
    """Somebody let mail go there again."""

    audience = STAFF
    suppressed: int


class AnswerPlanned(Event, frozen=True):
    """An agent's answer waits: for a moment in which it can be taken back, or for a time of its own."""

    audience = STAFF
    planned: int
    held: bool
    at: datetime


class PlanEnded(Event, frozen=True):
    """It waits no more: it was sent, or taken back, or kept back because its ticket is spam by now."""

    audience = STAFF
    planned: int
    held: bool
    sent: bool
    spam: bool = False


class PlanOvertaken(Event, frozen=True):
    """The customer wrote while an answer to them waits."""

    audience = STAFF
