"""The shop that shows our chat, and the people who come to it."""

from __future__ import annotations

from chat import talk
from chat.site import Site, SiteForm, add_site
from chat.talk import Said
from chat.visitor import Visitor, arrive, hash_of
from tests.cast import UnitChange
from tickets.change import Change
from tickets.ticket import Ticket

SHOP = "https://shop.example.com"


def a_site(change: Change, **said: object) -> Site:
    """A tea shop, in English and Chinese."""
    topics = [{"key": "billing", "name": {"en": "Billing", "zh": "账单"}}]
    form: dict[str, object] = {"key": "tea", "name": "Tea shop", "origins": [SHOP], "topics": topics}
    return add_site(change, SiteForm(**(form | said)))  # type: ignore[arg-type]


def a_visitor(change: Change, token: str = "sams-token", *, site_key: str = "tea", language: str = "en") -> Visitor:
    """Sam's browser, unless the token is somebody else's."""
    return arrive(change, site_key=site_key, token_hash=hash_of(token), language=language)


def says(change: UnitChange, visitor: Visitor, text: str = "Hello?", *, client_id: str = "c-1", **more: object) -> Said:
    """As the socket does it for a session that knows nothing yet."""
    change.by = f"visitor:{visitor.id}"
    return talk.say(change, visitor_id=visitor.id, client_id=client_id, text=text, **more)  # type: ignore[arg-type]


def ticket_of(change: UnitChange, visitor: Visitor) -> Ticket:
    assert visitor.ticket_id is not None
    return change.take(Ticket, visitor.ticket_id)
