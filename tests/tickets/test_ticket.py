"""Every verb of a ticket: what it changes, what it records, and when it does nothing."""

import pytest

from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tickets.errors import Conflict, Refused
from tickets.events import MessageReceived, MessagesSeen, PriorityChanged, StatusChanged, TicketAssigned, TicketReleased
from tickets.message import Message
from tickets.opening import open_ticket
from tickets.status import Category, Channel, Priority, Status
from tickets.ticket import Ticket

SAM, ADA, BO = "customer:91", "agent:7", "agent:8"


def a_told_ticket(*, status: Status = Status.OPEN) -> tuple[Ticket, UnitChange]:
    """A ticket in this status, with everything that led there forgotten."""
    change = a_change(by=SAM)
    ticket = a_ticket(change)
    ticket.status = status.value
    change.events.clear()
    return ticket, change


def says(ticket: Ticket, change: UnitChange, text: str, *, by: str = SAM, id: str | None = None) -> Message:
    """Sam writes, Ada or Bo answers."""
    with change.acting_as(by):
        client_id = id or f"c-{ticket.last_seq + 1}"
        if by == SAM:
            return ticket.receive(change, text, client_id=client_id)
        return ticket.reply(change, text, client_id=client_id, name="Ada")


def test_numbers_rise_by_one() -> None:
    """They are for people: ids are not, and may leap."""
    change = a_change(by=SAM)

    assert [1001, 1002, 1003] == [a_ticket(change).number for _ in range(3)]


def test_an_opened_ticket_is_new_and_has_its_age() -> None:
    change = a_change(by=SAM)
    ticket = open_ticket(change, a_customer(change), channel=Channel.CHAT, subject="  Where\r\n is\x00 it? ")

    assert (Status.NEW, None, None) == (ticket.status, ticket.agent_id, ticket.waiting_since)
    assert change.began == ticket.opened_at == ticket.queued_at == ticket.updated_at
    assert "Where is it?" == ticket.subject
    assert ["TicketOpened"] == change.kinds


def test_a_subject_is_one_line_and_not_endless() -> None:
    ticket, change = a_told_ticket()

    ticket.set_subject(change, "é" * 300)
    assert "é" * 200 == ticket.subject

    ticket.set_subject(change, ticket.subject)
    assert ["SubjectChanged"] == change.kinds

    with pytest.raises(Refused, match="needed"):
        ticket.set_subject(change, " \t\n ")


def test_an_impatient_customer_does_not_push_their_own_deadline_away() -> None:
    """Next reply is measured from the oldest unanswered message."""
    ticket, change = a_told_ticket()

    says(ticket, change, "Hello?")
    change.moves(minutes=5)
    says(ticket, change, "Anyone?")

    assert change.began == ticket.waiting_since
    assert change.now == ticket.updated_at


def test_an_answer_ends_the_waiting_and_the_next_question_begins_it_anew() -> None:
    ticket, change = a_told_ticket(status=Status.NEW)

    says(ticket, change, "Hello?")
    change.moves(minutes=5)
    says(ticket, change, "Hello Sam.", by=ADA)
    first = change.now
    assert (None, first, Status.OPEN) == (ticket.waiting_since, ticket.first_reply_at, ticket.status)
    assert not ticket.unread

    change.moves(minutes=5)
    says(ticket, change, "And the invoice?")
    says(ticket, change, "Here.", by=ADA, id="later")
    says(ticket, change, "Thanks.")
    assert (change.now, first) == (ticket.waiting_since, ticket.first_reply_at)
    assert (5, "in", "Thanks.") == (ticket.last_seq, ticket.last_kind, ticket.preview)


def test_every_message_has_the_next_place_in_the_timeline() -> None:
    ticket, change = a_told_ticket()

    said = [says(ticket, change, "a"), says(ticket, change, "b", by=ADA)]
    said.append(ticket.note(change, "c", client_id="n", name="Bo"))

    assert [(1, "in"), (2, "out"), (3, "note")] == [(message.seq, message.kind) for message in said]
    assert [SAM, ADA] == [message.by for message in said[:2]]


