"""A customer who asks to be rung, with a browser that runs no scripts, and what the desk keeps of it."""

from __future__ import annotations

import itertools
import re
from html import unescape
from typing import Any

from sqlmodel import Session, select

from routing.callbacks.callback import Callback
from tests.server.doorstep import Doorstep
from tickets.email.outgoing import Outgoing
from tickets.message import Message
from tickets.ticket import Ticket

URL = "https://desk.example"
NUMBER = "030 1234567"
_numbers = itertools.count(1000)


class Customer:
    """A browser without scripts."""

    def __init__(self, house: Doorstep, path: str = "/callback?site=shop") -> None:
        self.house = house
        self.path = path
        self.page = house.open(path)

    @property
    def text(self) -> str:
        return unescape(re.sub(r"<[^>]+>", " ", self.page.text))

    @property
    def key(self) -> str:
        found = re.search(r'name="key" value="([^"]+)"', self.page.text)
        assert found is not None
        return found[1]

    @property
    def windows(self) -> list[str]:
        return re.findall(r'name="window" value="([^"]+)"', self.page.text)

    def chosen(self, name: str = "window") -> list[str]:
        return re.findall(rf'name="{name}" value="([^"]+)" checked', self.page.text)

    def send(self, **fields: str) -> Any:
        """Send the form that is on the page, as it stands there but for these."""
        data = {"key": self.key, "phone": NUMBER, "window": "soon", **fields}
        self.page = self.house.client.post(self.path, data=data, headers=self.house.manners)
        return self.page

    def follow(self) -> None:
        assert 303 == self.page.status_code
        self.path = self.page.headers["location"]
        self.page = self.house.open(self.path)


def another() -> str:
    """A number that nobody has used yet."""
    return f"030 123{next(_numbers)}"


def asked(house: Doorstep, **fields: str) -> tuple[Customer, Callback]:
    """Somebody has asked, and looks at their own page."""
    customer = Customer(house)
    customer.send(**{"phone": another(), **fields})
    customer.follow()
    return customer, house.look(newest)


def newest(session: Session) -> Callback:
    return session.exec(select(Callback).order_by(Callback.ticket_id.desc())).first()  # type: ignore[attr-defined, return-value]


def count(session: Session) -> int:
    return len(session.exec(select(Callback)).all())


def ticket_of(session: Session, id: int) -> Ticket:
    return session.get_one(Ticket, id)


def messages(session: Session, id: int) -> list[str]:
    return [one.text for one in session.exec(select(Message).where(Message.ticket_id == id))]


def notices(session: Session, id: int) -> list[Outgoing]:
    return list(session.exec(select(Outgoing).where(Outgoing.ticket_id == id)))
