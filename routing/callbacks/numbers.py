"""Telephone numbers as people type them: read, checked, and shown the way the whole world reads them."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from tickets.errors import Refused

LONGEST = 40  # characters of a number as it is typed
ANYWHERE = "GB"  # whose example is shown where no region is set
_COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


@dataclass(frozen=True)
class Phone:
    """`e164` is the number for machines, "+493012345"; `region` its country, empty for numbers of no country."""

    e164: str
    region: str


def is_region(region: str) -> bool:
    """Whether this is a country that we know numbers of (ISO 3166, two capital letters)."""
    return region in phonenumbers.SUPPORTED_REGIONS


def read_number(typed: str, region: str) -> Phone:
    """The number behind what was typed. One without a country code belongs to `region`; Refused names an example."""
    try:
        number = phonenumbers.parse(typed[:LONGEST], region or None)
    except NumberParseException as error:
        raise _unread(error, typed, region) from None
    if not phonenumbers.is_valid_number(number):
        raise _incomplete(number, region)
    if number.extension:
        raise Refused("We cannot call an extension. Leave it out here, and name it in your message.", field="phone")
    if phonenumbers.number_type(number) in _COSTLY:
        raise Refused("We cannot call a number that costs extra. Please choose another one.", field="phone")
    return Phone(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.region_code_for_number(number) or "",
    )


def shown(e164: str) -> str:
    """+49 30 12345. A number that cannot be read is shown as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return e164


def example(region: str) -> str:
    """A mobile number of this country that nobody has, as it is shown."""
    known = region if is_region(region) else ANYWHERE
    number = phonenumbers.example_number_for_type(known, PhoneNumberType.MOBILE) or phonenumbers.example_number(known)
    assert number is not None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _unread(error: NumberParseException, typed: str, region: str) -> Refused:
    if not typed.strip():
        return Refused("A phone number is needed, for example {example}.", field="phone", example=example(region))
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and "+" not in typed and "\uff0b" not in typed:
        return Refused(
            "Begin with + and the country code, for example {example}.", field="phone", example=example(region)
        )
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return Refused(
            "We do not know this country code. A number looks like {example}.", field="phone", example=example(region)
        )
    return Refused(
        "This does not look like a phone number. One looks like {example}.", field="phone", example=example(region)
    )


def _incomplete(number: PhoneNumber, region: str) -> Refused:
    home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    like = example(home if is_region(home) else region)
    if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.TOO_LONG:
        return Refused("This number is too long. It should look like {example}.", field="phone", example=like)
    return Refused("This number looks incomplete. It should look like {example}.", field="phone", example=like)
