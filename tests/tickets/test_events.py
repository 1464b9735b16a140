"""What happened is kept so that it can be read again, and shown only to those whom it names."""

from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

import server.tables  # noqa: F401  (imports every room, and so every kind of event)
from tickets.events import Audience, Event, MessageReceived, TicketSnoozed, decoded, kinds

KINDS = sorted(kinds().values(), key=lambda kind: kind.__name__)
SAMPLES: dict[type, Any] = {
    int: 2**53 + 1,  # ids outgrow what a JavaScript number holds
    str: '退款 "x" \u2028 \'; drop',
    bool: True,
    float: 0.1,
    datetime: datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC),
}


def a_sample(kind: type[Event]) -> Event:
    """An event of this kind with something telling in every field."""
    return kind(**{field.name: _value(field.type) for field in msgspec.structs.fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was_written(kind: type[Event]) -> None:
    event = a_sample(kind)

    assert event == decoded(event.kind, event.encoded())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_says_who_may_hear_of_it(kind: type[Event]) -> None:
    audience = kind.__dict__.get("audience")

    assert audience, "declared by the kind itself, not inherited and not empty"
    assert audience <= set(Audience)
    assert audience == {Audience.NOBODY} or Audience.NOBODY not in audience


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_a_newer_process_adds_to_an_event_takes_nothing_from_it(kind: type[Event]) -> None:
    """It used to be refused: while a desk was upgraded, the event stood on no screen of the older processes."""
    event = a_sample(kind)
    newer = msgspec.json.decode(event.encoded()) | {"weather": {"rain": [1]}}

    assert event == decoded(kind.__name__, msgspec.json.encode(newer).decode())


def test_an_event_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        decoded("TicketEaten", "{}")


def test_no_two_rooms_use_the_same_word() -> None:
    """The log keeps the name only: two kinds of one name would be read as one another."""
    found: list[str] = []
    waiting = [Event]
    while waiting:
        kind = waiting.pop()
        found.extend(child.__name__ for child in kind.__subclasses__())
        waiting.extend(kind.__subclasses__())

    assert sorted(set(found)) == sorted(found)


def test_what_happened_cannot_be_changed() -> None:
    event = MessageReceived(ticket=1, message=2, seq=3)

    with pytest.raises(AttributeError):
        event.seq = 4  # type: ignore[misc]


def test_an_instant_keeps_its_microseconds_and_its_zone() -> None:
    until = SAMPLES[datetime]

    event = decoded("TicketSnoozed", TicketSnoozed(ticket=1, until=until).encoded())

    assert isinstance(event, TicketSnoozed)
    assert (until, "UTC") == (event.until, str(event.until.tzinfo))


def _value(kind: Any) -> Any:
    options = [option for option in get_args(kind) if option is not type(None)] or [kind]
    return SAMPLES[options[0]]
