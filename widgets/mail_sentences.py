"""What a timeline says of mail: what the desk wrote by itself, answers that wait, addresses that get nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chat.surveys.asking import NOTICE as SURVEY
from tickets.email.events import (
    AddressSuppressed,
    AnswerPlanned,
    MailFailed,
    MailSent,
    MailUncertain,
    PlanEnded,
    SuppressionLifted,
)
from tickets.email.outgoing import TO_STAFF
from tickets.events import Event
from widgets import marks
from widgets.call_sentences import Said

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


def _mailed(_told: Told, event: MailSent) -> Said | None:
    """A notice of the desk's own; what became of an answer stands under the answer."""
    if event.answers:
        return _("What they had not read was sent by email"), "mail", {}
    if event.notice == SURVEY:
        return _("They were asked by email how it was"), "star", {}
    return None if event.message or event.notice in TO_STAFF else (_("A confirmation was sent by email"), "mail", {})


def _not_mailed(_told: Told, event: MailFailed) -> Said | None:
    if event.answers:
        return _("What they had not read could not be delivered by email"), "warn", {}
    if event.notice == SURVEY:
        return _("The mail that asks how it was could not be delivered"), "warn", {}
    return (
        None
        if event.message or event.notice in TO_STAFF
        else (_("A confirmation could not be delivered by email"), "warn", {})
    )


def _maybe_mailed(_told: Told, event: MailUncertain) -> Said | None:
    if event.answers:
        return _("What they had not read may have arrived by email or not"), "warn", {}
    if event.notice == SURVEY:
        return _("The mail that asks how it was may have arrived or not"), "warn", {}
    return (
        None
        if event.message or event.notice in TO_STAFF
        else (_("A confirmation may have arrived by email or not"), "warn", {})
    )


def _planned(told: Told, event: AnswerPlanned) -> Said | None:
    """Of what only waits a moment nothing is told."""
    at = marks.time(event.at, "when", event.at.strftime("%Y-%m-%d %H:%M"))
    says = _("{by} wrote an answer that goes out at {time}")
    return None if event.held else (says, "clock", {"by": told.by, "time": at})


def _plan_ended(told: Told, event: PlanEnded) -> Said | None:
    if event.spam:
        return _("An answer did not go out, for this is spam. Its words were kept as a note"), "warn", {}
    return None if event.held or event.sent else (_("{by} took the answer back"), "clock", {"by": told.by})


def _suppressed(_told: Told, _event: AddressSuppressed) -> Said:
    return _("A mail came back: nothing more is sent to that address"), "warn", {}


def _lifted(told: Told, _event: SuppressionLifted) -> Said:
    if told.by:
        return _("{by} had mail sent again to where one came back from"), "mail", {"by": told.by}
    return _("Mail is sent there again"), "mail", {}


MAIL: dict[type[Event], Callable[[Told, Any], Said | None]] = {
    MailSent: _mailed,
    MailFailed: _not_mailed,
    MailUncertain: _maybe_mailed,
    AnswerPlanned: _planned,
    PlanEnded: _plan_ended,
    AddressSuppressed: _suppressed,
    SuppressionLifted: _lifted,
}