def test_a_resend_gets_the_first_answer_again_whatever_has_become_of_the_ticket_since() -> None:
    ticket, change = a_told_ticket()

    first = says(ticket, change, "Hello\r\nthere", id="c-1")
    ticket.resolve(change)
    change.events.clear()

    assert first is says(ticket, change, "Hello\nthere", id="c-1")
    assert (1, Status.RESOLVED, []) == (ticket.last_seq, ticket.status, change.kinds)


@pytest.mark.parametrize("again", ["Hello!", "hello", ""])
def test_the_same_id_with_another_text_is_a_conflict(again: str) -> None:
    ticket, change = a_told_ticket()
    says(ticket, change, "Hello", id="c-1")

    with pytest.raises(Conflict, match="already sent"):
        says(ticket, change, again, id="c-1")


def test_a_note_is_not_taken_for_an_answer_that_has_its_id() -> None:
    """Else the customer would never get the answer that the agent believes was sent."""
    ticket, change = a_told_ticket()
    change.by = ADA
    ticket.note(change, "Ask the depot", client_id="c-1", name="Ada")

    with pytest.raises(Conflict):
        ticket.reply(change, "Ask the depot", client_id="c-1", name="Ada")


def test_two_authors_may_have_made_the_same_id() -> None:
    ticket, change = a_told_ticket()

    assert [1, 2] == [says(ticket, change, "Hello", by=by, id="c-1").seq for by in (SAM, ADA)]


@pytest.mark.parametrize("id", ["", "x" * 65, "\ud800", "a\nb", "a\x00"])
def test_an_id_that_nobody_could_store_or_send_again_is_refused(id: str) -> None:
    ticket, change = a_told_ticket()

    with pytest.raises(Refused, match="no usable id"):
        ticket.receive(change, "Hello", client_id=id)


@pytest.mark.parametrize("done", [Status.RESOLVED, Status.CLOSED, Status.SPAM])
def test_the_customers_next_message_reopens_what_was_done(done: Status) -> None:
    ticket, change = a_told_ticket(status=done)
    change.moves(hours=1)

    says(ticket, change, "It came broken.")

    assert ["TicketReopened", "MessageReceived"] == change.kinds
    assert (Status.OPEN, None, change.now) == (ticket.status, ticket.resolved_at, ticket.waiting_since)
    assert change.now == ticket.queued_at  # it joins the line anew


@pytest.mark.parametrize("waiting", [Status.PENDING, Status.ON_HOLD])
def test_the_customers_message_ends_the_waiting_for_somebody_else(waiting: Status) -> None:
    ticket, change = a_told_ticket(status=waiting)

    says(ticket, change, "Here is the number.")

    assert [StatusChanged(ticket=ticket.id, status="open", before=waiting)] == change.recorded[:1]
    assert change.began == ticket.queued_at


def test_a_note_changes_nothing_but_the_timeline() -> None:
    ticket, change = a_told_ticket(status=Status.PENDING)
    says(ticket, change, "Hello")
    preview = ticket.preview
    ticket.set_status(change, Status.PENDING)

    ticket.note(change, "Likes tea", client_id="n", name="Bo")

    assert (Status.PENDING, preview, "in") == (ticket.status, ticket.preview, ticket.last_kind)
    assert (None, change.began) == (ticket.first_reply_at, ticket.waiting_since)
    assert "NoteAdded" == change.kinds[-1]


@pytest.mark.parametrize("read", [True, False])
def test_a_colleagues_note_makes_nothing_unread_or_read(read: bool) -> None:
    """Unread means: the customer wrote something that no agent has seen."""
    ticket, change = a_told_ticket()
    says(ticket, change, "Hello")
    if read:
        ticket.see(change, "agent", 1)

    ticket.note(change, "Likes tea", client_id="n", name="Bo")

    assert read is not ticket.unread


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200d\ufeff", "\u3164", "\ufe0f", "\u034f"])
def test_what_nobody_could_read_is_no_message(text: str) -> None:
    ticket, change = a_told_ticket()

    with pytest.raises(Refused, match="empty"):
        says(ticket, change, text)
    assert (0, []) == (ticket.last_seq, change.kinds)


