"""A chat goes on by mail: after ten minutes, at most one in a quarter of an hour, and nothing that was read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from chat import unread, visitor
from chat.continuity import Continuity
from chat.frames import welcome
from chat.visitor import Visitor
from server.mail.letters import Draft, Letterhead, draft, written
from tests.cast import UnitChange, an_agent
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tests.tickets.email.letters import RULES, SAM
from tests.tickets.email.mailroom import SUPPORT, Mailroom
from tests.tickets.email.mailroom import written as a_mail
from tickets import by_hand
from tickets.email.correspondence import Correspondence
from tickets.email.events import MailSent
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.names import reply_address
from tickets.email.outbox import REACTIONS as OUTBOX
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import Verdict, claim, settle
from tickets.files.store import Store
from tickets.message import MessageKind
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.status import Status
from tickets.ticket import Ticket

REACTIONS = Reactions((*OUTBOX, *unread.REACTIONS))


@dataclass
class Chat:
    """Sam's chat with Ada, on a desk that has an address."""

    change: UnitChange
    sam: Visitor
    ada: str

    @property
    def ticket(self) -> Ticket:
        return ticket_of(self.change, self.sam)

    def answers(self, *texts: str) -> None:
        self.change.by = self.ada
        self.change.events.clear()
        for text in texts:
            by_hand.reply(self.change, self.ticket.id, text=text, client_id=f"a-{self.change.new_id()}")
            self.change.settle(REACTIONS)

    def leaves(self) -> None:
        """And is not seen for the whole grace."""
        self.change.moves(seconds=self.change.rules.visitor_grace_seconds)
        assert unread.left(self.change, self.sam.id)

    def comes_back(self, *, reads: bool = False) -> None:
        visitor.came(self.change, self.sam.id)
        if reads:
            self.ticket.see(self.change, "customer", self.ticket.last_seq)

    def passes(self, **time: float) -> None:
        """As the scheduler would do it."""
        self.change.moves(**time)
        self.change.write()
        (chore,) = unread.CHORES
        for key in chore.due(self.change.session, self.change.now):
            chore.act(self.change, key)

    def mailed(self) -> list[list[str]]:
        """The words of each mail that was written."""
        return [[answer.text for answer in one.answers] for one in self.drafts()]

    def drafts(self) -> list[Draft]:
        return [draft(self.change.session, mail.id) for mail in self.outbox()]

    def outbox(self) -> list[Outgoing]:
        return [*self.change.rows(select(Outgoing).order_by(Outgoing.id))]  # type: ignore[arg-type]

    @property
    def due_in(self) -> timedelta | None:
        known = self.change.find(Continuity, self.ticket.id)
        return known.due_at - self.change.now if known is not None and known.due_at is not None else None


def a_chat(*, email: str = SAM, rules: Rules = RULES, mailbox: bool = True) -> Chat:
    change = UnitChange(by="system", rules=rules)
    a_site(change)
    if mailbox:
        add_mailbox(change, SUPPORT, name="Tea shop")
    sam, ada = a_visitor(change), an_agent(change)
    visitor.came(change, sam.id)
    says(change, sam, "Is it here?", name="Sam", email=email)
    change.settle(REACTIONS)
    return Chat(change, sam, ada.actor)


@pytest.fixture
def chat() -> Chat:
    return a_chat()


def test_whoever_left_for_ten_minutes_gets_the_answer_by_mail(chat: Chat) -> None:
    chat.leaves()
    chat.answers("Yes.")
    assert timedelta(minutes=10) == chat.due_in
    chat.passes(minutes=9, seconds=59)
    assert [] == chat.mailed()
    chat.passes(seconds=1)
    assert [["Yes."]] == chat.mailed()
    chat.passes(hours=1)
    assert 1 == len(chat.mailed())


def test_who_is_here_gets_none(chat: Chat) -> None:
    chat.answers("Yes.")
    assert chat.due_in is None
    chat.passes(hours=1)
    assert [] == chat.mailed()


def test_what_they_have_read_here_is_not_mailed(chat: Chat) -> None:
    chat.answers("One.")
    chat.comes_back(reads=True)
    chat.answers("Two.")
    chat.leaves()
    chat.passes(minutes=10)
    assert [["Two."]] == chat.mailed()


def test_who_comes_back_reads_it_here(chat: Chat) -> None:
    chat.leaves()
    chat.answers("Yes.")
    chat.passes(minutes=9)
    chat.comes_back(reads=True)
    assert chat.due_in is None
    chat.passes(minutes=20)
    assert [] == chat.mailed()
    chat.leaves()
    chat.passes(hours=1)
    assert [] == chat.mailed()


def test_at_most_one_mail_in_a_quarter_of_an_hour(chat: Chat) -> None:
    """And all that was said meanwhile in it."""
    chat.leaves()
    chat.answers("One.")
    chat.passes(minutes=10)
    chat.passes(minutes=1)
    chat.answers("Two.", "Three.")
    assert timedelta(minutes=14) == chat.due_in
    chat.passes(minutes=13, seconds=59)
    assert 1 == len(chat.mailed())
    chat.passes(seconds=1)
    assert [["One."], ["Two.", "Three."]] == chat.mailed()


