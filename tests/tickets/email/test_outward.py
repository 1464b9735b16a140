"""What an agent sends out by themselves: known to the ticket, promised to nobody, and what comes back is private."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from routing.reactions import REACTIONS as ROUTING
from routing.sla.clock import SlaClock
from routing.sla.policy import Terms, add_policy
from tests.cast import an_agent
from tests.routing.sla.promises import targets
from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import Mailroom, a_mailroom, written
from tickets.email import names, planned
from tickets.email.correspondence import Correspondence
from tickets.email.outbox import REACTIONS
from tickets.email.outgoing import Outgoing
from tickets.email.outward import forward, write_first
from tickets.errors import Refused
from tickets.message import Message, MessageKind
from tickets.reactions import Reactions
from tickets.ticket import Ticket

EXPERT = "expert@maker.example"


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    room = a_mailroom(tmp_path)
    room.change.by = an_agent(room.change).actor
    return room


def passed_on(room: Mailroom, message: Message, text: str = "Do you know this?") -> Outgoing:
    note = forward(room.change, message.ticket_id, message.id, to=EXPERT, text=text, client_id="f-1")
    again = forward(room.change, message.ticket_id, message.id, to=EXPERT, text=text, client_id="f-1")
    assert note.id == again.id
    (mail,) = room.change.rows(select(Outgoing).where(Outgoing.to_address == EXPERT))
    assert (note.id, "note") == (mail.message_id, note.kind)
    return mail


def ours(room: Mailroom) -> Ticket:
    return write_first(
        room.change, mailbox_id=room.mailbox.id, to=EXPERT, subject="Our order", text="Where is it?", client_id="w-1"
    )


def test_what_an_outsider_answers_is_for_staff_only(room: Mailroom) -> None:
    """Their answer finds the ticket by its signed address, and belongs to nobody's conversation with the customer."""
    message = room.arrives(written("The lamp hums."))
    told = room.change.take(Correspondence, message.ticket_id)
    before = (told.address, [*told.references], told.last_message_id)
    mail = passed_on(room, message)
    assert (EXPERT, "Fwd: My parcel", "") == (mail.to_address, mail.subject, mail.in_reply_to)
    assert [EXPERT] == [one["address"] for one in mail.recipients]

    to = names.reply_address(room.change.rules.seals, "support@shop.example", message.ticket_id)
    back = room.arrives(
        written("Change the coil.", sender=EXPERT, id="<back@maker.example>", to=to, in_reply_to=mail.mail_id),
        sender=EXPERT,
    )
    assert (message.ticket_id, MessageKind.ASIDE) == (back.ticket_id, back.kind)
    told = room.change.take(Correspondence, message.ticket_id)
    assert before == (told.address, [*told.references], told.last_message_id)


def test_a_message_goes_to_outsiders_and_of_its_own_ticket_only(room: Mailroom) -> None:
    message = room.arrives(written())
    for to in ("support@shop.example", "nobody"):
        with pytest.raises(Refused) as refused:
            forward(room.change, message.ticket_id, message.id, to=to, text="", client_id="f-1")
        assert "to" == refused.value.field
    other = room.arrives(written("Another", id="<two@customer.example>", subject="Other"))
    with pytest.raises(Refused):
        forward(room.change, other.ticket_id, message.id, to=EXPERT, text="", client_id="f-2")


def test_who_is_written_to_first_was_promised_nothing(room: Mailroom) -> None:
    """No promise of a first reply begins: nobody has asked."""
    change = room.change
    add_policy(change, Terms("All", targets({"first_reply": 60, "resolution": 600})))
    ticket = ours(room)
    change.settle(Reactions([*ROUTING, *REACTIONS]))

    assert ticket.id == ours(room).id
    (mail,) = change.rows(select(Outgoing))
    assert (EXPERT, "Our order", room.mailbox.id) == (mail.to_address, mail.subject, mail.mailbox_id)
    assert (None, change.by) == (ticket.waiting_since, f"agent:{ticket.agent_id}")
    assert "first_reply" not in {clock.metric for clock in change.rows(select(SlaClock))}


def test_the_first_word_can_be_taken_back_for_a_moment(tmp_path: Path) -> None:
    """Nothing goes, nobody is offered anything, and no promise begins; sent twice, the form is one conversation."""
    room = a_mailroom(tmp_path, rules=replace(RULES, undo_seconds=8))
    change = room.change
    change.by = an_agent(change).actor
    add_policy(change, Terms("All", targets({"first_reply": 60})))
    ticket = ours(room)
    change.settle(Reactions([*ROUTING, *REACTIONS]))
    change.write()

    assert ticket.id == ours(room).id
    (plan,) = planned.planned_on(change.session, ticket.id)
    assert ([], f"agent:{ticket.agent_id}") == (change.rows(select(Outgoing)), change.by)
    assert [] == [clock.metric for clock in change.rows(select(SlaClock)) if clock.metric == "first_reply"]
    assert "Where is it?" == planned.take_back(change, plan.id).text
    change.write()
    change.moves(minutes=1)
    assert planned.send_due(change, plan.id) is None
    assert [] == change.rows(select(Outgoing))


def test_their_answer_comes_to_the_ticket_that_was_begun(room: Mailroom) -> None:
    change = room.change
    ticket = ours(room)
    change.settle(Reactions(REACTIONS))
    (mail,) = change.rows(select(Outgoing))
    back = room.arrives(
        written("Here.", sender=EXPERT, id="<b@maker.example>", in_reply_to=mail.mail_id), sender=EXPERT
    )
    assert (ticket.id, MessageKind.IN) == (back.ticket_id, back.kind)
