"""Two tickets of one matter: one goes on as the other, nobody who waits is set back, and nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.merging import merge, undo
from routing.queues import add_queue
from tests.cast import MONDAY, UnitChange, a_change, a_customer, a_ticket
from tests.engine import about_sqlite
from tests.plans import plans_of
from tests.routing.callbacks.calls import a_call_floor, asks
from tests.routing.floor import a_chat, a_floor, accept, offer_of, open_assignments, settle
from tests.tickets.email.letters import SAM
from tests.tickets.email.mailroom import Mailroom, a_mailroom, written
from tickets.email.correspondence import Correspondence, correspond
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import MergeReceived, MergeUndone, TicketMerged
from tickets.opening import open_ticket
from tickets.status import Channel, Status
from tickets.ticket import Ticket


def a_matter(change: UnitChange, text: str = "Where is my parcel?") -> Ticket:
    """Sam asked, in no queue."""
    ticket = a_ticket(change)
    ticket.receive(change, text, client_id=str(change.new_id()))
    settle(change)
    return ticket


def merged(change: UnitChange, source: Ticket, target: Ticket) -> None:
    merge(change, source.id, target.number)
    settle(change)


def refusal(change: UnitChange, source: Ticket, target: Ticket) -> str:
    with pytest.raises(Refused) as told:
        merge(change, source.id, target.number)
    return str(told.value)


def test_the_source_is_closed_and_both_tell_of_the_other() -> None:
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    merge(change, source.id, target.number)
    told = [event for event in change.recorded if isinstance(event, TicketMerged | MergeReceived)]

    assert (Status.CLOSED, Status.NEW) == (source.status, target.status)
    assert [(source.id, target.number), (target.id, source.number)] == [(event.ticket, event.number) for event in told]
    assert (1, 1) == (source.last_seq, target.last_seq)  # messages stay where they were written


def test_who_held_the_source_has_room_again() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    source = a_chat(change, queue)
    accept(change, ada, offer_of(change, source))
    source.end_live(change)
    settle(change)
    merged(change, source, a_matter(change))

    assert [] == open_assignments(change, source)


def test_a_target_that_waited_for_the_customer_needs_us_again() -> None:
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    target.reply(change, "Which parcel?", client_id="a-1", name="Ada")
    target.set_status(change, Status.PENDING)
    settle(change)
    merged(change, source, target)

    assert (Status.OPEN, source.opened_at) == (target.status, target.waiting_since)


def test_whoever_stood_in_line_for_longer_is_not_set_back() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    older, younger = (_in_line(change, queue.id) for _ in range(2))
    began = older.queued_at
    merged(change, older, younger)

    assert began == younger.queued_at == younger.line_at


@about_sqlite
def test_what_was_merged_into_a_ticket_is_found_however_much_was_merged_elsewhere() -> None:
    """Every ticket that was reopened used to look through all merges that there are."""
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    merged(change, source, target)
    target.resolve(change)
    settle(change)
    change.write()
    plans = plans_of(change.session)
    target.reopen(change)

    read = [step for step in plans if " merge" in step]
    assert read
    assert [] == [step for step in read if not step.startswith("SEARCH merge USING INDEX")]


def _in_line(change: UnitChange, queue_id: int) -> Ticket:
    ticket = open_ticket(change, a_customer(change), channel=Channel.PORTAL, queue_id=queue_id)
    settle(change)
    change.moves(minutes=10)
    return ticket


def test_it_can_be_undone() -> None:
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    merged(change, source, target)
    undo(change, source.id)
    told = [event for event in change.recorded if isinstance(event, MergeUndone)]
    settle(change)

    assert (Status.OPEN, MONDAY) == (source.status, source.waiting_since)
    assert {source.id, target.id} == {event.ticket for event in told}
    with pytest.raises(Conflict):
        undo(change, source.id)


def test_who_asked_in_the_source_still_waits_where_the_target_was_done_by_mistake() -> None:
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    target.reply(change, "On its way.", client_id="a-1", name="Ada")
    change.moves(minutes=10)
    merged(change, source, target)
    for done in (Status.RESOLVED, Status.SPAM):
        target.set_status(change, done)
        settle(change)
        target.reopen(change)
        settle(change)
        assert MONDAY == target.waiting_since

    change.moves(minutes=1)
    target.reply(change, "And the other one, too.", client_id="a-2", name="Ada")
    target.resolve(change)
    settle(change)
    target.reopen(change)
    assert target.waiting_since is None


def test_a_merged_ticket_stays_closed() -> None:
    """An answer there would be read by nobody: it is written where the matter goes on."""
    change = a_change()
    source, target = a_matter(change), a_matter(change)
    merged(change, source, target)
    source.reply(change, "On its way.", client_id="a-1", name="Ada")
    with pytest.raises(Refused) as told:
        settle(change)

    assert f"This was merged into #{target.number}. Go on there." == str(told.value)


def test_what_can_be_merged_into_what() -> None:
    change = a_change()
    one, other, third = a_matter(change), a_matter(change), a_matter(change)

    assert "This is the ticket itself. Choose another one." == refusal(change, one, one)
    with pytest.raises(NotFound):
        merge(change, one.id, 999_999)
    merged(change, one, other)
    assert f"This was merged into #{other.number}. Go on there." == refusal(change, one, third)
    says = f"#{one.number} was itself merged into #{other.number}. Choose that one."
    assert says == refusal(change, third, one)
    other.resolve(change)
    says = f"#{other.number} is done. Reopen it first, or merge it into this one."
    assert says == refusal(change, third, other)
    merged(change, other, third)
    assert f"This was merged into #{third.number}. Go on there." == refusal(change, one, third)


def test_nobody_who_waits_live_is_left_behind() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    says = "Somebody waits in this chat. Merge the other one into it, or wait until the chat has ended."
    assert says == refusal(change, a_chat(change, queue), a_matter(change))


def test_a_complaint_keeps_its_own_file() -> None:
    change = a_change()
    complaint = open_ticket(change, a_customer(change), channel=Channel.COMPLAINT)
    settle(change)

    assert "A complaint keeps its own file. Merge the other one into it." == refusal(
        change, complaint, a_matter(change)
    )
    merged(change, a_matter(change), complaint)


def test_a_call_that_was_promised_is_not_forgotten() -> None:
    change = a_change()
    a_call_floor(change)
    asked = asks(change)
    says = "The customer waits for a call here. Merge the other one into it, or cancel the call first."
    assert says == refusal(change, asked.ticket, a_matter(change))


def test_an_answer_that_waits_goes_out_first() -> None:
    change = a_change()
    source = a_matter(change)
    correspond(change, source, address=SAM).planned = 1
    assert "An answer waits to be sent here. Send it or take it back first." == refusal(
        change, source, a_matter(change)
    )


# By mail


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


def test_what_answers_the_one_comes_to_the_other(room: Mailroom) -> None:
    """Also where that was merged itself."""
    change = room.change
    source, target = _came(room, "<one@customer.example>"), _came(room, "<two@customer.example>")
    last = _came(room, "<three@customer.example>")
    merge(change, source.id, target.number)
    merge(change, target.id, last.number)
    answer = room.arrives(written("And?", id="<four@customer.example>", in_reply_to="<one@customer.example>"))

    assert last.id == answer.ticket_id
    assert "in" == answer.kind


def test_everybody_who_was_written_to_stays_on_it(room: Mailroom) -> None:
    """Sam's second address is his own word on the other ticket, too."""
    change, work = room.change, "sam@work.example"
    source = _came(room, "<one@customer.example>", sender=f"Sam <{work}>")
    change.take(Correspondence, source.id).add_copy(change, "bob@work.example")
    target = _came(room, "<two@customer.example>")
    merge(change, source.id, target.number)

    assert [work, "bob@work.example"] == change.take(Correspondence, target.id).cc
    answer = room.arrives(
        written("And?", id="<three@customer.example>", sender=f"Sam <{work}>", in_reply_to="<one@customer.example>"),
        sender=work,
    )
    assert (target.id, "in") == (answer.ticket_id, answer.kind)


def test_a_chat_into_which_a_mail_is_merged_is_answered_by_mail(room: Mailroom) -> None:
    change = room.change
    source, chat = _came(room, "<one@customer.example>"), a_ticket(change)
    merge(change, source.id, chat.number)

    assert SAM == change.take(Correspondence, chat.id).address


def test_the_example_of_the_page(room: Mailroom) -> None:
    """docs/routing.md: the first of two mails is merged into the second."""
    change = room.change
    support = add_queue(change, "Support")
    room.mailbox.queue_id = support.id
    first = _came(room, "<one@customer.example>")
    change.moves(minutes=30)
    second = _came(room, "<two@customer.example>")
    merge(change, first.id, second.number)

    assert (MONDAY, MONDAY) == (second.waiting_since, second.line_at)
    answer = room.arrives(written("And?", id="<three@customer.example>", in_reply_to="<one@customer.example>"))
    assert second.id == answer.ticket_id


def _came(room: Mailroom, id: str, sender: str = f"Sam Okafor <{SAM}>") -> Ticket:
    return room.ticket(room.arrives(written(id=id, sender=sender), sender=sender.partition("<")[2].strip(">") or SAM))
