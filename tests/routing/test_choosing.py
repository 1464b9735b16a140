"""Which agent is asked first, and why."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing.choosing import Candidate, Rule, choose
from tests.cast import MONDAY

ADA, BO, GRACE = 7, 8, 9


def idle(agent_id: int, minutes: int, *, room: int = 100, **facts: Any) -> Candidate:
    return Candidate(agent_id, room, MONDAY - timedelta(minutes=minutes), **facts)


def chosen(*candidates: Candidate, rule: Rule = Rule.LONGEST_IDLE, preferred: int | None = None) -> int | None:
    choice = choose(rule, candidates, needed=25, now=MONDAY, preferred=preferred)
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


def test_a_queue_may_ask_whoever_has_the_largest_share_of_room() -> None:
    """Ada's 60 of 100 are less than Bo's 40 of 50; the longer idle among equals."""
    assert BO == chosen(idle(ADA, 9, room=60), idle(BO, 5, room=40, pool=50), rule=Rule.MOST_SPARE)
    assert ADA == chosen(idle(ADA, 9, room=50), idle(BO, 5, room=50), rule=Rule.MOST_SPARE)


def test_what_may_be_laid_aside_is_in_their_hands_all_the_same() -> None:
    """Ada has 60 of mails, so that her room for a chat is the whole pool; Bo has nothing."""
    assert BO == chosen(idle(ADA, 9, aside=60), idle(BO, 5), rule=Rule.MOST_SPARE)
    assert ADA == chosen(idle(ADA, 9, aside=60), idle(BO, 5))


def test_who_is_only_named_is_not_asked() -> None:
    """Bo is idle for longest, and is not among those who are looked at now."""
    choice = choose(
        Rule.LONGEST_IDLE, [idle(ADA, 5)], needed=25, now=MONDAY, besides=[idle(BO, 9), idle(GRACE, 9, room=0)]
    )

    assert choice is not None
    assert (ADA, [{"agent": GRACE, "why": "full"}]) == (choice.agent_id, choice.reason["passed"])


def test_a_queue_may_go_round() -> None:
    """Who was never given anything comes first, then who was given something longest ago, however idle."""
    lately, earlier = MONDAY - timedelta(minutes=1), MONDAY - timedelta(minutes=2)
    ada, bo, grace = idle(ADA, 9, given_at=lately), idle(BO, 5, given_at=earlier), idle(GRACE, 1)

    assert GRACE == chosen(ada, bo, grace, rule=Rule.ROUND_ROBIN)
    assert BO == chosen(ada, bo, rule=Rule.ROUND_ROBIN)


def test_whom_the_customer_knows_is_asked_before_the_others_but_not_beyond_their_room() -> None:
    assert ADA == chosen(idle(ADA, 1, ringing=1), idle(BO, 9), preferred=ADA)
    assert BO == chosen(idle(ADA, 1, room=24), idle(BO, 9), preferred=ADA)


def test_who_lacks_a_skill_or_is_meant_for_older_work_is_not_asked() -> None:
    assert ADA == chosen(idle(ADA, 5), idle(BO, 9, lacks=True), idle(GRACE, 9, early=True))


def test_the_choice_says_why() -> None:
    choice = choose(
        Rule.LONGEST_IDLE,
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


A_FLOOR = [idle(n, n % 3, room=25 * (n % 5), refused=n % 4 == 0, lacks=n % 7 == 1) for n in range(12)]


@given(st.permutations(A_FLOOR), st.sampled_from(Rule), st.sampled_from([None, *range(12)]))
def test_the_order_of_the_question_does_not_matter(candidates: list[Candidate], rule: Rule, known: int | None) -> None:
    assert chosen(*A_FLOOR, rule=rule, preferred=known) == chosen(*candidates, rule=rule, preferred=known)


@given(st.lists(st.sampled_from(A_FLOOR), unique=True), st.sampled_from(Rule))
def test_somebody_is_asked_exactly_when_somebody_can(candidates: list[Candidate], rule: Rule) -> None:
    able = {one.agent_id for one in candidates if one.room >= 25 and not one.refused and not one.lacks}
    assert (chosen(*candidates, rule=rule) in able) if able else (chosen(*candidates, rule=rule) is None)


def test_a_clock_that_went_back_shows_no_negative_idleness() -> None:
    early: datetime = MONDAY - timedelta(hours=1)
    choice = choose(Rule.LONGEST_IDLE, [idle(ADA, 5)], needed=25, now=early)
    assert choice is not None
    assert 0 == choice.reason["idle"]
