"""Why a ticket is waiting, beside its conversation: who was looked at, what stood in the way, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlmodel import Session

from routing import explained, line
from routing.explained import Told, Why
from routing.queues import Delivery
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.labels import PASSED_OVER
from widgets.names import Names


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


PULL = "pull"  # its queue hands out nothing by itself
WHY: Mapping[str, str] = {
    Why.BUSY: _("Everyone who could take it is at capacity."),
    Why.EARLY: _("It is not old enough yet for those who are there."),
    Why.REFUSED: _("Everyone who could take it has declined it or let it ring."),
    Why.SKILL: _("Nobody who is there can do all that it asks for."),
    Why.AWAY: _("Nobody who answers {queue} is available."),
    PULL: _("{queue} hands out nothing by itself."),
}
FREES: Mapping[str, str] = {
    Why.BUSY: _("It goes out as soon as one of them has room."),
    Why.EARLY: _("It goes out once it is old enough, or when somebody without a delay has room."),
    Why.REFUSED: _("It goes out when somebody else is available, or is back after missing it."),
    Why.SKILL: _("It goes out when somebody who can is available."),
    Why.AWAY: _("It goes out as soon as one of them is."),
    PULL: _("It waits until somebody takes it."),
}
OTHERS: Mapping[str, str] = {
    "full": _("{n} others were at capacity."),
    "skill": _("{n} others lack a skill that it asks for."),
    "early": _("It was not old enough yet for {n} others."),
    "refused": _("{n} others had declined."),
}


class WaitingCard(NamedTuple):
    """Hidden where the ticket does not wait, or nothing stands in its way."""

    ticket: Ticket
    told: Told | None

    def html(self, language: str, names: Names) -> str:
        why, told = self._why(names), self.told
        found: Mapping[str, Any] = told.found if told is not None and why != PULL else {}
        return render(
            "console/_waiting.html",
            language,
            id=self.ticket.id,
            why=WHY.get(why, ""),
            frees=FREES.get(why, ""),
            queue=names.queue(self.ticket.queue_id),
            named=[(PASSED_OVER[one["why"]], names.agent(one["agent"])) for one in found.get("named", ())],
            others=[(OTHERS[reason], n) for reason, n in found.get("others", {}).items()],
            needs=found.get("needs", ()),
            looked_for=bool(found),
            next_at=told.next_at if told is not None else None,
            since=told.since if told is not None else None,
        )

    def _why(self, names: Names) -> str:
        """A key of WHY; empty where there is nothing to say."""
        queue = names.queues.get(self.ticket.queue_id or 0)
        if queue is None or not line.waits(self.ticket):
            return ""
        if not self.ticket.live and queue.delivery == Delivery.PULL:
            return PULL
        return self.told.why if self.told is not None else ""


def waiting_card(session: Session, ticket: Ticket) -> WaitingCard:
    return WaitingCard(ticket, explained.told(session, [ticket.id]).get(ticket.id) if line.waits(ticket) else None)
