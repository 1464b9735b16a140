"""What the form of somebody who wants to be rung asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from routing.calendars import zone_named
from routing.callbacks.numbers import LONGEST, read_number
from routing.callbacks.slots import Window
from tickets.errors import Refused
from tickets.forms.fields import Field, as_email
from tickets.people import LONGEST_NAME, LONGEST_VALUE

SOON = "soon"
LONGEST_TEXT = 2000  # characters
LONGEST_ZONE = 64


def callback_fields(region: str, topics: Sequence[tuple[str, str]], phone_hint: str) -> list[Field]:
    """`topics` are (key, name); `phone_hint` is a sentence in the customer's language."""
    about = [("", "Choose one"), *topics]
    return [
        Field(
            "phone",
            "Your phone number",
            "tel",
            partial(read_number, region=region),
            longest=LONGEST,
            autocomplete="tel",
            hint=phone_hint,
        ),
        window_field(),
        *([Field("topic", "Topic", "choice", needed=False, choices=about, names=True)] if topics else []),
        Field("text", "What is it about?", "long", rows=3, longest=LONGEST_TEXT, needed=False),
        Field("name", "Your name", needed=False, longest=LONGEST_NAME, autocomplete="name"),
        Field(
            "email",
            "Email",
            "email",
            as_email,
            needed=False,
            longest=LONGEST_VALUE,
            autocomplete="email",
            hint="We send you the time, and a link to change it.",
        ),
    ]


def email_field() -> Field:
    """Of who would rather be written to."""
    return Field("email", "Email", "email", as_email, longest=LONGEST_VALUE, autocomplete="email")


def window_field() -> Field:
    return Field("window", "When should we call?", read=read_window, longest=40)


def value_of(window: Window) -> str:
    """How a window is named in a form: by its beginning."""
    return window.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def read_window(text: str) -> datetime | None:
    """The beginning of the window that was chosen; None: as soon as possible."""
    if text == SOON:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("Choose from what is offered.", field="window") from None
    if start.tzinfo is None or not 2000 < start.year < 2200:
        raise Refused("Choose from what is offered.", field="window")
    return start.astimezone(UTC)


def known_zone(name: str) -> str:
    """A time zone as a browser names it; empty for anything else."""
    return name if len(name) <= LONGEST_ZONE and zone_named(name).key == name else ""
