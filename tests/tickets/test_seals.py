"""What a desk signed comes back as it went, for its own purpose, in time, or not at all."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from tests.cast import MONDAY
from tickets.seals import Seals

OURS, THEIRS = Seals(b"o" * 32), Seals(b"t" * 32)
LATER = MONDAY + timedelta(days=1)


@given(some.integers(0, 2**62))
def test_a_token_names_what_it_was_made_for(id: int) -> None:
    token = OURS.token("callback", id, LATER)

    assert id == OURS.opened("callback", token, MONDAY)


def test_a_token_opens_no_other_door_and_no_other_desk() -> None:
    token = OURS.token("callback", 42, LATER)

    assert OURS.opened("complaint", token, MONDAY) is None
    assert THEIRS.opened("callback", token, MONDAY) is None


def test_a_token_ends() -> None:
    token = OURS.token("callback", 42, LATER)

    assert 42 == OURS.opened("callback", token, LATER - timedelta(seconds=1))
    assert OURS.opened("callback", token, LATER) is None


@given(some.text(max_size=60))
def test_anything_else_is_no_token(text: str) -> None:
    assert OURS.opened("callback", text, MONDAY) is None


def test_nothing_in_a_token_can_be_changed() -> None:
    token = OURS.token("callback", 42, LATER)

    changed = [token[:at] + ("b" if letter == "a" else "a") + token[at + 1 :] for at, letter in enumerate(token)]

    assert [None] * len(token) == [OURS.opened("callback", one, MONDAY) for one in changed]


def test_a_mark_survives_a_mail_system_that_changes_case() -> None:
    assert OURS.holds("reply", "1042", OURS.mark("reply", "1042").upper())


def test_a_key_is_never_printed() -> None:
    assert "ooo" not in repr(OURS)
