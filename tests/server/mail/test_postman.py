"""From an agent's answer to the relay and back: each mail once, whatever breaks, and what became of it on the row."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from server.config.mail_settings import Mail
from server.mail import postman
from server.mail.letters import NO_FILE, TOO_LARGE, UNKNOWN_WAY, Letterhead
from server.mail.postman import AT_ONCE, Postman
from server.mail.relay import Patience, Relay
from tests.cast import MovedClock, a_database, a_ticket, an_agent
from tests.server.mail.fake_relay import DROP, HOLD, FakeRelay, Taken
from tests.tickets.email.letters import RULES, SAM, THEIRS, a_letter
from tickets.by_hand import reply
from tickets.change import Change
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox
from tickets.email.names import return_address
from tickets.email.outbox import REACTIONS, post_notice
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import DOT_LEASE, LEASE, claim, hand_over
from tickets.email.servers import UNREACHABLE
from tickets.files.attachment import keep
from tickets.files.kinds import Kind
from tickets.files.store import Store
from tickets.people import Agent
from tickets.reactions import Reactions

PDF = "application/pdf"


@dataclass
class Office:
    """A desk with an outbox, a relay, and postmen who are stepped by hand."""

    desk: Desk
    clock: MovedClock
    relay: FakeRelay
    store: Store

    def __post_init__(self) -> None:
        self.postman = self.a_postman()

    def a_postman(
        self,
        *,
        port: int | None = None,
        largest: int = 100_000,
        closing: Closing | None = None,
        own_returns: bool = True,
    ) -> Postman:
        settings = Mail(relay_host="127.0.0.1", relay_port=port or self.relay.port, relay_security="none")
        relay = Relay(settings, name="desk.example", patience=Patience(idle=99))
        house = Letterhead("https://desk.example", RULES.seals, self.store, largest, own_returns=own_returns)
        return Postman(self.desk, relay, house, closing)

    async def answers(self, text: str = "It comes today.", *, to: str = SAM, file: bytes = b"") -> int:
        """Ada answers a mail; the id of the answer on its way."""
        stored = self.store.keep(file) if file else None

        def verb(change: Change) -> None:
            ticket, told = a_letter(change, None)
            told.address = to
            ada = change.one(select(Agent)) or an_agent(change)
            with change.acting_as(ada.actor):
                name = f"{change.new_id()}"
                sent = stored and keep(
                    change, client_id=name, name="發票.pdf", claimed="", stored=stored, kind=Kind(PDF, doubtful=False)
                )
                reply(change, ticket.id, text=text, client_id=name, files=[sent.id] if sent else [])

        await self.desk.change(verb, by="system")
        return (await self.mails())[-1].id

    async def mails(self) -> list[Outgoing]:
        return await self.desk.read(_all)

    async def states(self) -> list[str]:
        return [mail.state for mail in await self.mails()]


def _all(session: Session) -> list[Outgoing]:
    return [*session.exec(select(Outgoing).order_by(col(Outgoing.id)))]


def read(taken: Taken) -> EmailMessage:
    found = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(taken: Taken) -> str:
    part = read(taken).get_body(("plain",))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database, clock = a_database(tmp_path), MovedClock()
    desk = Desk(database.writes, database.reads, clock=clock, rules=RULES, reactions=Reactions(REACTIONS))
    async with FakeRelay().listening() as server, desk:
        await desk.change(add_mailbox, "support@shop.example", name="Shop Support", by="system")
        yield Office(desk, clock, server, Store(tmp_path / "files"))
    database.close()


async def test_an_answer_arrives_once(office: Office) -> None:
    await office.answers("你好 Sam,\nit comes today.")
    await office.postman.work_off()
    await office.postman.work_off()

    (taken,) = office.relay.taken
    mail = read(taken)
    (kept,) = await office.mails()
    assert (return_address(RULES.seals, "support@shop.example", kept.id), [SAM]) == (taken.sender, taken.recipients)
    assert "Ada (Shop Support) <support@shop.example>" == mail["From"].replace('"', "")
    assert ("Re: Where is my parcel?", THEIRS) == (mail["Subject"], mail["In-Reply-To"])
    assert kept.mail_id == mail["Message-ID"]
    assert f"support+t{kept.ticket_id}." in mail["Reply-To"]
    assert "你好 Sam,\nit comes today.\n" == text_of(taken)
    assert (MailState.SENT, office.clock.now()) == (kept.state, kept.sent_at)


async def test_a_file_goes_along(office: Office) -> None:
    await office.answers(file=b"%PDF-1.7 the invoice")
    await office.postman.work_off()

    (file,) = read(office.relay.taken[0]).iter_attachments()
    assert ("發票.pdf", PDF) == (file.get_filename(), file.get_content_type())
    assert b"%PDF-1.7 the invoice" == file.get_payload(decode=True)


async def test_what_is_put_off_is_tried_again_when_its_time_has_come(office: Office) -> None:
    """Greylisting: no at first, yes a minute later, and one mail in all."""
    office.relay.says("RCPT", "451 4.7.1 Greylisted")
    await office.answers()
    await office.postman.work_off()
    assert (["retry"], []) == (await office.states(), office.relay.taken)
    await office.postman.work_off()
    office.clock.moves(minutes=1)
    await office.postman.work_off()

    assert (["sent"], 1) == (await office.states(), len(office.relay.taken))


async def test_a_refusal_is_kept_with_the_servers_words(office: Office) -> None:
    office.relay.says("RCPT", "550 5.1.1 Mailbox unavailable")
    await office.answers()
    await office.postman.work_off()

    (mail,) = await office.mails()
    assert ("failed", "Mailbox unavailable") == (mail.state, mail.said)


@pytest.mark.parametrize("taken", [True, False])
async def test_what_broke_after_the_dot_is_never_sent_again_by_itself(office: Office, taken: bool) -> None:
    office.relay.takes_before_dropping = taken
    office.relay.says("DOT", DROP)
    await office.answers()
    await office.postman.work_off()
    office.clock.moves(days=30)
    await office.postman.work_off()

    assert ["indeterminate"] == await office.states()
    assert (1 if taken else 0) == len(office.relay.taken)


async def test_a_relay_that_is_gone_loses_nothing(office: Office) -> None:
    for _ in range(AT_ONCE + 2):
        await office.answers()
    await office.a_postman(port=1).work_off()
    assert {"retry"} == set(await office.states())
    assert {UNREACHABLE} == {mail.said for mail in await office.mails()}

    office.clock.moves(minutes=1)
    await office.postman.work_off()
    assert {"sent"} == set(await office.states())
    assert AT_ONCE + 2 == len({taken.content for taken in office.relay.taken})


async def test_many_go_over_a_few_lines(office: Office) -> None:
    for _ in range(20):
        await office.answers()
    await office.postman.work_off()

    assert 20 == len(office.relay.taken)
    assert office.relay.lines <= AT_ONCE


async def test_two_postmen_send_each_mail_once(office: Office) -> None:
    other = office.a_postman()
    for _ in range(10):
        await office.answers()
    await asyncio.gather(office.postman.work_off(), other.work_off())

    assert 10 == len(office.relay.taken) == len({taken.content for taken in office.relay.taken})
    assert {"sent"} == set(await office.states())


async def test_a_postman_who_died_before_the_dot_is_followed_by_another(office: Office) -> None:
    outgoing = await office.answers()
    await office.desk.change(claim, outgoing, by="system")
    await office.postman.work_off()
    assert [] == office.relay.taken
    office.clock.moves(seconds=LEASE.total_seconds())
    await office.postman.work_off()

    assert (["sent"], 1) == (await office.states(), len(office.relay.taken))


async def test_a_postman_who_died_after_it_is_followed_by_nobody(office: Office) -> None:
    outgoing = await office.answers()
    attempt = await office.desk.change(claim, outgoing, by="system")
    await office.desk.change(hand_over, outgoing, attempt, by="system")
    office.clock.moves(seconds=DOT_LEASE.total_seconds())
    await office.postman.work_off()

    assert (["indeterminate"], []) == (await office.states(), office.relay.taken)


async def test_a_notice_has_no_way_back_and_says_that_a_machine_wrote_it(office: Office) -> None:
    """ack_has_no_user_text: what a stranger typed into a form is not sent on in our name."""

    def verb(change: Change) -> None:
        ticket = a_ticket(change)
        ticket.subject = "BUY NOW at https://evil.example"
        post_notice(change, ticket, to=SAM, notice="complaint", facts={"number": "C-1001", "link": "/complaint/abc"})

    await office.desk.change(verb, by="system")
    await office.postman.work_off()

    (taken,) = office.relay.taken
    mail, text = read(taken), text_of(taken)
    assert "" == taken.sender
    assert ("auto-generated", "All") == (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"])
    assert "C-1001" in mail["Subject"]
    assert "https://desk.example/complaint/abc" in text
    assert "evil" not in str(mail)


async def test_a_mail_that_is_too_large_is_not_tried(office: Office) -> None:
    await office.answers("word " * 1990)
    await office.a_postman(largest=5_000).work_off()

    assert [("failed", TOO_LARGE)] == [(mail.state, mail.said) for mail in await office.mails()]
    assert [] == office.relay.taken


async def test_a_file_that_is_gone_is_said(office: Office) -> None:
    await office.answers(file=b"%PDF-1.7 the invoice")
    for path in office.store.folder.glob("??/*"):
        path.unlink()
    await office.postman.work_off()

    assert [("failed", NO_FILE)] == [(mail.state, mail.said) for mail in await office.mails()]


async def test_an_address_that_no_server_takes_is_said(office: Office) -> None:
    await office.answers(to="李静@customer.example")
    await office.postman.work_off()

    assert [("failed", UNKNOWN_WAY)] == [(mail.state, mail.said) for mail in await office.mails()]


async def test_a_postman_at_work_takes_what_comes_and_finishes_what_he_has(office: Office) -> None:
    async with office.postman.running():
        await office.answers()
        await asyncio.wait_for(office.relay.took.wait(), 5)
    assert ["sent"] == await office.states()
    assert "QUIT" == office.relay.heard[-1]


async def test_a_free_hand_takes_the_next_mail_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all hands came back during the look: the next mail waited for another one."""
    monkeypatch.setattr(postman, "TICK", 60.0)
    for _ in range(AT_ONCE + 1):
        await office.answers()
    in_hand = office.postman._in_hand
    monkeypatch.setattr(office.postman._relay, "tidy", lambda: asyncio.gather(*in_hand.values()))
    async with office.postman.running(), asyncio.timeout(20):
        while len(office.relay.taken) <= AT_ONCE:
            office.relay.took.clear()
            await office.relay.took.wait()


@pytest.mark.parametrize(("stage", "handed", "ends"), [("DATA", False, "sent"), ("DOT", True, "indeterminate")])
async def test_what_is_in_hand_at_the_deadline_follows_its_own_law(
    office: Office, stage: str, handed: bool, ends: str
) -> None:
    """It is sent again where the relay cannot have it, said to be uncertain where it may; and never forgotten."""
    office.relay.says(stage, HOLD)
    await office.answers()
    async with office.a_postman(closing=Closing(0.0)).running():
        async with asyncio.timeout(30):
            await office.relay.holds.wait()
    (mail,) = await office.mails()
    assert (MailState.SENDING, handed) == (mail.state, mail.handed_over)

    office.clock.moves(seconds=DOT_LEASE.total_seconds() + 1)
    await office.postman.work_off()
    assert [ends] == await office.states()


async def test_a_house_that_closes_takes_up_no_other_mail(office: Office) -> None:
    closing = Closing()
    await office.answers()
    closing.begin()
    assert 0 == await office.a_postman(closing=closing).look()
    assert ["queued"] == await office.states()
