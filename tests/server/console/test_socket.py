"""A console that comes back learns in its first frame where it stands, and whether it must load anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
import structlog
from starlette.datastructures import State
from starlette.websockets import WebSocket

from chat.protocol import OUR_FAULT, BadFrame
from server.console import line as console_line
from server.console.consoles import Consoles
from server.console.line import ConsoleLine, Frame, Hello, Open, _decode
from server.console.socket import live
from tests.server.ear import until
from tests.server.feeding import EPOCH, House, house
from tickets.edge import SignedIn
from tickets.errors import Unavailable, unavailable
from tickets.live import GONE
from tickets.people import Role

__all__ = ["house"]

ADA = SignedIn(id=7, name="Ada", role=Role.AGENT, language="en", session_id=1)
OVER = {"hello": {"epoch": EPOCH, "cursor": 3}, "reload": {}}


@pytest.mark.parametrize(
    ("epoch", "cursor", "told"),
    [
        (EPOCH, 1, {"hello": {"epoch": EPOCH, "cursor": 1}}),
        (EPOCH, 3, {"hello": {"epoch": EPOCH, "cursor": 3}}),
        (EPOCH, 4, OVER),
        ("the one before the copy was put back", 1, OVER),
    ],
)
async def test_a_place_is_renamed_in_the_frame_that_says_what_becomes_of_it(
    house: House,
    epoch: str,
    cursor: int,
    told: dict[str, Any],
) -> None:
    """It used to take two: a line that broke between them left an old place under the new name, as if it were one."""
    await house.happens(1, 2, 3)
    await house.steps()
    line = ConsoleLine(NoWire(), State({"language": "en", "agent": ADA, "feed": house.feed}))

    await line._follow(Open(cursor=cursor), epoch=epoch)

    assert [told] == [json.loads(frame) for frame in line.outbox._frames]


async def test_no_position_overtakes_what_was_missed(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line that broke between the two left its console with a place behind swaps that it never got."""
    monkeypatch.setattr(console_line, "HEARTBEAT_SECONDS", 0.001)
    beats, asked, may, read = [0], asyncio.Event(), asyncio.Event(), house.desk.read

    async def still_signed_in(_: int) -> bool:
        beats[0] += 1
        return True

    async def slowly(*question: Any) -> Any:
        if question[0] == house.feed._missed._filled:
            asked.set()
            await may.wait()
        return await read(*question)

    monkeypatch.setattr(house.desk, "read", slowly)
    await house.happens(1, 1)
    await house.steps()
    consoles = SimpleNamespace(glances=lambda *_: False)
    around = {"language": "en", "agent": ADA, "feed": house.feed, "consoles": consoles}
    line = ConsoleLine(NoWire(), State({**around, "still_signed_in": still_signed_in}), lasts=False)

    beating = asyncio.create_task(line._heartbeat())
    follows = asyncio.create_task(line._follow(Open(ticket=1, cursor=0), epoch=EPOCH))
    await asked.wait()
    before = beats[0]
    await until(lambda: beats[0] >= before + 3)
    assert [] == list(line.outbox._frames)

    may.set()
    await follows
    await until(lambda: len(line.outbox._frames) > 3)
    beating.cancel()
    told = [json.loads(frame) for frame in line.outbox._frames]
    assert [{"hello": {"epoch": EPOCH, "cursor": 0}}, 1, 2, {"position": 2}] == told[:4]


async def away(*_: object, **__: object) -> Any:
    """A question to a database that is away."""
    raise unavailable()


async def broken(*_: object, **__: object) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize(("question", "logged"), [(away, []), (broken, ["error"])])
@pytest.mark.parametrize("asks", ["open", "heartbeat"])
async def test_a_line_that_cannot_go_on_ends_by_a_fault_of_ours(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    question: Any,
    logged: list[str],
    asks: str,
) -> None:
    """It broke off without a word, as if its console had left; and nobody read of a bug."""
    monkeypatch.setattr(console_line, "HEARTBEAT_SECONDS", 0.001 if asks == "heartbeat" else 60)
    around = {"language": "en", "agent": ADA, "feed": house.feed, "still_signed_in": question}
    word = b'{"open": {"ticket": 2, "cursor": 0}}' if asks == "open" else b"{}"
    wire = OneWord(word, first=lambda: monkeypatch.setattr(house.feed._missed, "since", question))
    line = ConsoleLine(wire, State({**around, "consoles": Consoles(house.desk)}), lasts=False)

    with structlog.testing.capture_logs() as said:
        assert OUR_FAULT == await line.run(Hello(open=Open(board=True)))

    assert logged == [entry["log_level"] for entry in said]
    assert not house.feed.outboxes


async def test_a_console_that_cannot_come_in_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try during an outage left an outbox that nobody read, and that the feed filled from then on."""
    monkeypatch.setattr(house.desk, "change", away)
    around = {"language": "en", "agent": ADA, "feed": house.feed, "consoles": Consoles(house.desk)}

    with pytest.raises(Unavailable):
        await ConsoleLine(NoWire(), State(around)).run(Hello())

    assert not house.feed.outboxes


class OneWord:
    """A console that says this, and then nothing; `first` comes before its word is heard."""

    post = None

    def __init__(self, word: bytes, *, first: Callable[[], None]) -> None:
        self._words = [word]
        self._first = first

    async def receive(self) -> bytes:
        while not self._words:
            await asyncio.Event().wait()
        self._first()
        return self._words.pop()

    async def send(self, frame: bytes) -> None:
        pass


@pytest.mark.parametrize("number", [-1, 10**18, 10**30])
@pytest.mark.parametrize(
    "frame",
    [
        '{{"open": {{"ticket": {}}}}}',
        '{{"open": {{"cursor": {}}}}}',
        '{{"typing": {{"ticket": {}}}}}',
        '{{"hello": {{"ticket": "t", "open": {{"ticket": {}}}}}}}',
    ],
)
def test_a_number_that_the_database_cannot_hold_is_no_ticket(frame: str, number: int) -> None:
    """One console that followed such a ticket used to keep every event from every screen of the house."""
    assert Frame() != _decode(frame.format(42))
    with pytest.raises(msgspec.ValidationError):
        _decode(frame.format(number))


async def test_what_is_no_text_is_ignored(house: House) -> None:
    """It broke the line off, without a word."""
    around = {"language": "en", "agent": ADA, "feed": house.feed, "consoles": Consoles(house.desk)}
    no_text = [BadFrame("not text")]

    def first() -> None:
        if no_text:
            raise no_text.pop()

    wire = OneWord(b'{"open": {"ticket": 2, "cursor": 0}}', first=first)
    line = ConsoleLine(wire, State(around))

    running = asyncio.create_task(line.run(Hello(open=Open(board=True))))
    await until(lambda: line._open.ticket == 2)
    line.finish(GONE)
    await running


class NoWire:
    """Nobody is at the other end, and nothing is said."""

    post = None

    async def receive(self) -> str:
        raise AssertionError("nobody is there to be heard")

    async def send(self, frame: bytes) -> None:
        raise AssertionError("nobody is there to be told")


class HungUp:
    """A console that is gone before it said hello."""

    state = SimpleNamespace(agent=ADA)

    async def accept(self) -> None:
        pass

    async def receive(self) -> dict[str, Any]:
        return {"type": "websocket.disconnect", "code": 1001}


async def test_who_hangs_up_before_the_hello_is_no_fault() -> None:
    """It used to be written down as a request that failed."""
    await live(cast(WebSocket, HungUp()))
