"""A file belongs to its uploader until a message takes it, and then to those who may read the message."""

from __future__ import annotations

import pytest

from tests.cast import UnitChange, a_change, a_customer, a_ticket, an_agent
from tickets.errors import Conflict, Refused
from tickets.files import attachment as files
from tickets.files.attachment import CHORES, Attachment
from tickets.files.kinds import Kind
from tickets.files.store import Stored
from tickets.message import Message
from tickets.ticket import Ticket

TEA = Stored("a" * 64, 3)
TEXT = Kind("text/plain", doubtful=False)


def an_upload(change: UnitChange, *, by: str = "visitor:9", client_id: str = "f-1", stored: Stored = TEA) -> Attachment:
    with change.acting_as(by):
        return files.keep(change, client_id=client_id, name="tea.txt", claimed="text/plain", stored=stored, kind=TEXT)


def said(change: UnitChange, ticket: Ticket, text: str = "Look", client_id: str = "c-1") -> Message:
    customer = f"customer:{ticket.customer_id}"
    with change.acting_as(customer):
        return ticket.receive(change, text, client_id=client_id, files=1)


def test_an_upload_waits_an_hour_for_its_message() -> None:
    change = a_change()
    row = an_upload(change)
    due = CHORES[0].due
    change.write()
    change.moves(minutes=59)
    assert [] == list(due(change.session, change.now))
    change.moves(minutes=1)
    assert [row.id] == list(due(change.session, change.now))
    assert [True, False] == [files.forget(change, row.id), files.forget(change, row.id)]


def test_a_message_that_came_in_time_keeps_its_file() -> None:
    change = a_change()
    row, message = an_upload(change), said(change, a_ticket(change))
    files.attach(change, message, [row.id], by="visitor:9")
    change.moves(hours=2)
    assert not files.forget(change, row.id)
    assert (message.id, message.ticket_id) == (row.message_id, row.ticket_id)


def test_the_same_upload_again_is_the_same_file() -> None:
    change = a_change()
    assert an_upload(change) is an_upload(change)
    assert an_upload(change).id != an_upload(change, by="visitor:10").id
    with pytest.raises(Conflict):
        an_upload(change, stored=Stored("b" * 64, 3))


def test_nobody_sends_another_persons_upload() -> None:
    """Mallory names Sam's file by its number."""
    change = a_change()
    row, message = an_upload(change), said(change, a_ticket(change))
    for stranger in ("visitor:10", "agent:9", None):
        with pytest.raises(Refused):
            files.attach(change, message, [row.id], by=stranger)
    assert row.message_id is None


def test_a_file_is_sent_once() -> None:
    change = a_change()
    row, ticket = an_upload(change), a_ticket(change)
    first = said(change, ticket)
    files.attach(change, first, [row.id], by="visitor:9")
    assert [row] == files.attach(change, first, [row.id], by="visitor:9")
    with pytest.raises(Refused):
        files.attach(change, said(change, ticket, client_id="c-2"), [row.id], by="visitor:9")


def test_files_stand_in_the_order_in_which_they_were_chosen() -> None:
    """Uploads run side by side: the small one of a batch is there first."""
    change = a_change()
    small, large = an_upload(change, client_id="f-small"), an_upload(change, client_id="f-large")
    message = said(change, a_ticket(change))

    files.attach(change, message, [large.id, small.id], by="visitor:9")
    change.write()

    assert [large, small] == files.files_of(change.session, [message])[message.id]


def test_ten_files_are_enough_for_one_message() -> None:
    change = a_change()
    message = said(change, a_ticket(change))
    with pytest.raises(Refused, match="at most 10"):
        files.attach(change, message, range(11), by="visitor:9")


def test_what_was_swept_away_must_be_added_again() -> None:
    change = a_change()
    with pytest.raises(Refused, match="add it again"):
        files.attach(change, said(change, a_ticket(change)), [404], by="visitor:9")


def test_who_may_have_a_file() -> None:
    """Its uploader; any agent once it is sent; the visitor of its ticket, unless it stands on a note. Nobody else."""
    change = a_change()
    ada, ticket = an_agent(change), a_ticket(change)
    other = a_ticket(change, a_customer(change, "Mallory"))
    sent, noted, waiting = (an_upload(change, by=by, client_id=f"f-{by}-{n}") for n, by in _UPLOADS)
    files.attach(change, said(change, ticket), [sent.id], by="visitor:9")
    with change.acting_as(ada.actor):
        note = ticket.note(change, "Look", client_id="n-1", name="Ada", files=1)
    noted.uploaded_by = ada.actor
    files.attach(change, note, [noted.id], by=ada.actor)
    change.write()

    def may(row: Attachment) -> tuple[bool, ...]:
        session = change.session
        return (
            files.for_visitor(session, row.id, uploader="visitor:9", ticket_id=ticket.id) is not None,
            files.for_visitor(session, row.id, uploader="visitor:10", ticket_id=ticket.id) is not None,
            files.for_visitor(session, row.id, uploader="visitor:11", ticket_id=other.id) is not None,
            files.for_visitor(session, row.id, uploader="visitor:11", ticket_id=None) is not None,
            files.for_staff(session, row.id, ada.actor) is not None,
        )

    assert (True, True, False, False, True) == may(sent)
    assert (False, False, False, False, True) == may(noted)
    assert (True, False, False, False, False) == may(waiting)


_UPLOADS = ((1, "visitor:9"), (2, "agent:1"), (3, "visitor:9"))


def test_only_what_no_file_stands_for_is_unused() -> None:
    change = a_change()
    an_upload(change)
    change.write()
    assert {"b" * 64} == files.unused(change.session, ["a" * 64, "b" * 64])


def test_what_the_world_is_told_of_a_file_names_no_hash() -> None:
    row = an_upload(a_change())
    assert {"id", "name", "size", "type", "inline", "width", "height"} == set(files.as_frame(row))
