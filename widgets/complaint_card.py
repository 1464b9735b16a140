"""What is particular about a complaint, beside its conversation: what it is about, what is wanted, how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from tickets.complaints.categories import ComplaintCategory
from tickets.complaints.complaint import Complaint, number_of
from tickets.complaints.handling import amount
from tickets.status import Channel
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.labels import OUTCOMES


@dataclass(frozen=True)
class ComplaintCard:
    complaint: Complaint
    category: ComplaintCategory | None  # None where nobody knows its key any more
    ticket: Ticket

    def html(self, language: str) -> str:
        about = self.category.name(language) if self.category else self.complaint.category
        return render(
            "console/_complaint.html",
            language,
            complaint=self.complaint,
            number=number_of(self.ticket),
            about=about,
            outcomes=OUTCOMES,
            redress=amount(self.complaint),
        )


def complaint_card(session: Session, ticket: Ticket) -> ComplaintCard | None:
    """None for a ticket that is no complaint."""
    complaint = session.get(Complaint, ticket.id) if ticket.channel == Channel.COMPLAINT else None
    if complaint is None:
        return None
    return ComplaintCard(complaint, session.get(ComplaintCategory, complaint.category), ticket)
