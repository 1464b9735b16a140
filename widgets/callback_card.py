"""A request for a call beside its conversation: the number to ring, when, what was tried, and the ways it can end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from routing.callbacks.asking import offered_by
from routing.callbacks.callback import Callback
from routing.callbacks.fields import SOON, value_of
from routing.callbacks.places import Places, places_in
from routing.callbacks.standing import Standing, by_day
from tickets.status import Channel
from tickets.ticket import Ticket
from widgets import moments
from widgets.drawing import render


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


STANDS = {
    "scheduled": _("Later"),
    "queued": _("Call now"),
    "held": _("Call now"),
    "late": _("Call now"),
    "retry_wait": _("Try again later"),
    "reached": _("Reached"),
    "gave_up": _("Not reached"),
    "wrong_number": _("Wrong number"),
    "expired": _("Nobody could call"),
    "cancelled": _("Cancelled"),
}
OUTCOMES = {
    "reached": _("Reached"),
    "no_answer": _("No answer"),
    "busy": _("Line busy"),
    "failed": _("Call failed"),
    "wrong_number": _("Wrong number"),
}


@dataclass(frozen=True)
class CallbackCard:
    callback: Callback
    ticket: Ticket
    places: Places

    def html(self, language: str, now: datetime) -> str:
        offered = offered_by(self.places.hours, now, self.places.full(now))
        found = Standing(self.callback, self.ticket, offered, now)
        return render(
            "console/_callback.html",
            language,
            found=found,
            call=self.callback,
            ticket=self.ticket,
            days=by_day(found.offered.days, found.offered.zone),
            stands=STANDS,
            outcomes=OUTCOMES,
            value_of=value_of,
            soon=SOON,
            now=now,
            waited=partial(moments.length, language, days=False),
        )


def callback_card(session: Session, ticket: Ticket) -> CallbackCard | None:
    """None for a ticket whose customer asked for no call."""
    callback = session.get(Callback, ticket.id) if ticket.channel == Channel.CALLBACK else None
    if callback is None:
        return None
    return CallbackCard(callback, ticket, places_in(session, callback.queue_id, besides=ticket.id))
