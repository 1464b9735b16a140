"""Which agent is asked first, and why."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.choosing import Candidate, longest_idle
from tests.cast import MONDAY

ADA, BO, GRACE = 7, 8, 9


def idle(agent_id: int, minutes: int, *, room: int = 100, ringing: int = 0, refused: bool = False) -> Candidate:
    return Candidate(agent_id, room, MONDAY - timedelta(minutes=minutes), ringing, refused)


def chosen(*candidates: Candidate) -> int | None:
    choice = longest_idle(candidates, needed=25, now=MONDAY)
    return None if choice is None else choice.agent_id


def test_the_longest_idle_is_asked_first_however_much_room_the_others_have() -> None:
    """Capacity first sends more to the fast, who feel punished (semantics.md part 3)."""
    assert BO == chosen(idle(ADA, 5), idle(BO, 9, room=25))


def test_who_has_no_room_is_not_asked() -> None:
    assert ADA == chosen(idle(ADA, 5), idle(BO, 9, room=24))
    assert chosen(idle(BO, 9, room=24)) is None


def test_who_refused_is_not_asked() -> None:
    assert ADA == chosen(idle(ADA, 5), idle(BO, 9, refused=True))


def test_who_is_rung_at_comes_after_those_who_are_not() -> None:
    assert ADA == chosen(idle(ADA, 5), idle(BO, 9, ringing=1))
    assert BO == chosen(idle(BO, 9, ringing=1))


def test_equally_idle_agents_are_asked_in_order_of_their_ids() -> None:
    assert ADA == chosen(idle(GRACE, 5), idle(ADA, 5), idle(BO, 5))


def test_the_choice_says_why() -> None:
    choice = longest_idle(
        [idle(ADA, 9, room=25), idle(BO, 12, room=0), idle(GRACE, 30, refused=True), idle(10, 1)],
        needed=25,
        now=MONDAY,
    )

    assert choice is not None
    assert {
        "rule": "longest_idle",
        "idle": 540,
        "room": 25,
        "passed": [{"agent": BO, "why": "full"}, {"agent": GRACE, "why": "refused"}],
    } == choice.reason


@given(st.permutations([idle(n, n % 3, room=25 * (n % 5), refused=n % 4 == 0) for n in range(8)]))
def test_the_order_of_the_question_does_not_matter(candidates: list[Candidate]) -> None:
    assert 2 == chosen(*candidates)


def test_a_clock_that_went_back_shows_no_negative_idleness() -> None:
    early: datetime = MONDAY - timedelta(hours=1)
    choice = longest_idle([idle(ADA, 5)], needed=25, now=early)
    assert choice is not None
    assert 0 == choice.reason["idle"]
