"""Who may open a line, what may be said on it, and how much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import chat.socket
from chat.limits import SLOW_DOWN, ChatLimits
from tests.chat.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.mark.parametrize("origin", ["https://shop.example.com", "null", "http://localhost", "http://127.0.0.1"])
async def test_only_our_own_frame_may_open_a_line(house: House, origin: str) -> None:
    """A sibling, a look-alike, another port, no origin at all: refused before anything is said."""
    with pytest.raises(Exception, match="403"):
        await house.silent_line(origin=origin)


async def test_an_unknown_token_is_told_to_begin_anew(house: House) -> None:
    for token in ("", "guess", "x" * 500):
        assert 4401 == await (await house.line(token)).closed()


async def test_a_token_that_ran_out_is_unknown(house: House) -> None:
    token = await house.token()
    house.clock.moves(days=31)
    assert 4401 == await (await house.line(token)).closed()


async def test_whoever_says_something_before_hello_is_shown_out(house: House) -> None:
    line = await house.silent_line()
    await line.say("c-1", "Hello?")
    assert 4408 == await line.closed()


async def test_silence_instead_of_hello_ends_the_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat.socket, "HELLO_SECONDS", 0.01)
    assert 4408 == await (await house.silent_line()).closed()


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[1]",
        "null",
        '{"typing": true, "seen": {"seq": 1}}',
        '{"say": {"text": "no id"}}',
        "[" * 30 + "]" * 30,
        b"\x00",
    ],
)
async def test_a_malformed_frame_ends_the_line_and_is_counted(house: House, bad: str | bytes) -> None:
    line, _ = await house.chat(await house.token())
    await line.send(bad)
    assert (1007, 1) == (await line.closed(), house.lobby.malformed)


async def test_a_frame_larger_than_any_message_ends_the_line(house: House) -> None:
    line, _ = await house.chat(await house.token())
    await line.say("c-2", "x" * 70_000)
    assert 1009 == await line.closed()


async def test_what_is_not_ours_is_ignored_and_counted(house: House) -> None:
    line, _ = await house.chat(await house.token())
    await line.send({"dance": {"id": 1}})
    await line.send({})
    await line.silence()
    assert 2 == house.lobby.ignored


async def test_too_fast_is_asked_to_wait_and_loses_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path, limits=ChatLimits(send_per_10s=3)) as house:
        line, ticket = await house.chat(await house.token(lang="zh"))
        for n in range(2, 6):
            await line.say(f"c-{n}", "Hello?")
        refused = [(await line.until("refused"))["refused"] for _ in range(2)]
        await line.silence()
        assert [f"[zh] {SLOW_DOWN}"] * 2 == [refusal["says"] for refusal in refused]
        assert ["c-4", "c-5"] == [refusal["id"] for refusal in refused]
        assert all(0 < refusal["retry_after"] <= 3.4 for refusal in refused)
        assert 3 == (await house.ticket(ticket)).last_seq


async def test_a_refusal_is_a_sentence_in_the_visitors_language(house: House) -> None:
    line, _ = await house.chat(await house.token(lang="zh"))
    await line.say("c-2", "\u200b")
    refusal = (await line.until("refused"))["refused"]
    assert ("c-2", "[zh] The message is empty.", None) == (refusal["id"], refusal["says"], refusal["retry_after"])


async def test_five_tabs_are_fine_and_the_sixth_is_not(house: House) -> None:
    token = await house.token()
    lines = [await house.line(token) for _ in range(5)]
    for line in lines:
        await line.until("welcome")
    assert 4429 == await (await house.line(token)).closed()
    await lines[0].close()


async def test_connecting_over_and_over_is_slowed_down(tmp_path: Path) -> None:
    async with open_house(tmp_path, limits=ChatLimits(connects_per_minute_per_address=2)) as house:
        token = await house.token()
        for _ in range(2):
            await (await house.line(token)).until("welcome")
        assert 4429 == await (await house.silent_line()).closed()
