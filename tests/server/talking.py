"""Sam talks to a desk without a socket between them: as fast as the desk can listen."""

from __future__ import annotations

from chat import talk
from chat.visitor import Visitor
from tests.chat.shop import a_site, a_visitor
from tickets.change import Change
from tickets.desk import Desk


def arrives(change: Change) -> Visitor:
    """Sam opens the page of the shop, which is new as well."""
    a_site(change)
    return a_visitor(change)


async def said(desk: Desk, first: talk.Said, client_id: str, text: str) -> talk.Said:
    """As the socket does it on a chat that is going on; `first` is what was answered to the first message."""
    return await desk.change(
        talk.say,
        by=f"customer:{first.customer_id}",
        about=first.ticket_id,
        visitor_id=0,
        ticket_id=first.ticket_id,
        client_id=client_id,
        text=text,
    )
