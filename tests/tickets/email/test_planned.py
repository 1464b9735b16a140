"""An answer that waits is not said yet: it can be taken back, it goes by itself when its time has come, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.cast import UnitChange, an_agent
from tests.tickets.email.letters import RULES, a_letter, a_mailroom, outbox
from tickets.email import outbox as post
from tickets.email.correspondence import Correspondence
from tickets.email.events import PlanEnded
from tickets.email.mailbox import add_mailbox
from tickets.email.planned import REACTIONS, Planned, answer, due, send_due, send_now, take_back
from tickets.errors import Conflict, Refused
from tickets.files.attachment import Attachment, forget, keep
from tickets.files.kinds import Kind
from tickets.files.store import Stored
from tickets.message import Message, MessageKind
from tickets.people import Agent
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.status import Status
from tickets.ticket import Ticket

HOLDING = Rules(seals=RULES.seals, mail_host=RULES.mail_host, undo_seconds=8)
ALL = Reactions([*post.REACTIONS, *REACTIONS])


@pytest.fixture
def change() -> UnitChange:
    change, _ = a_mailroom(rules=HOLDING)
    change.by = an_agent(change).actor
    return change


@pytest.fixture
def ticket(change: UnitChange) -> Ticket:
    ticket, _ = a_letter(change, None)
    change.events.clear()
    return ticket


def written(change: UnitChange, ticket: Ticket, text: str = "It comes today.", **more: object) -> Planned:
    plan = answer(change, ticket.id, text=text, client_id="a-1", **more)  # type: ignore[arg-type]
    assert isinstance(plan, Planned)
    change.write()
    return plan


def waits(change: UnitChange) -> list[int]:
    change.write()
    return [*due(change.session, change.now)]


def goes(change: UnitChange, plan_id: int) -> Message | None:
    """As the scheduler does it, in whichever process."""
    with change.acting_as("system"):
        message = send_due(change, plan_id)
    change.settle(ALL)
    return message


def a_file(change: UnitChange) -> Attachment:
    kind = Kind("application/pdf", doubtful=False)
    return keep(change, client_id="f", name="a.pdf", claimed="", stored=Stored("ab", 3), kind=kind)


def test_nothing_has_been_said_while_it_waits(change: UnitChange, ticket: Ticket) -> None:
    """No status, no clock and no mail goes by what may be taken back yet."""
    before = (ticket.last_seq, ticket.status, ticket.waiting_since, ticket.first_reply_at)
    written(change, ticket)
    change.settle(ALL)
    assert (ticket.last_seq, ticket.status, ticket.waiting_since, ticket.first_reply_at) == before
    assert (["AnswerPlanned"], [], []) == (change.kinds, outbox(change), waits(change))


def test_it_goes_by_itself_once_its_time_has_come(change: UnitChange, ticket: Ticket) -> None:
    """Whoever looks, and after a crash as before it: what waits is a row."""
    plan = written(change, ticket)
    assert goes(change, plan.id) is None
    change.moves(seconds=8)
    assert [plan.id] == waits(change)
    message = goes(change, plan.id)
    assert message is not None
    assert (message.by, message.text, message.at) == (f"agent:{plan.agent_id}", "It comes today.", change.now)
    assert [message.id] == [mail.message_id for mail in outbox(change)]
    assert plan.agent_id == ticket.agent_id
    assert goes(change, plan.id) is None, "somebody else was quicker"
    assert answer(change, ticket.id, text="It comes today.", client_id="a-1").id == message.id, "a resend"


def test_what_is_taken_back_does_not_go_and_its_words_are_the_agents_again(change: UnitChange, ticket: Ticket) -> None:
    plan = written(change, ticket)
    back = take_back(change, plan.id)
    assert (ticket.id, "It comes today.") == (back.ticket, back.text)
    change.moves(minutes=1)
    assert ([], None) == (waits(change), goes(change, plan.id))
    with pytest.raises(Conflict):
        take_back(change, plan.id)
    assert 0 == change.take(Correspondence, ticket.id).planned
    assert isinstance(answer(change, ticket.id, text="Better.", client_id="a-2"), Planned)


def test_what_was_for_the_customer_alone_still_is_when_it_goes(change: UnitChange, ticket: Ticket) -> None:
    change.take(Correspondence, ticket.id).add_copy(change, "priya@customer.example")
    assert take_back(change, written(change, ticket, alone=True).id).alone
    plan = answer(change, ticket.id, text="For you", client_id="a-2", alone=True)
    change.moves(seconds=8)
    goes(change, plan.id)
    assert [["sam@customer.example"]] == [[one["address"] for one in mail.recipients] for mail in outbox(change)]


def test_a_resend_waits_once(change: UnitChange, ticket: Ticket) -> None:
    assert written(change, ticket).id == written(change, ticket).id
    assert 1 == change.take(Correspondence, ticket.id).planned


def test_its_files_wait_with_it(change: UnitChange, ticket: Ticket) -> None:
    """An upload is forgotten after an hour; not so one that is to go on Monday."""
    file = a_file(change)
    at = change.now + timedelta(days=5)
    plan = written(change, ticket, "", files=[file.id], at=at)
    change.moves(days=5)
    assert not forget(change, file.id)
    message = goes(change, plan.id)
    assert message is not None
    assert message.id == change.take(Attachment, file.id).message_id


def test_files_come_back_to_whoever_added_them(change: UnitChange, ticket: Ticket) -> None:
    file = a_file(change)
    first = written(change, ticket, files=[file.id])
    assert [(file.id, "a.pdf")] == take_back(change, first.id).files
    second = answer(change, ticket.id, text="Again", client_id="a-2", files=[file.id])
    with change.acting_as(an_agent(change, "Bo").actor):
        assert [] == take_back(change, second.id).files


def test_a_time_that_was_chosen_is_kept_to(change: UnitChange, ticket: Ticket) -> None:
    plan = written(change, ticket, at=change.now + timedelta(hours=20))
    change.moves(hours=19)
    assert [] == waits(change)
    assert "It comes today." == send_now(change, plan.id).text
    for wrong in (change.now, change.now - timedelta(days=1), change.now + timedelta(days=400)):
        with pytest.raises(Refused) as refused:
            answer(change, ticket.id, text="Never", client_id="a-9", at=wrong)
        assert "at" == refused.value.field


def test_a_customer_who_writes_meanwhile_is_told_to_the_agent(change: UnitChange, ticket: Ticket) -> None:
    written(change, ticket, at=change.now + timedelta(hours=20))
    change.events.clear()
    ticket.receive(change, "Never mind", client_id="c-2")
    change.settle(ALL)
    assert ["MessageReceived", "PlanOvertaken"] == change.kinds


def test_it_resolves_with_it_and_not_before(change: UnitChange, ticket: Ticket) -> None:
    plan = written(change, ticket, resolves=True)
    assert Status.RESOLVED != ticket.status
    change.moves(seconds=8)
    goes(change, plan.id)
    assert Status.RESOLVED == ticket.status


def test_what_an_agent_who_has_left_had_planned_still_goes(change: UnitChange, ticket: Ticket) -> None:
    plan = written(change, ticket, at=change.now + timedelta(days=2))
    change.take(Agent, plan.agent_id).active = False
    change.moves(days=2)
    assert goes(change, plan.id) is not None
    assert ticket.agent_id is None


def test_what_was_found_to_be_spam_meanwhile_gets_no_answer(change: UnitChange, ticket: Ticket) -> None:
    """It stays spam; the words stand on it as a note with their files, and whoever wrote them is told by mail."""
    add_mailbox(change, "help@shop.example")
    file = a_file(change)
    plan = written(change, ticket, files=[file.id], resolves=True)
    ticket.set_status(change, Status.SPAM)
    change.moves(seconds=8)
    assert goes(change, plan.id) is None
    assert (Status.SPAM, 0, []) == (ticket.status, change.take(Correspondence, ticket.id).planned, waits(change))
    (note,) = change.rows(select(Message).where(Message.kind == MessageKind.NOTE))
    assert ("It comes today.", note.id) == (note.text, change.take(Attachment, file.id).message_id)
    assert [("unsent", change.take(Agent, plan.agent_id).email)] == [
        (mail.notice, mail.to_address) for mail in outbox(change)
    ]
    (ended,) = [event for event in change.recorded if isinstance(event, PlanEnded)]
    assert (False, True) == (ended.sent, ended.spam)


def test_only_mail_waits(change: UnitChange, ticket: Ticket) -> None:
    ticket.live = True
    assert isinstance(answer(change, ticket.id, text="Hello", client_id="a-1"), Message)
    with pytest.raises(Refused):
        answer(change, ticket.id, text="Hello", client_id="a-2", at=change.now + timedelta(days=1))


def test_nothing_empty_waits(change: UnitChange, ticket: Ticket) -> None:
    with pytest.raises(Refused):
        answer(change, ticket.id, text=" ", client_id="a-1")
