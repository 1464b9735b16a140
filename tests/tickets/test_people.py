"""Who somebody is, by what they are known, and that a claim grants nothing."""

import xml.etree.ElementTree as ET

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from tests.cast import UnitChange, a_change, a_customer
from tests.elsewhere import elsewhere
from tickets.errors import Conflict, Refused
from tickets.people import Customer, Identifier, IdentifierKind, Role, initials

EMAIL, PHONE, EXTERNAL = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.EXTERNAL


def two_people() -> tuple[Customer, Customer, UnitChange]:
    change = a_change()
    return a_customer(change), a_customer(change, "Mallory"), change


def test_a_customer_is_known_in_several_ways() -> None:
    change = a_change()
    sam = a_customer(change)

    for kind, value in [(EMAIL, " Sam@Shop.Example "), (PHONE, "+234 803 555 0101"), (EXTERNAL, "C-91")]:
        sam.add_identifier(change, kind, value)

    known = change.rows(select(Identifier.value).where(Identifier.customer_id == sam.id))
    assert {"sam@shop.example", "+234 803 555 0101", "C-91"} == set(known)
    assert ["CustomerChanged"] * 3 == change.kinds


def test_the_same_identifier_twice_is_one() -> None:
    change = a_change()
    sam = a_customer(change)

    first = sam.add_identifier(change, EMAIL, "sam@shop.example")

    assert first is sam.add_identifier(change, EMAIL, "SAM@shop.example")
    assert ["CustomerChanged"] == change.kinds


def test_anyone_may_claim_an_address_and_gains_nothing_by_it() -> None:
    sam, mallory, change = two_people()
    sam.add_identifier(change, EMAIL, "sam@shop.example", verified=True)

    claim = mallory.add_identifier(change, EMAIL, "sam@shop.example")

    assert (mallory.id, False) == (claim.customer_id, claim.verified)


def test_a_verified_address_belongs_to_one_customer() -> None:
    sam, mallory, change = two_people()
    sam.add_identifier(change, EMAIL, "sam@shop.example", verified=True)
    mallory.add_identifier(change, EMAIL, "sam@shop.example")

    with pytest.raises(Conflict, match=r"already known by sam@shop\.example"):
        mallory.add_identifier(change, EMAIL, "Sam@Shop.example", verified=True)


def test_the_database_itself_keeps_a_verified_address_single() -> None:
    """Two processes may verify it in the same moment."""
    sam, mallory, change = two_people()
    for customer in (sam, mallory):
        change.add(
            Identifier(
                id=change.new_id(), customer_id=customer.id, kind="email", value="sam@shop.example", verified=True
            )
        )

    with pytest.raises(IntegrityError):
        change.write()


def test_a_claim_that_is_proved_becomes_verified_and_never_less() -> None:
    change = a_change()
    sam = a_customer(change)

    claim = sam.add_identifier(change, EMAIL, "sam@shop.example")
    sam.add_identifier(change, EMAIL, "sam@shop.example", verified=True)
    sam.add_identifier(change, EMAIL, "sam@shop.example")

    assert claim.verified
    assert 2 == len(change.kinds)


def test_a_new_name_is_told_once_and_an_empty_one_is_none() -> None:
    change = a_change()
    customer = a_customer(change, "")

    for name in ("李静", " 李静 ", "", "\x00"):
        customer.rename(change, name)

    assert ("李静", ["CustomerChanged"]) == (customer.name, change.kinds)


@pytest.mark.parametrize("value", ["", "   ", "x" * 255, "a\x00b", "\ud800", "+1\n2"])
@pytest.mark.parametrize("kind", IdentifierKind)
def test_what_cannot_be_kept_is_refused_beside_its_field(kind: IdentifierKind, value: str) -> None:
    with pytest.raises(Refused) as refused:
        kind.normal(value)
    assert kind.value == refused.value.field


def test_addresses_that_are_errors_are_refused_and_none_crashes() -> None:
    """The isemail collection: its category ISEMAIL_ERR must be refused at a form."""
    cases = ET.parse(elsewhere("addresses/isemail.xml", cases=164)).getroot().iter("test")
    taken = set()
    for case in cases:
        address = "".join(_written(c) for c in case.findtext("address") or "")
        try:
            assert len(EMAIL.normal(address)) <= 254
            taken.add(case.findtext("category"))
        except Refused:
            pass

    assert "ISEMAIL_ERR" not in taken
    assert "ISEMAIL_VALID_CATEGORY" in taken


@pytest.mark.parametrize(
    "address", ["ada@frontdesk.example", "O'Brien+shop@mail.example.com", "李静@例子.公司", "x_1@a-b.example"]
)
def test_ordinary_addresses_of_every_script_are_taken(address: str) -> None:
    assert address.lower() == EMAIL.normal(address)


def test_a_role_includes_those_below_it() -> None:
    assert [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ] == [[role.includes(other) for other in Role] for role in Role]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sam Okafor", "SO"), ("Priya", "PR"), ("李静", "李"), ("Ngozi Ada Obi", "NO"), ("", "·"), ("é", "é"), ("x", "X")],
)
def test_a_face_is_two_letters_or_one_character(name: str, letters: str) -> None:
    assert letters == initials(name)


def _written(c: str) -> str:
    """Control characters are written as pictures of themselves."""
    return chr(ord(c) - 0x2400) if 0x2400 <= ord(c) <= 0x2421 else c
