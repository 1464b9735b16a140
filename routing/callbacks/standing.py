"""How a request for a call stands: what its customer's page and the agent's card show of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, select

from routing.calendars import zone_named
from routing.callbacks import numbers
from routing.callbacks.asking import Offered, offered_in
from routing.callbacks.callback import CANCELLED, EXPIRED, GAVE_UP, LINK, Callback, Outcome, State
from routing.callbacks.notices import NOTICE
from routing.callbacks.slots import Window
from tickets.email.outgoing import Outgoing
from tickets.errors import NotFound
from tickets.seals import Seals
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Standing:
    """One request with its ticket. `zone` is the clock that its times are told by."""

    callback: Callback
    ticket: Ticket
    offered: Offered
    now: datetime
    mailed: bool = False  # a mail with the link is on its way, or was

    @property
    def number(self) -> str:
        return numbers.shown(self.callback.phone)

    @property
    def zone(self) -> str:
        return self.callback.zone or self.offered.zone

    @property
    def late(self) -> bool:
        """Its window is over and nobody has rung."""
        return self.callback.open and self.callback.dialled_at is None and self.callback.end <= self.now

    @property
    def says(self) -> str:
        """In one word: scheduled, queued, held (an agent has it), retry_wait, late; or how it ended."""
        if not self.callback.open:
            return self.callback.outcome
        if self.callback.state == State.QUEUED and self.ticket.agent_id is not None:
            return "held"
        return "late" if self.late else self.callback.state


def stage(callback: Callback, ticket: Ticket, *, ringing: bool = False) -> str:
    """The state of semantics.md part 4. `ringing`: it is offered to an agent.

    requested and the outcomes of a try are moments, not states: the log has them.
    """
    if callback.open:
        if callback.dialling_at is not None:
            return "dialling"
        return "offered" if ringing and callback.state == State.QUEUED else callback.state
    if callback.outcome == Outcome.REACHED and not ticket.done and ticket.agent_id is not None:
        return "connected" if ticket.to_call else "wrapping"
    finals = {
        Outcome.REACHED.value: "done",
        Outcome.WRONG_NUMBER.value: "message_sent",
        GAVE_UP: EXPIRED,
        EXPIRED: EXPIRED,
        CANCELLED: CANCELLED,
    }
    return finals[callback.outcome]


def standing(session: Session, ticket_id: int, now: datetime) -> Standing:
    """Raises NotFound."""
    callback, ticket = session.get(Callback, ticket_id), session.get(Ticket, ticket_id)
    if callback is None or ticket is None:
        raise NotFound("There is nothing at this address.")
    told = session.exec(select(Outgoing.id).where(Outgoing.ticket_id == ticket_id, Outgoing.notice == NOTICE)).first()
    offer = offered_in(session, callback.queue_id, now, besides=ticket_id)
    return Standing(callback, ticket, offer, now, mailed=told is not None)


def open_request(session: Session, ticket_id: int) -> Callback | None:
    """The request of this ticket, while it is open."""
    found = session.get(Callback, ticket_id)
    return found if found is not None and found.open else None


def asked_with(session: Session, form_key: str) -> Callback | None:
    """The request that this form was sent for before."""
    return session.exec(select(Callback).where(Callback.form_key == form_key)).first()


def ticket_of_link(seals: Seals, token: str, now: datetime) -> int | None:
    """The ticket that this link was made for, if this desk made it and it is still good."""
    return seals.opened(LINK, token, now)


def by_day(days: Sequence[Sequence[Window]], zone: str) -> list[list[Window]]:
    """The same windows, day by day of another clock."""
    flat = [window for day in days for window in day]
    clock = zone_named(zone)
    return [list(day) for _, day in groupby(flat, lambda one: one.start.astimezone(clock).date())]
