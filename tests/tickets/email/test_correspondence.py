"""Whom a ticket is answered to is what we were told; who stood in copy is only suggested until an agent says yes."""

import pytest

from tests.cast import a_customer
from tests.tickets.email.letters import RULES, SAM, THEIRS, a_letter, a_mailroom, an_answer, outbox
from tickets.email import by_hand
from tickets.email.correspondence import MOST_COPIES, MOST_REFERENCES, correspond, reference_chain
from tickets.email.mailbox import add_mailbox
from tickets.email.names import reply_address
from tickets.errors import Refused
from tickets.opening import open_ticket
from tickets.status import Channel

PRIYA, MALLORY = "priya@customer.example", "mallory@elsewhere.example"


def test_a_second_mail_goes_on_with_the_same_thread() -> None:
    change, box = a_mailroom()
    ticket, first = a_letter(change, box)
    again = correspond(
        change,
        ticket,
        address=SAM,
        subject="Re: something else",
        message_id="<2@x>",
        references=[THEIRS, "<ours@desk>"],
    )

    assert again is first
    assert ("Where is my parcel?", "<2@x>", box.id) == (again.subject, again.last_message_id, again.mailbox_id)
    assert [THEIRS, "<ours@desk>", "<2@x>"] == again.references
    assert "Sam Okafor" == again.name


def test_a_form_without_a_mail_begins_one_too() -> None:
    change, _ = a_mailroom()
    ticket = open_ticket(change, a_customer(change), channel=Channel.COMPLAINT, subject="Broken")
    told = correspond(change, ticket, address=" Sam@Customer.example ")

    assert ("sam@customer.example", None) == (told.address, told.mailbox_id)
    assert ("", []) == (told.last_message_id, told.references)
    with pytest.raises(Refused):
        correspond(change, ticket, address="no address")


def test_who_stands_in_copy_is_a_suggestion_until_an_agent_takes_it() -> None:
    """spoof_cc_gets_nothing: a header that names somebody gives them nothing (CVE-2024-49193)."""
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    ours = reply_address(RULES.seals, box.address, ticket.id)
    correspond(change, ticket, address=SAM, cc=[MALLORY, SAM, box.address, ours, "garbage", MALLORY.upper()])

    assert ([], [MALLORY]) == (told.cc, told.suggested)
    told.add_copy(change, PRIYA)
    told.add_copy(change, PRIYA.upper())
    told.add_copy(change, MALLORY)
    assert ([PRIYA, MALLORY], []) == (told.cc, told.suggested)
    told.remove_copy(change, MALLORY)
    assert ([PRIYA], [MALLORY]) == (told.cc, told.suggested)
    with pytest.raises(Refused, match="our own"):
        told.add_copy(change, box.address)
    with pytest.raises(Refused):
        told.add_copy(change, "x@y\r\nBcc: z@z.example")


def test_everybody_is_answered_in_one_go() -> None:
    """Reply all: whoever stood in copy is a chip that can be taken away; our own addresses never are."""
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    correspond(change, ticket, address=SAM, cc=[PRIYA, MALLORY, "sales@shop.example"])
    add_mailbox(change, "sales@shop.example")
    change.write()
    by_hand.answer_everybody(change, ticket.id)

    assert [PRIYA, MALLORY] == told.cc
    told.remove_copy(change, MALLORY)
    assert [PRIYA] == told.cc


def test_several_are_pasted_at_once() -> None:
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    by_hand.add_copy(change, ticket.id, f" {PRIYA}, {MALLORY};{PRIYA}\n")
    assert [PRIYA, MALLORY] == told.cc
    with pytest.raises(Refused):
        by_hand.add_copy(change, ticket.id, " ")


def test_the_answer_goes_to_another_address_and_the_first_one_stays_at_hand() -> None:
    """Whoever it was is suggested for a copy; nothing goes to ourselves."""
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    told.add_copy(change, PRIYA)
    by_hand.answer_to(change, ticket.id, PRIYA.upper())

    assert (PRIYA, "", [], [SAM]) == (told.address, told.name, told.cc, told.suggested)
    with pytest.raises(Refused, match="our own"):
        by_hand.answer_to(change, ticket.id, box.address)
    by_hand.answer_to(change, ticket.id, SAM)
    assert (SAM, [PRIYA]) == (told.address, told.suggested)


def test_one_answer_goes_to_the_customer_alone() -> None:
    """Reply: those in copy stay in copy, and do not hear of this one. Nor does an address that became ours."""
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    for address in (PRIYA, "sales@shop.example"):
        told.add_copy(change, address)
    add_mailbox(change, "sales@shop.example")
    an_answer(change, ticket, alone=True)
    an_answer(change, ticket)

    first, second = ([one["address"] for one in mail.recipients] for mail in outbox(change))
    assert ([SAM], [SAM, PRIYA]) == (first, second)


def test_copies_do_not_grow_without_end() -> None:
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    correspond(change, ticket, address=SAM, cc=[f"{n}@elsewhere.example" for n in range(500)])
    for address in told.suggested:
        told.add_copy(change, address)

    assert MOST_COPIES == len(told.cc_seen) == len(told.cc)
    with pytest.raises(Refused):
        told.add_copy(change, PRIYA)


def test_only_what_changes_is_told() -> None:
    change, box = a_mailroom()
    ticket, _ = a_letter(change, box)
    told = change.kinds.count("CorrespondenceChanged")
    correspond(change, ticket, address=SAM, message_id="<2@x>")
    assert told == change.kinds.count("CorrespondenceChanged")
    correspond(change, ticket, address="sam@work.example", message_id="<3@x>")
    assert told + 1 == change.kinds.count("CorrespondenceChanged")


def test_a_chain_keeps_its_first_and_its_newest() -> None:
    """At most 20: the first names the thread, the newest is what is answered (RFC 5322 3.6.4)."""
    chain: list[str] = []
    for n in range(50):
        chain = reference_chain(chain, f"<{n}@x>")

    assert MOST_REFERENCES == len(chain)
    assert ["<0@x>", "<31@x>", "<49@x>"] == [chain[0], chain[1], chain[-1]]
    assert ["<a>", "<b>"] == reference_chain(["<b>", "<a>", "<b>"], "<b>")
    assert [] == reference_chain([], "")
