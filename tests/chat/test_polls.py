"""A visitor's line without a socket: the same frames, in requests that are answered when there is something to tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from chat.site import SiteForm, edit_site
from chat.visitor import Visitor, left
from tests.chat.house import Frame, House, open_house
from tickets.polling import web


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


class Polls:
    """A visitor's browser that asks again and again, and keeps its place."""

    def __init__(self, house: House, token: str) -> None:
        self.house = house
        self.token = token
        self.place: dict[str, Any] = {"epoch": None, "cursor": None, "ticket": None}
        self.heard: list[Frame] = []

    async def asks(self, *said: Frame, wait: bool = True) -> list[Frame]:
        """One request; what it was answered with."""
        answer = await self.post({"frames": [{"hello": self.place}, *said], "wait": wait})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        for frame in told["frames"]:
            self._hears(frame)
        self.place["epoch"] = told["epoch"]
        if told["cursor"] is not None:
            self.place["cursor"] = max(self.place["cursor"] or 0, told["cursor"])
        return list(told["frames"])

    def _hears(self, frame: Frame) -> None:
        self.heard.append(frame)
        state = frame.get("welcome", frame)
        if "chat" in state:
            self.place["ticket"] = state["chat"] and state["chat"]["ticket"]
        self.place["cursor"] = frame.get("at", state.get("cursor", self.place["cursor"]))

    async def post(self, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.house.http.post("/chat/v1/poll", json=body, headers=headers)

    async def says(self, client_id: str, text: str, **more: Any) -> list[Frame]:
        return await self.asks({"say": {"id": client_id, "text": text, **more}})

    def texts(self) -> list[str]:
        """What stands on the screen: each message once, in its order."""
        messages = {}
        for frame in self.heard:
            for message in [*frame.get("welcome", {}).get("messages", []), frame.get("message")]:
                if message is not None:
                    messages[message["seq"]] = message["text"]
            if frame.get("ack", {}).get("message"):
                messages[frame["ack"]["seq"]] = frame["ack"]["message"]["text"]
        return [text for _, text in sorted(messages.items())]


async def polling(house: House, *, lang: str = "en") -> Polls:
    polls = Polls(house, await house.token(lang=lang))
    await polls.asks()
    return polls


def of(frames: list[Frame], kind: str) -> list[Any]:
    return [frame[kind] for frame in frames if kind in frame]


async def until(true: Callable[[], object]) -> None:
    """Until the desk has come as far."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110  (it has no event of its own)
            await asyncio.sleep(0.005)


async def the_visitor(house: House) -> Visitor:
    return await house.desk.read(lambda session: session.exec(select(Visitor)).one())


async def test_the_first_request_is_answered_with_the_whole(house: House) -> None:
    polls = await polling(house)
    (welcome,) = of(polls.heard, "welcome")
    assert (None, [], "e1") == (welcome["chat"], welcome["messages"], welcome["epoch"])
    assert {"epoch": "e1", "cursor": welcome["cursor"], "ticket": None} == polls.place


async def test_what_is_said_is_confirmed_and_what_follows_comes_along_or_with_the_next(house: House) -> None:
    polls = await polling(house)
    (ack,) = of(await polls.says("c-1", "Where is my parcel?", name="Sam"), "ack")
    assert ("c-1", 1, "Where is my parcel?") == (ack["id"], ack["seq"], ack["message"]["text"])
    while not of(polls.heard, "chat"):
        await polls.asks()
    assert ["waiting"] == [chat["state"] for chat in of(polls.heard, "chat")]
    assert ["Where is my parcel?"] == polls.texts()


async def test_an_answer_comes_while_the_request_waits(house: House) -> None:
    polls = await polling(house)
    await polls.says("c-1", "Hello?")
    ticket = (await the_visitor(house)).ticket_id
    assert ticket is not None
    waiting = asyncio.create_task(polls.asks())
    await house.replies(ticket, "Hello Sam")
    await waiting
    while "Hello Sam" not in polls.texts():
        await polls.asks()
    assert ["Hello?", "Hello Sam"] == polls.texts()


async def test_what_was_missed_between_two_requests_follows_in_order(house: House) -> None:
    polls = await polling(house)
    await polls.says("c-1", "Hello?")
    ticket = (await the_visitor(house)).ticket_id
    assert ticket is not None
    for n in range(3):
        await house.replies(ticket, f"Answer {n}", client_id=f"a-{n}")
    found = await polls.asks()
    assert "resumed" in found[0]
    assert sorted(positions := [frame["at"] for frame in found if "at" in frame]) == positions
    assert ["Hello?", "Answer 0", "Answer 1", "Answer 2"] == polls.texts()


async def test_nothing_new_is_said_after_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place goes on with the log, so that whoever only listens never falls behind."""
    sam, priya = await polling(house), await polling(house)
    await sam.says("c-1", "Hello?")
    while not of(sam.heard, "chat"):
        await sam.asks()
    places = sam.place["cursor"], priya.place["cursor"]
    await house.chat(await house.token())  # somebody else's
    monkeypatch.setattr(web, "WAITS", 0.01)
    assert ["resumed"] == [key for frame in await sam.asks() for key in frame]
    assert ["resumed"] == [key for frame in await priya.asks() for key in frame]
    assert places < (sam.place["cursor"], priya.place["cursor"])


async def test_a_chat_that_began_elsewhere_is_shown_whole(house: House) -> None:
    """In another tab, perhaps in another process: this one's place lies behind its beginning, and means nothing."""
    priya = await polling(house)
    waiting = asyncio.create_task(priya.asks())
    await until(lambda: len(house.lobby) == 1)
    _, ticket = await house.chat(priya.token)
    await waiting
    priya.place = {"epoch": "e1", "cursor": house.feed.cursor, "ticket": None}
    (welcome,) = of(await priya.asks(), "welcome")
    assert (ticket, ["Hello?"]) == (welcome["chat"]["ticket"], [said["text"] for said in welcome["messages"]])


async def test_whoever_does_not_want_to_wait_is_answered_at_once(house: House) -> None:
    """As after a break: what was missed, or the word that it was nothing."""
    polls = await polling(house)
    assert [{"resumed": {"epoch": "e1", "cursor": polls.place["cursor"]}}] == await polls.asks(wait=False)


async def test_several_things_said_at_once_are_confirmed_in_order_and_a_resend_gets_the_same(house: House) -> None:
    polls = await polling(house)
    said = [{"say": {"id": f"c-{n}", "text": f"{n}"}} for n in range(8)]
    first = of(await polls.asks(*said), "ack")
    assert [f"c-{n}" for n in range(8)] == [ack["id"] for ack in first]
    again = of(await polls.asks(*said[:5]), "ack")
    assert first[:5] == again
    (refused,) = of(await polls.says("c-3", "Something else"), "refused")
    assert ("c-3", None) == (refused["id"], refused["retry_after"])


async def test_a_place_that_this_log_does_not_hold_brings_the_whole(house: House) -> None:
    """After a copy was put back, and after too much was missed: never a part."""
    polls = await polling(house)
    await polls.says("c-1", "Hello?")
    for place in ({"epoch": "e0", "cursor": 1}, {"epoch": "e1", "cursor": 9999}, {"epoch": None, "cursor": 1}):
        polls.place |= place
        (welcome,) = of(await polls.asks(), "welcome")
        assert ["Hello?"] == [message["text"] for message in welcome["messages"]]


async def test_whoever_polls_is_present(house: House) -> None:
    polls = await polling(house)
    await polls.says("c-1", "Hello?")
    assert (await the_visitor(house)).connected
    house.clock.moves(minutes=2)
    assert await house.desk.change(left, (await the_visitor(house)).id, by="system")
    await polls.says("c-2", "Still there")
    row = await the_visitor(house)
    assert (True, house.clock.now()) == (row.connected, row.seen_at)


async def test_a_waiting_request_counts_as_a_line_and_leaves_nothing(house: House) -> None:
    polls = await polling(house)
    waiting = asyncio.create_task(polls.asks())
    await until(lambda: len(house.lobby) == 1)
    waiting.cancel()  # the browser hangs up
    await until(lambda: not house.feed.outboxes and len(house.lobby) == 0)


async def test_a_chat_goes_on_from_socket_to_polls_and_back(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    await line.say("c-2", "By socket")
    ack = await line.until("ack")
    await line.close()
    polls = Polls(house, token)
    polls.place |= {"epoch": "e1", "cursor": max(frame.get("at", 0) for frame in line.heard), "ticket": ticket}
    assert ack["ack"] in of(await polls.says("c-2", "By socket"), "ack")
    await polls.says("c-3", "By request")
    await house.replies(ticket, "I see both")
    again = await house.line(token, **polls.place)
    await again.until("resumed")
    while (await again.until("message"))["message"]["text"] != "I see both":
        pass


async def test_who_is_told_goodbye_is_told_when_to_come_back(house: House) -> None:
    polls = await polling(house)
    waiting = asyncio.create_task(polls.asks())
    await until(lambda: house.feed.outboxes)
    for outbox in list(house.feed.outboxes):
        outbox.put_object({"bye": {"retry_after": 2.5}})
        outbox.close(1012)
    assert [{"retry_after": 2.5}] == of(await waiting, "bye")


async def test_nobody_waits_at_a_house_that_closes(house: House) -> None:
    """A request that came after goodbye was said waited until the process was ended, and broke."""
    polls = await polling(house)
    house.closing.begin()

    answer = await polls.post({"frames": [{"hello": polls.place}]})
    assert (503, True) == (answer.status_code, "retry-after" in answer.headers)
    line = await house.silent_line()
    assert 1012 == await line.closed()
    assert [4.0] == [max(4.0, bye["retry_after"]) for bye in of(line.heard, "bye")]


async def test_who_was_on_their_way_in_is_told_as_well(house: House) -> None:
    """They had passed the door when it was shut, and nobody knew of them yet when goodbye was said."""
    house.feed.say_goodbye()
    polls = await polling(house)
    assert ["welcome", "bye"] == [key for frame in polls.heard for key in frame]
    line = await house.line(polls.token, **polls.place)
    assert 1012 == await line.closed()
    assert ["resumed", "bye"] == [key for frame in line.heard for key in frame]


async def test_half_a_pair_is_said_by_request_as_on_a_socket(house: House) -> None:
    """It was refused as no request at all, and sent again for ever."""
    polls = await polling(house)
    body = rb'{"frames": [{"hello": {}}, {"say": {"id": "c-1", "text": "Thanks \ud83d"}}], "wait": false}'
    headers = {"Authorization": f"Bearer {polls.token}", "Content-Type": "application/json"}
    answer = await house.http.post("/chat/v1/poll", content=body, headers=headers)
    (ack,) = of(answer.json()["frames"], "ack")
    assert "Thanks \ufffd" == ack["message"]["text"]


async def test_the_outsider_hears_nothing(house: House) -> None:
    """Mallory has a token of her own and Sam's place."""
    _, ticket = await house.chat(await house.token(), "My card is 4111")
    mallory = await polling(house)
    mallory.place = {"epoch": "e1", "cursor": 0, "ticket": ticket}
    await mallory.says("c-1", f"I am on ticket {ticket}")
    await house.replies(ticket, "Thank you, Sam")
    await mallory.says("c-2", "And?")
    assert "4111" not in str(mallory.heard)
    assert "Thank you" not in str(mallory.heard)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nobody", "Basic c2FtOnNlY3JldA=="])
async def test_a_token_that_nobody_knows_is_refused(house: House, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    answer = await house.http.post("/chat/v1/poll", json={"frames": [{"hello": {}}]}, headers=headers)
    assert (401, "This chat is no longer known here.") == (answer.status_code, answer.json()["says"])


async def test_a_token_in_the_frame_opens_nothing(house: House) -> None:
    body = {"frames": [{"hello": {"token": await house.token()}}]}
    assert 401 == (await house.http.post("/chat/v1/poll", json=body)).status_code


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"frames": []},
        {"frames": [{"say": {"id": "c-1", "text": "No hello"}}]},
        {"frames": [{"hello": {}}, {"say": {"id": 7}}]},
        {"frames": [{"hello": {}}, [1]]},
        {"frames": [{"hello": {"cursor": -1}}]},
        {"frames": [{"hello": {}}, *[{"typing": True}] * 40]},
        [],
        "hello",
    ],
)
async def test_what_is_no_request_of_ours_is_refused(house: House, body: object) -> None:
    assert 400 == (await (await polling(house)).post(body)).status_code


async def test_a_site_that_is_switched_off_answers_nobody(house: House) -> None:
    polls = await polling(house)
    off = SiteForm(key="tea", name="Tea", active=False)
    await house.desk.change(edit_site, (await the_visitor(house)).site_id, off, by="system")
    assert 403 == (await polls.post({"frames": [{"hello": polls.place}]})).status_code
