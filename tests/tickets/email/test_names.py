"""What a mail of ours carries home leads to its ticket, and nobody else can make it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.names import bare_address, message_id, reply_address, ticket_of_address, ticket_of_message_id
from tickets.seals import Seals

OURS, THEIRS = Seals(b"ours"), Seals(b"Mallory's")
IDS = st.integers(1, 10**17)


@given(ticket=IDS, other=IDS)
def test_a_reply_address_leads_to_its_ticket_and_to_no_other(ticket: int, other: int) -> None:
    address = reply_address(OURS, "support@shop.example", ticket)

    assert ticket == ticket_of_address(OURS, address)
    assert ticket == ticket_of_address(OURS, address.upper())
    assert ticket_of_address(THEIRS, address) is None
    moved = address.replace(f"+t{ticket}.", f"+t{other}.")
    assert ticket_of_address(OURS, moved) == (ticket if ticket == other else None)


@given(ticket=IDS, message=IDS)
def test_a_message_id_leads_to_its_ticket(ticket: int, message: int) -> None:
    made = message_id(OURS, ticket, message, "desk.example")

    assert ticket == ticket_of_message_id(OURS, made)
    assert ticket == ticket_of_message_id(OURS, f" {made[1:-1]} ")
    assert ticket_of_message_id(THEIRS, made) is None
    assert ticket_of_message_id(OURS, made.replace(f".{message}.", f".{message + 1}.")) is None


@given(st.text(max_size=200))
def test_what_anybody_writes_is_taken_for_nothing(text: str) -> None:
    assert ticket_of_address(OURS, text) is None
    assert ticket_of_message_id(OURS, text) is None


def test_a_mark_for_an_address_is_none_for_a_message() -> None:
    mark = reply_address(OURS, "support@shop.example", 7).partition(".")[2].partition("@")[0]

    assert ticket_of_message_id(OURS, f"<t.7.7.{mark}@desk.example>") is None


@pytest.mark.parametrize(
    ("bare", "address"),
    [
        ("support@shop.example", "Support@Shop.Example"),
        ("support@shop.example", "support+anything@shop.example"),
        ("support@shop.example", reply_address(OURS, "support@shop.example", 1042)),
        ("@nonsense", "nonsense"),
    ],
)
def test_what_was_added_to_an_address_is_taken_off(bare: str, address: str) -> None:
    assert bare == bare_address(address)


def test_the_longest_mailbox_still_makes_an_address_that_mail_systems_take() -> None:
    """64 octets before the @ (RFC 5321 4.5.3.1.1)."""
    local, _, _ = reply_address(OURS, "a" * 30 + "@shop.example", 10**10).rpartition("@")

    assert len(local) <= 64
