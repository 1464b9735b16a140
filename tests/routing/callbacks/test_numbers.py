"""A number is read as people write it, and whoever mistypes one is shown how it should look."""

from __future__ import annotations

import pytest

from routing.callbacks import numbers
from routing.callbacks.numbers import Phone, read_number
from tickets.errors import Refused


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("030 1234567", "DE", Phone("+49301234567", "DE")),
        ("+49 (0)30 / 123 45 67", "CN", Phone("+49301234567", "DE")),
        ("0049 30 1234567", "DE", Phone("+49301234567", "DE")),
        ("138 1234 5678", "CN", Phone("+8613812345678", "CN")),
        ("１３８１２３４５６７８", "CN", Phone("+8613812345678", "CN")),
        ("tel:+44-20-7946-0123", "", Phone("+442079460123", "GB")),
        ("+800 1234 5678", "", Phone("+80012345678", "001")),
    ],
)
def test_a_number_is_one_number_however_it_is_written(typed: str, region: str, expected: Phone) -> None:
    assert expected == read_number(typed, region)


@pytest.mark.parametrize(
    ("typed", "region", "says"),
    [
        ("", "DE", "A phone number is needed, for example +49 1512 3456789."),
        ("0151", "DE", "This number looks incomplete. It should look like +49 1512 3456789."),
        ("+86 138 1234", "DE", "This number looks incomplete. It should look like +86 131 2345 6789."),
        ("+49 30 12345678901234", "DE", "This number is too long. It should look like +49 1512 3456789."),
        ("110", "DE", "This number looks incomplete. It should look like +49 1512 3456789."),
        ("2079460123", "", "Begin with + and the country code, for example +44 7400 123456."),
        ("+999 123456789", "DE", "We do not know this country code. A number looks like +49 1512 3456789."),
        ("call me", "DE", "This does not look like a phone number. One looks like +49 1512 3456789."),
        ("0900 1234567", "DE", "We cannot call a number that costs extra. Please choose another one."),
        (
            "+49 30 1234567 ext. 12",
            "DE",
            "We cannot call an extension. Leave it out here, and name it in your message.",
        ),
    ],
)
def test_a_mistake_is_answered_with_a_number_as_it_should_look(typed: str, region: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        read_number(typed, region)

    assert (says, "phone") == (str(refused.value), refused.value.field)


@pytest.mark.parametrize("typed", ["+" * 50_000, "0" * 50_000, "1" * 50_000 + "x", "\0", "\u202e123", "((((" * 10_000])
def test_what_no_hand_typed_is_refused_at_once(typed: str) -> None:
    with pytest.raises(Refused):
        read_number(typed, "DE")


def test_a_number_is_shown_as_the_whole_world_reads_it() -> None:
    assert "+86 138 1234 5678" == numbers.shown("+8613812345678")
    assert "unknown" == numbers.shown("unknown")


def test_every_example_is_a_number_that_can_be_told() -> None:
    import phonenumbers

    for region in phonenumbers.SUPPORTED_REGIONS:
        assert region == region.upper()
        assert numbers.is_region(region)
        assert read_number(numbers.example(region), region).e164
    assert not numbers.is_region("XX")
    assert not numbers.is_region("de")
