"""Who is answered, and who is suggested for a copy, by what the headers of their mails name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tickets.email.letters import SAM
from tests.tickets.email.mailroom import SUPPORT, Mailroom, a_mailroom, written
from tickets.email.correspondence import MOST_COPIES, Correspondence
from tickets.email.intake import NOT_ALL


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


def test_answers_go_where_the_sender_wants_them(room: Mailroom) -> None:
    """Unless that is one of our own addresses: then we would talk to ourselves."""
    message = room.arrives(written(reply_to="orders@customer.example"))
    assert "orders@customer.example" == room.change.take(Correspondence, message.ticket_id).address
    again = room.arrives(written("Two", id="<two@customer.example>", reply_to=SUPPORT))
    assert SAM == room.change.take(Correspondence, again.ticket_id).address


def test_nobody_hears_of_who_stood_in_blind_copy(room: Mailroom) -> None:
    """Their mail server should have taken it out: ours neither shows nor suggests it."""
    message = room.arrives(written(bcc="hidden@elsewhere.example"))
    told, mail = room.change.take(Correspondence, message.ticket_id), room.mail(message)
    assert [] == told.suggested
    assert not any("hidden@" in str(getattr(row, field)) for row in (told, mail) for field in type(row).model_fields)


def test_who_stood_in_copy_is_only_suggested(room: Mailroom) -> None:
    message = room.arrives(written(cc=f"Dev <dev@customer.example>, {SUPPORT}", to=f"{SUPPORT}, {SAM}"))
    told = room.change.take(Correspondence, message.ticket_id)
    assert ([], ["dev@customer.example"]) == (told.cc, told.cc_seen)


def test_everybody_in_copy_is_suggested_and_the_agent_told_of_more(room: Mailroom) -> None:
    """As many as a ticket holds, wherever our own address stands among them; an agent hears of those beyond."""
    many = [f"p{n}@customer.example" for n in range(MOST_COPIES + 1)]
    first = room.arrives(written(to=", ".join([*many[:12], SUPPORT, SAM]), cc=", ".join(many[:-1])))
    told = room.change.take(Correspondence, first.ticket_id)
    assert (many[:-1], []) == (told.suggested, room.mail(first).remarks)
    told.add_everybody(room.change)
    more = room.arrives(written("And", id="<two@customer.example>", in_reply_to="<one@customer.example>", cc=many[-1]))
    assert (many[:-1], [NOT_ALL]) == (told.cc, room.mail(more).remarks)


def test_of_several_who_are_to_be_answered_the_first_is_and_the_others_are_suggested(room: Mailroom) -> None:
    """RFC 5322, 3.6.2: Reply-To names where answers should go; a header alone makes nobody a reader of ours."""
    message = room.arrives(written(reply_to=f"{SUPPORT}, a@customer.example, b@customer.example"))
    told = room.change.take(Correspondence, message.ticket_id)
    assert ("a@customer.example", [], ["b@customer.example"]) == (told.address, told.cc, told.suggested)


def test_a_long_thread_keeps_the_mail_that_began_it(room: Mailroom) -> None:
    ids = [f"<r{n}@x.example>" for n in range(60)]
    told = room.change.take(Correspondence, room.arrives(written(references=" ".join(ids))).ticket_id)
    assert (ids[0], "<one@customer.example>") == (told.references[0], told.references[-1])