def test_a_file_needs_no_words() -> None:
    ticket, change = a_told_ticket()

    assert 2 == ticket.receive(change, "", client_id="c", files=2).files


def test_assigning_says_who_had_it_and_twice_is_once() -> None:
    ticket, change = a_told_ticket()
    ada, bo = an_agent(change), an_agent(change, "Bo")

    ticket.assign(change, ada)
    ticket.assign(change, ada)
    ticket.assign(change, bo, by_hand=False)

    assert bo.id == ticket.agent_id
    assert [
        TicketAssigned(ticket=ticket.id, agent=ada.id),
        TicketAssigned(ticket=ticket.id, agent=bo.id, before=ada.id, by_hand=False),
    ] == change.recorded


def test_nobody_is_given_work_who_has_left() -> None:
    ticket, change = a_told_ticket()
    ada = an_agent(change)
    ada.active = False

    with pytest.raises(Refused, match="Ada no longer works here"):
        ticket.assign(change, ada)


def test_a_released_ticket_keeps_its_age_in_line() -> None:
    ticket, change = a_told_ticket()
    ada = an_agent(change)
    ticket.assign(change, ada)
    change.moves(hours=2)

    ticket.release(change, why="away")
    ticket.release(change)

    assert (None, change.began) == (ticket.agent_id, ticket.queued_at)
    assert [TicketReleased(ticket=ticket.id, agent=ada.id, why="away")] == change.recorded[1:]


def test_a_moved_ticket_keeps_its_age_and_leaves_its_agent() -> None:
    ticket, change = a_told_ticket()
    ticket.queue_id = 1
    ticket.assign(change, an_agent(change))
    change.moves(hours=2)

    ticket.move(change, 2)
    ticket.move(change, 2)

    assert (2, None, change.began) == (ticket.queue_id, ticket.agent_id, ticket.queued_at)
    assert ["TicketAssigned", "TicketReleased", "TicketMoved"] == change.kinds


def test_the_first_queue_takes_a_ticket_from_nobody() -> None:
    ticket, change = a_told_ticket()
    ada = an_agent(change)
    ticket.assign(change, ada)

    ticket.move(change, 1)

    assert (1, ada.id) == (ticket.queue_id, ticket.agent_id)


def test_a_priority_is_told_once() -> None:
    ticket, change = a_told_ticket()

    ticket.set_priority(change, Priority.URGENT)
    ticket.set_priority(change, Priority.URGENT)

    assert [PriorityChanged(ticket=ticket.id, priority="urgent", before="normal")] == change.recorded
    assert sorted(Priority, key=lambda priority: priority.rank)[0] is Priority.URGENT


def test_seeing_never_goes_back_and_never_ahead_of_what_was_said() -> None:
    ticket, change = a_told_ticket()
    says(ticket, change, "a")
    says(ticket, change, "b")
    change.events.clear()

    for seq in (1, 0, -5, 99, 2, 1):
        ticket.see(change, "agent", seq)

    assert (2, 0) == (ticket.agent_seen, ticket.customer_seen)
    assert [MessagesSeen(ticket=ticket.id, side="agent", seq=seq) for seq in (1, 2)] == change.recorded


def test_a_message_event_names_its_row_and_never_its_text() -> None:
    ticket, change = a_told_ticket()
    message = says(ticket, change, "My card is 4111 1111 1111 1111")

    assert [MessageReceived(ticket=ticket.id, message=message.id, seq=1)] == change.recorded
    assert "4111" not in change.recorded[0].encoded()


def test_every_status_has_a_category() -> None:
    assert {"open": 2, "waiting": 2, "done": 3} == {
        category.value: sum(status.category is category for status in Status) for category in Category
    }
