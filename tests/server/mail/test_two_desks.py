"""F19, I9: two desks that both confirm what comes stop after two mails, and a vacation responder gets no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, col, select

from server.config.mail_settings import Mail
from server.database import Database
from server.mail.letters import Letterhead
from server.mail.postman import Postman
from server.mail.relay import Patience, Relay
from tests.cast import MovedClock, a_database, an_agent
from tests.server.mail.fake_relay import FakeRelay
from tests.tickets.email.mailroom import TERMS, written
from tickets import by_hand
from tickets.change import Change
from tickets.desk import Desk
from tickets.email import raw
from tickets.email.correspondence import correspond
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.outbox import REACTIONS
from tickets.email.outgoing import Outgoing
from tickets.email.raw import Envelope, fingerprint
from tickets.email.reader import Reader
from tickets.email.smtp import listening
from tickets.files.store import Store
from tickets.message import Message, MessageKind
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.seals import Seals
from tickets.status import Channel
from tickets.ticket import Ticket

NORTH, SOUTH = "support@north.example", "support@south.example"
ROUNDS = 6  # of looks at both desks; nothing may be left to do after a few of them


@dataclass
class House:
    """A desk that takes mail and confirms it at once, with its reader; where its own mail goes is said later."""

    desk: Desk
    store: Store
    reader: Reader
    port: int

    async def posts(self, port: int) -> None:
        """Everything that waits in the outbox."""
        settings = Mail(relay_host="127.0.0.1", relay_port=port, relay_security="none")
        relay = Relay(settings, name="desk.example", patience=Patience())
        house = Letterhead("https://desk.example", self.desk.rules.seals, self.store, 1_000_000)
        await Postman(self.desk, relay, house).work_off()

    async def outbox(self) -> list[str]:
        return await self.desk.read(_states)


def _states(session: Session) -> list[str]:
    return [*session.exec(select(Outgoing.state).order_by(col(Outgoing.id)))]


def _rooms(folder: Path) -> tuple[Database, Store]:
    (folder / "files").mkdir(parents=True)
    return a_database(folder), Store(folder / "files")


def _boxes(session: Session) -> list[int]:
    return [*session.exec(select(Mailbox.id))]


def _kinds(session: Session) -> list[str]:
    return [*session.exec(select(Message.kind).order_by(col(Message.seq)))]


@asynccontextmanager
async def a_house(folder: Path, address: str) -> AsyncIterator[House]:
    database, store = _rooms(folder)
    rules = Rules(seals=Seals(address.encode()), mail_host=address.rpartition("@")[2], acknowledge_mail=True)
    desk = Desk(database.writes, database.reads, clock=MovedClock(), rules=rules, reactions=Reactions(REACTIONS))
    async with desk, listening(desk, store, replace(TERMS, name=rules.mail_host), host="127.0.0.1", port=0) as port:
        await desk.change(add_mailbox, address, by="system")
        reader = Reader(desk, store, children=1)
        yield House(desk, store, reader, port)
        await reader.close()
    database.close()


async def exchanged(north: House, south: House) -> int:
    """How many mails both have sent, once each has posted and read again and again."""
    for _ in range(ROUNDS):
        await north.posts(south.port)
        await south.reader.read_all()
        await south.posts(north.port)
        await north.reader.read_all()
    sent = [*await north.outbox(), *await south.outbox()]
    assert {"sent"} == {*sent}
    return len(sent)


async def arrives(house: House, mail: bytes, *, sender: str) -> None:
    (box,) = await house.desk.read(_boxes)
    envelope = Envelope(sender, {box: [NORTH]})
    await house.desk.change(raw.accept, envelope, house.store.keep(mail), fingerprint(mail), by="system")
    await house.reader.read_all()


def _writes_to_the_other(change: Change) -> None:
    """Ada of one house asks the other one, whose address she knows as a customer's."""
    ada = an_agent(change)
    ticket: Ticket = open_ticket(change, new_customer(change, "South"), channel=Channel.EMAIL, subject="A question")
    correspond(change, ticket, address=SOUTH, subject="A question")
    with change.acting_as(ada.actor):
        by_hand.reply(change, ticket.id, text="When do you open?", client_id="1")


async def test_an_agent_of_one_writes_to_the_other_and_two_mails_are_exchanged(tmp_path: Path) -> None:
    """Hers, and the confirmation of the other house; it is shown on her ticket as a machine's, and not confirmed."""
    async with a_house(tmp_path / "north", NORTH) as north, a_house(tmp_path / "south", SOUTH) as south:
        await north.desk.change(_writes_to_the_other, by="system")
        assert 2 == await exchanged(north, south)
        kinds = await north.desk.read(_kinds)
        assert [MessageKind.OUT, MessageKind.AUTO] == kinds


async def test_a_mail_in_the_name_of_the_other_is_confirmed_once(tmp_path: Path) -> None:
    async with a_house(tmp_path / "north", NORTH) as north, a_house(tmp_path / "south", SOUTH) as south:
        await arrives(north, written(sender=SOUTH, to=NORTH), sender=SOUTH)
        assert 1 == await exchanged(north, south)


async def test_whoever_is_away_and_says_so_to_everything_is_told_once(tmp_path: Path) -> None:
    """A responder that follows no rule and marks nothing: an address is told once an hour, whatever it says."""
    async with a_house(tmp_path / "north", NORTH) as north, FakeRelay().listening() as theirs:
        for n in range(ROUNDS):
            away = written("I am on holiday.", subject=f"Holiday {n}", id=f"<{n}@away.example>", to=NORTH)
            await arrives(north, away, sender="sam@customer.example")
            await north.posts(theirs.port)
        assert 1 == len(theirs.taken)
