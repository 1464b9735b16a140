"""Passwords: which ones are taken, and that nothing is learned from how they are refused."""

import pytest

from server.auth.common import COMMON
from server.auth.passwords import LONGEST, Cost, Passwords, good_enough
from tests.server.doorstep import CHEAP
from tickets.errors import Refused


async def test_the_right_password_opens_and_no_other_does() -> None:
    kept = await CHEAP.hashed("three quiet rivers")

    assert (await CHEAP.check(kept, "three quiet rivers")).good
    assert not (await CHEAP.check(kept, "three quiet river")).good
    assert not (await CHEAP.check(kept, "")).good


async def test_a_keyboard_that_spells_letters_otherwise_opens_too() -> None:
    """RFC 8265: the same letters, composed or not, are the same password."""
    kept = await CHEAP.hashed("crème brûlée")

    assert (await CHEAP.check(kept, "cre\u0300me bru\u0302le\u0301e")).good


async def test_nobody_s_password_is_never_right() -> None:
    assert not (await CHEAP.check("", "three quiet rivers")).good
    assert not (await CHEAP.check("no hash at all", "three quiet rivers")).good


async def test_a_hash_of_another_cost_is_renewed_when_its_owner_comes() -> None:
    old = await Passwords(Cost(memory=16, passes=2)).hashed("three quiet rivers")

    checked = await CHEAP.check(old, "three quiet rivers")

    assert checked.renewed is not None
    assert (await CHEAP.check(checked.renewed, "three quiet rivers")).good
    assert (await CHEAP.check(checked.renewed, "three quiet rivers")).renewed is None


async def test_an_endless_password_is_never_hashed() -> None:
    """CVE-2023-30082: ten megabytes kept a core busy."""
    kept = await CHEAP.hashed("three quiet rivers")
    hashed = CountingHasher(CHEAP)

    assert not (await hashed.check(kept, "a" * 10_000_000)).good
    assert not (await hashed.check(kept, "字" * 400)).good
    assert 0 == hashed.count


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "Use at least {n} characters."),
        ("a" * (LONGEST + 1), "This password is too long."),
        ("字" * 400, "This password is too long."),
        ("password123", "This password is easy to guess. Choose another one."),
        ("PASSWORD123", "This password is easy to guess. Choose another one."),
        ("aaaaaaaaaaaa", "This password is easy to guess. Choose another one."),
        ("121212121212", "This password is easy to guess. Choose another one."),
        ("ada@frontdesk.example", "This password is easy to guess. Choose another one."),
        ("Ada Lovelace", "This password is easy to guess. Choose another one."),
    ],
)
def test_what_is_refused_is_refused_with_the_reason(password: str, says: str) -> None:
    assert says == what_is_wrong(password)


@pytest.mark.parametrize("password", ["three quiet rivers", "三条安静的河流过村庄", "x7#kQ2!pLm", "ten letter"])
def test_any_script_and_any_sentence_will_do(password: str) -> None:
    assert "" == what_is_wrong(password)


def test_the_list_holds_only_what_the_other_rules_let_through() -> None:
    assert 150 < len(COMMON)
    assert all(word == word.casefold() for word in COMMON)


def what_is_wrong(password: str) -> str:
    """What Ada is told of it; empty where it will do."""
    try:
        good_enough(password, person=("Ada Lovelace", "ada@frontdesk.example"))
    except Refused as refused:
        return refused.says
    return ""


class CountingHasher(Passwords):
    """Counts how often it had to work."""

    def __init__(self, like: Passwords) -> None:
        super().__init__(Cost(memory=8, passes=1))
        self.count = 0

    def _check(self, kept: str, password: bytes) -> object:  # type: ignore[override]
        self.count += 1
        return super()._check(kept, password)
