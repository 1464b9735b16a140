"""Guessing is slow for everybody, and locks nobody out for good."""

from datetime import timedelta

import pytest

from server.auth.attempts import Limits, LoginAttempt, Tried, begin, succeeded
from tests.cast import UnitChange, a_change
from tickets.errors import TooFast

ADA = Tried("ada@frontdesk.example", "203.0.113.9")
LIMITS = Limits(per_address=20, free=5, longest=timedelta(minutes=15))


def tries(change: UnitChange, tried: Tried, times: int) -> None:
    for _ in range(times):
        begin(change, tried, LIMITS)


def waits(change: UnitChange, tried: Tried) -> int:
    """Seconds until the next try; 0 where it may be made now. Like a refused change, this leaves nothing."""
    attempt = change.session.begin_nested()
    try:
        begin(change, tried, LIMITS)
    except TooFast as refused:
        return round(refused.retry_after or 0)
    finally:
        attempt.rollback()
    return 0


def test_five_wrong_passwords_are_forgiven_and_then_each_waits_longer() -> None:
    change = a_change()
    tries(change, ADA, 5)
    delays = []
    for _ in range(7):
        delay = waits(change, ADA)
        delays.append(delay)
        change.moves(seconds=delay)
        begin(change, ADA, LIMITS)

    assert [60, 120, 240, 480, 900, 900, 900] == delays


def test_an_account_nobody_has_waits_like_one_that_somebody_has() -> None:
    change = a_change()
    stranger = Tried("nobody@frontdesk.example", "203.0.113.10")
    tries(change, ADA, 5)
    tries(change, stranger, 5)

    assert waits(change, ADA) == waits(change, stranger)


def test_another_spelling_of_the_name_is_no_new_account() -> None:
    change = a_change()
    tries(change, ADA, 5)

    assert 60 == waits(change, Tried("  ADA@Frontdesk.example ", "203.0.113.77"))


def test_one_address_that_tries_many_accounts_waits_too() -> None:
    change = a_change()
    for n in range(20):
        begin(change, Tried(f"agent{n}@frontdesk.example", "203.0.113.9"), LIMITS)
    change.moves(minutes=5)

    assert 600 == waits(change, Tried("agent99@frontdesk.example", "203.0.113.9"))
    assert 0 == waits(change, Tried("agent99@frontdesk.example", "203.0.113.10"))


def test_an_office_that_signs_in_together_does_not_lock_itself_out() -> None:
    """A right password does not count against the address."""
    change = a_change()
    for n in range(60):
        colleague = Tried(f"agent{n}@frontdesk.example", "203.0.113.9")
        begin(change, colleague, LIMITS)
        succeeded(change, colleague)

    assert 0 == waits(change, Tried("agent99@frontdesk.example", "203.0.113.9"))


def test_the_right_password_after_the_wait_begins_afresh() -> None:
    change = a_change()
    tries(change, ADA, 5)
    change.moves(minutes=1)
    begin(change, ADA, LIMITS)
    succeeded(change, ADA)
    tries(change, ADA, 4)

    assert 0 == waits(change, ADA)


def test_after_an_hour_everything_is_forgotten() -> None:
    change = a_change()
    tries(change, ADA, 5)
    change.moves(hours=1)
    tries(change, ADA, 4)

    assert 0 == waits(change, ADA)


@pytest.mark.parametrize(("seconds", "says"), [(10, "Try again in a minute."), (70, "Try again in {n} minutes.")])
def test_the_sentence_says_how_long(seconds: int, says: str) -> None:
    change = a_change()
    tries(change, ADA, 5)
    change.moves(seconds=60)
    begin(change, ADA, LIMITS)
    change.moves(seconds=120 - seconds)
    with pytest.raises(TooFast) as refused:
        begin(change, ADA, LIMITS)
    assert says == refused.value.says


def test_what_was_typed_as_a_name_is_not_kept() -> None:
    """People type their password into the wrong field."""
    change = a_change()
    begin(change, Tried("my secret password", "203.0.113.9"), LIMITS)
    kept = change.rows(LoginAttempt.__table__.select())  # type: ignore[attr-defined]

    assert 2 == len(kept)
    assert "secret" not in str(kept)