def test_at_most_ten_answers_in_one_mail(chat: Chat) -> None:
    chat.leaves()
    chat.answers(*(str(n) for n in range(12)))
    chat.passes(minutes=10)
    assert [10] == [len(one) for one in chat.mailed()]
    assert timedelta(minutes=15) == chat.due_in
    chat.passes(minutes=15)
    assert [10, 2] == [len(one) for one in chat.mailed()]
    assert chat.due_in is None


def test_nobody_is_mailed_without_an_address_or_by_a_desk_that_has_none() -> None:
    for chat in (
        a_chat(email=""),
        a_chat(mailbox=False),
        a_chat(rules=Rules(seals=RULES.seals, mail_unread_seconds=0)),
    ):
        chat.leaves()
        chat.answers("Yes.")
        assert chat.due_in is None
        chat.passes(hours=1)
        assert [] == chat.mailed()


def test_no_mail_goes_where_it_is_spam_by_now_or_to_an_address_of_ours(chat: Chat) -> None:
    """A mail to ourselves would come back as a customer's; spam gets no answer of any kind."""
    chat.leaves()
    chat.answers("Yes.")
    chat.ticket.end_live(chat.change)
    chat.ticket.set_status(chat.change, Status.SPAM)
    ours = [a_chat(email=SUPPORT), a_chat(email=reply_address(RULES.seals, SUPPORT, 7))]
    for one in ours:
        one.leaves()
        one.answers("Yes.")
        assert one.due_in is None
    late = a_chat(email="info@shop.example")
    late.leaves()
    late.answers("Yes.")
    add_mailbox(late.change, "info@shop.example")
    for one in (chat, *ours, late):
        one.passes(hours=1)
        assert ([], None) == (one.mailed(), one.due_in)


def test_two_desks_send_one_mail(chat: Chat) -> None:
    """Whoever comes second finds it done."""
    chat.leaves()
    chat.answers("Yes.")
    chat.passes(minutes=10)
    assert not unread.mail(chat.change, chat.ticket.id)
    assert 1 == len(chat.mailed())


def test_the_mail_says_who_answered_what_and_leads_back(chat: Chat, tmp_path: Path) -> None:
    """Nothing that the visitor wrote stands in it: the address may be somebody else's."""
    chat.leaves()
    chat.answers("Yes.\nIt is.")
    chat.passes(minutes=10)
    chat.change.write()
    (mail,) = chat.outbox()
    claim(chat.change, mail.id)
    house = Letterhead("https://desk.example", RULES.seals, Store(tmp_path), 1_000_000)
    sent = written(draft(chat.change.session, mail.id), house, chat.change.now)
    assert ({SAM: SAM}, SUPPORT) == (sent.recipients, sent.plain)
    for part in (
        "Subject: Your chat with Tea shop",
        f"To: {SAM}\r\n",
        "Yes.\r\nIt is.",
        reply_address(RULES.seals, SUPPORT, chat.ticket.id),
    ):
        assert part.encode() in sent.mail
    assert b"Is it here" not in sent.mail
    assert b"Auto-Submitted" not in sent.mail


def test_their_mail_goes_on_with_the_same_ticket(chat: Chat, tmp_path: Path) -> None:
    """From then on they are answered by mail, and see all of it in the chat when they come back."""
    room = Mailroom(chat.change, Store(tmp_path / "files"), chat.change.rows(select(Mailbox))[0])
    chat.leaves()
    chat.answers("Yes.")
    chat.passes(minutes=10)
    (mail,) = chat.outbox()
    chat.ticket.end_live(chat.change)
    answer = room.arrives(
        a_mail("Thank you", in_reply_to=mail.mail_id, to=reply_address(RULES.seals, SUPPORT, chat.ticket.id))
    )
    assert (chat.ticket.id, MessageKind.IN, "email", chat.sam.customer_id) == (
        answer.ticket_id,
        answer.kind,
        answer.channel,
        int(answer.by.removeprefix("customer:")),
    )
    assert SAM == chat.change.take(Correspondence, chat.ticket.id).address
    chat.answers("You are welcome.")
    assert chat.due_in is None
    assert 2 == len(chat.outbox())
    chat.change.write()
    shown = welcome(chat.change.session, chat.sam, epoch="e", now=chat.change.now, rules=RULES)["welcome"]["messages"]
    assert ["Is it here?", "Yes.", "Thank you", "You are welcome."] == [one["text"] for one in shown]


def test_the_second_mail_stands_in_the_thread_of_the_first(chat: Chat) -> None:
    chat.leaves()
    chat.answers("One.")
    chat.passes(minutes=10)
    chat.answers("Two.")
    chat.passes(minutes=15)
    one, two = chat.outbox()
    assert (one.mail_id, [one.mail_id]) == (two.in_reply_to, two.references)


def test_staff_hear_of_it(chat: Chat) -> None:
    chat.leaves()
    chat.change.events.clear()
    chat.answers("One.")
    assert 1 == chat.change.kinds.count("AnswersDue")
    chat.passes(minutes=10)
    (mail,) = chat.outbox()
    attempt = claim(chat.change, mail.id)
    assert attempt is not None
    settle(chat.change, mail.id, attempt, {SAM: Verdict(MailState.SENT)})
    assert MailSent(ticket=chat.ticket.id, outgoing=mail.id, answers=1) == chat.change.recorded[-1]
