"""What the complaint form asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.complaints.categories import ComplaintCategory
from tickets.complaints.filing import LONGEST_REFERENCE, LONGEST_WANTED
from tickets.errors import Refused
from tickets.forms.fields import Field, as_email, as_typed
from tickets.people import LONGEST_NAME, LONGEST_VALUE
from tickets.text import LONGEST

_PHONE = re.compile(r"\+?[\d ()./-]{5,40}")


def complaint_fields(categories: Sequence[ComplaintCategory], language: str) -> list[Field]:
    about = [("", "Choose one"), *((one.key, one.name(language)) for one in categories)]
    return [
        Field("category", "What is it about?", "choice", choices=about, names=True),
        Field("text", "What happened?", "long", rows=7, longest=LONGEST),
        Field("wanted", "What outcome do you want?", "long", rows=2, longest=LONGEST_WANTED, needed=False),
        Field(
            "reference",
            "Order or policy number",
            needed=False,
            longest=LONGEST_REFERENCE,
            hint="If it is about one.",
        ),
        Field(
            "name",
            "Your name",
            needed=False,
            longest=LONGEST_NAME,
            autocomplete="name",
            group="How we reach you",
        ),
        Field(
            "email",
            "Email",
            "email",
            as_email,
            needed=False,
            either=True,
            longest=LONGEST_VALUE,
            autocomplete="email",
            hint="An email address or a phone number is enough.",
        ),
        Field("phone", "Phone", "tel", _phone, needed=False, either=True, longest=40, autocomplete="tel"),
    ]


def more_fields(*, needed: bool = True) -> list[Field]:
    """What can be added on the customer's own page; with files, it may be without a word."""
    return [Field("text", "Add something", "long", rows=4, longest=LONGEST, needed=needed)]


def _phone(text: str) -> str:
    """As they write it: people read it, and nothing dials it."""
    text = as_typed(text)
    if text and not (_PHONE.fullmatch(text) and sum(c.isdigit() for c in text) >= 5):
        raise Refused("This does not look like a phone number.")
    return text
