"""What was decided for a mail, and why, in words: where it went, who hears it, what checks say of its sender."""

from __future__ import annotations

from tickets.email.auth import METHODS
from tickets.email.mail import Mail
from tickets.email.threading import Because, Private
from widgets.labels import _

BECAUSE: dict[str, str] = {
    Because.REPORT: _("Joined because it reports on a mail of this ticket."),
    Because.ADDRESS: _("Joined because it was sent to this ticket's own address."),
    Because.IN_REPLY_TO: _("Joined because of its In-Reply-To."),
    Because.REFERENCES: _("Joined because of its References."),
    Because.TAG: _("Joined because of the number in its subject."),
    Because.OLD: _("New ticket because the earlier one was settled long ago and had another subject."),
    Because.OUTSIDER: _("New ticket because its sender is not on the one that it names."),
    Because.NEW: _("New ticket because it answers none."),
    Because.UNREAD: _("Stays where it was put when it could not be read."),
}
PRIVATE: dict[str, str] = {
    Private.STRANGER: _("Kept private: its sender is a stranger to this ticket."),
    Private.UNPROVED: _("Kept private: its sender failed a check."),
    Private.COLLEAGUE: _("Kept private: nobody answers customers by mail in our name."),
}
ROBOT = _("Changes nothing: a machine wrote it.")
_VERDICTS = {
    "pass": _("passed"),
    "fail": _("failed"),
    "softfail": _("doubtful"),
    "neutral": _("nothing said"),
    "none": _("none"),
    "policy": _("refused"),
}
_BROKEN = _("could not be checked")


def decisions(mail: Mail) -> list[str]:
    """Sentences to be translated; none for a mail of which nobody wrote it down."""
    why = [BECAUSE[mail.because]] if mail.because in BECAUSE else []
    private = [PRIVATE[mail.private]] if mail.private in PRIVATE else []
    return why + private + ([ROBOT] if mail.robot else [])


def checks(mail: Mail) -> list[tuple[str, str, str]]:
    """Each method that our server speaks of: its name, its own word, and that word to be translated."""
    told = [(method, mail.checks[method]) for method in METHODS if method in mail.checks]
    return [(method.upper(), said, _VERDICTS.get(said, _BROKEN)) for method, said in told]
