"""What a customer's form becomes: one ticket with its facts, however often it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from tests.tickets.complaints.grievance import SEALS, a_furnished_change, sam_complains, settle
from tickets.change import Change
from tickets.complaints.complaint import number_of, ticket_of_link
from tickets.complaints.filing import add_words, uploader
from tickets.email.correspondence import Correspondence
from tickets.email.outgoing import Outgoing
from tickets.errors import Refused
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.people import Customer, Identifier
from tickets.status import Status


def test_a_complaint_is_a_ticket_with_its_facts() -> None:
    change = a_furnished_change()
    filed = sam_complains(change)

    ticket, complaint = filed.ticket, filed.complaint
    assert ("complaint", "conduct", "high", "How we treated you · 5590-221") == (
        ticket.channel,
        ticket.category,
        ticket.priority,
        ticket.subject,
    )
    assert ("conduct", "An apology", "5590-221", "", None, change.now) == (
        complaint.category,
        complaint.wanted,
        complaint.reference,
        complaint.outcome,
        complaint.acknowledged_at,
        complaint.filed_at,
    )
    assert "C-1001" == number_of(ticket)
    assert ["Nobody called me back, three times."] == [one.text for one in change.rows(select(Message))]
    assert {"TicketOpened", "MessageReceived", "ComplaintFiled", "CustomerChanged"} == set(change.kinds)


def test_what_they_say_they_are_reached_by_is_a_claim_on_a_customer_of_its_own() -> None:
    """Two people who tell the same address are not joined."""
    change = a_furnished_change()
    sam_complains(change, phone="+44 20 7946 0018")
    sam_complains(change, "k-2", name="Mallory")

    assert ["Sam Okafor", "Mallory"] == [one.name for one in change.rows(select(Customer).order_by(col(Customer.id)))]
    assert {("email", "sam@mail.example", False), ("phone", "+44 20 7946 0018", False)} == {
        (one.kind, one.value, one.verified) for one in change.rows(select(Identifier))
    }


def test_the_same_form_again_is_the_same_complaint() -> None:
    """A double click, the back button, a reload."""
    change = a_furnished_change()
    first, again = sam_complains(change), sam_complains(change)

    assert (first.ticket.id, True, True) == (again.ticket.id, again.before, again.same)
    assert 1 == len(change.rows(select(Message)))
    assert first.complaint.link(SEALS) == again.complaint.link(SEALS)


def test_other_words_in_a_form_that_was_sent_change_nothing_and_that_is_known() -> None:
    change = a_furnished_change()
    sam_complains(change)
    again = sam_complains(change, text="And another thing")

    assert (True, False) == (again.before, again.same)
    assert ["Nobody called me back, three times."] == [one.text for one in change.rows(select(Message))]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"category": ""}, "category"),
        ({"text": " \u200b "}, "text"),
        ({"email": "", "phone": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"phone": "\x07"}, "phone"),
        ({"files": [77]}, "files"),
    ],
)
def test_what_is_missing_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        sam_complains(a_furnished_change(), **wrong)
    assert field == refusal.value.field


def test_its_files_stand_with_its_words() -> None:
    change = a_furnished_change()
    change.add(_a_file(change, uploader("k-1")))
    filed = sam_complains(change, files=[500])

    row = change.one(select(Attachment))
    assert row is not None
    assert (filed.ticket.id, None) == (row.ticket_id, row.keep_until)


def test_a_file_of_another_form_is_not_taken_along() -> None:
    change = a_furnished_change()
    change.add(_a_file(change, uploader("k-mallory")))

    with pytest.raises(Refused, match="no longer here"):
        sam_complains(change, files=[500])


def test_who_gave_an_address_is_sent_the_number_and_the_link_and_answered_there() -> None:
    change = a_furnished_change()
    filed = sam_complains(change, site="lumen")
    settle(change)

    told, notice = change.one(select(Correspondence)), change.one(select(Outgoing))
    assert told is not None
    assert notice is not None
    assert ("sam@mail.example", "Sam Okafor") == (told.address, told.name)
    assert ("complaint", {"number": "C-1001", "link": filed.complaint.link(SEALS)}) == (notice.notice, notice.facts)
    assert filed.complaint.link(SEALS).endswith("?site=lumen")


def test_who_gave_only_a_number_is_sent_nothing() -> None:
    change = a_furnished_change()
    sam_complains(change, email="", phone="020 7946 0018")
    settle(change)

    assert [] == [*change.rows(select(Outgoing)), *change.rows(select(Correspondence))]


def test_the_link_opens_this_complaint_for_two_years_and_nothing_else() -> None:
    change = a_furnished_change()
    filed = sam_complains(change)
    token = filed.complaint.link(SEALS).removeprefix("/complaint/")

    assert filed.ticket.id == ticket_of_link(SEALS, token, change.now)
    change.moves(days=731)
    assert ticket_of_link(SEALS, token, change.now) is None
    for other in ("", "x", token[:-1], f"{int(token.partition('-')[0]) + 1}-{token.partition('-')[2]}", "٣-1-x"):
        assert ticket_of_link(SEALS, other, change.began) is None


def test_more_words_wait_for_an_answer_once() -> None:
    change = a_furnished_change()
    filed = sam_complains(change)
    filed.ticket.reply(change, "We look into it.", client_id="a-1", name="Ada")

    first = add_words(change, filed.ticket.id, "k-9", text="A photo follows.")
    again = add_words(change, filed.ticket.id, "k-9", text="A photo follows, or two.")

    assert first.id == again.id
    assert ("in", filed.ticket.last_seq) == (first.kind, first.seq)
    assert change.now == filed.ticket.waiting_since
    assert Status.OPEN == filed.ticket.status


def _a_file(change: Change, by: str) -> Attachment:
    return Attachment(
        id=500,
        uploaded_by=by,
        client_id="f-1",
        name="photo.jpg",
        original_name="photo.jpg",
        size=3,
        type="image/jpeg",
        sha256="0" * 64,
        created_at=change.now,
        keep_until=change.now,
    )
