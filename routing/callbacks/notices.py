"""What the customer is told by mail: when we ring, that the time is another, and that nobody rings any more."""

from __future__ import annotations

from urllib.parse import urlencode

from routing.callbacks.callback import CANCELLED, EXPIRED, GAVE_UP, Callback, Outcome
from routing.callbacks.events import CallbackClosed, CallbackMoved, CallbackRequested
from tickets.change import Change
from tickets.email.outbox import post_notice
from tickets.events import Event
from tickets.reactions import Reaction
from tickets.status import Status
from tickets.ticket import Ticket

NOTICE = "callback"  # the mail that says when we ring
_ENDINGS = {
    Outcome.WRONG_NUMBER.value: "callback_wrong_number",
    GAVE_UP: "callback_gave_up",
    EXPIRED: "callback_expired",
    CANCELLED: "callback_cancelled",
}


def tell_when(change: Change, event: CallbackRequested) -> None:
    _post(change, event, NOTICE)


def tell_moved(change: Change, event: CallbackMoved) -> None:
    _post(change, event, "callback_moved")


def tell_end(change: Change, event: CallbackClosed) -> None:
    if event.outcome in _ENDINGS:
        _post(change, event, _ENDINGS[event.outcome])


def _post(change: Change, event: Event, notice: str) -> None:
    """To the address that was told, if one was; with the link only where it came with the request. Not for spam."""
    assert event.ticket is not None
    callback, ticket = change.take(Callback, event.ticket), change.take(Ticket, event.ticket)
    if callback.email and ticket.status != Status.SPAM:
        asked = urlencode({"site": callback.site}) if callback.site else ""
        facts = {
            "start": callback.start.isoformat(),
            "end": callback.end.isoformat(),
            "zone": callback.zone or callback.hours(change).zone,
            "link": "" if callback.email_later else callback.path(change.rules.seals) + (f"?{asked}" if asked else ""),
            "again": f"/callback?{asked}" if asked else "/callback",
        }
        post_notice(change, ticket, to=callback.email, notice=notice, facts=facts)


REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (
    (CallbackRequested, tell_when),
    (CallbackMoved, tell_moved),
    (CallbackClosed, tell_end),
)
