"""A visitor's line: everything said arrives once and in order, on both sides, whatever happens to the line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from chat.limits import ChatLimits
from chat.visitor import Visitor
from tests.chat.house import House, open_house
from tests.elsewhere import elsewhere
from tickets import by_hand
from tickets.text import clean_text, is_blank


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def test_the_first_words_are_confirmed_and_shown(house: House) -> None:
    line = await house.line(await house.token())
    hello = (await line.until("welcome"))["welcome"]
    assert (None, [], [], False, "e1") == (
        hello["chat"],
        hello["messages"],
        hello["notes"],
        hello["older"],
        hello["epoch"],
    )
    await line.say("c-1", "Where is my parcel?", name="Sam", topic="billing")
    ack = (await line.until("ack"))["ack"]
    chat = (await line.until("chat"))["chat"]
    shown = (await line.until("message"))["message"]
    assert ("c-1", 1) == (ack["id"], ack["seq"])
    assert ack["message"] == shown
    assert ("you", "Sam", "Where is my parcel?", "c-1") == (
        shown["from"],
        shown["name"],
        shown["text"],
        shown["client_id"],
    )
    assert ("waiting", "1001", None) == (chat["state"], chat["number"], chat["agent"])


async def test_an_answer_arrives_with_who_gave_it(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    await house.replies(ticket, "Hello Sam")
    answer = await line.until("message")
    while answer["message"]["from"] == "you":
        answer = await line.until("message")
    assert ("agent", "Ada", 2) == tuple(answer["message"][key] for key in ("from", "name", "seq"))
    assert "client_id" not in answer["message"]
    joined = (await line.until("note"))["note"]
    assert ("joined", "Ada") == (joined["kind"], joined["name"])
    assert ("talking", {"name": "Ada"}) == (
        (state := (await line.until("chat"))["chat"])["state"],
        state["agent"],
    )


async def test_a_note_is_never_shown(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    await house.notes(ticket, "He is angry")
    await house.replies(ticket, "One moment")
    await line.silence()
    assert "angry" not in str(line.heard)
    again = await house.line(await house.token())
    await again.until("welcome")
    assert "angry" not in str(again.heard)


async def test_many_are_under_way_and_confirmed_in_order(house: House) -> None:
    line, _ = await house.chat(await house.token())
    ids = [f"c-{n}" for n in range(2, 20)]
    for client_id in ids:
        await line.say(client_id, client_id)
    acks = [(await line.until("ack"))["ack"] for _ in ids]
    assert ids == [ack["id"] for ack in acks]
    assert list(range(2, 20)) == [ack["seq"] for ack in acks]


async def test_many_before_the_first_is_confirmed_make_one_ticket(house: House) -> None:
    line = await house.line(await house.token())
    for n in range(5):
        await line.say(f"c-{n}", f"{n}")
    acks = [(await line.until("ack"))["ack"] for _ in range(5)]
    assert [1, 2, 3, 4, 5] == [ack["seq"] for ack in acks]


async def test_a_resend_gets_the_same_confirmation_on_any_line(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    await line.say("c-2", "Anyone?")
    first = await line.until("ack")
    await line.close()
    again = await house.line(token)
    await again.say("c-2", "Anyone?")
    assert first == await again.until("ack")
    assert 2 == (await house.ticket(ticket)).last_seq
    await again.say("c-2", "Something else")
    refused = (await again.until("refused"))["refused"]
    assert ("c-2", None) == (refused["id"], refused["retry_after"])


async def test_what_was_missed_follows_in_order(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    cursor = max(frame.get("at", 0) for frame in [*line.heard, await line.until("message")])
    await line.close()
    for n in range(3):
        await house.replies(ticket, f"Answer {n}", client_id=f"a-{n}")
    again = await house.line(token, epoch="e1", cursor=cursor)
    assert {"resumed": {"epoch": "e1", "cursor": cursor}} == await again.next()
    texts = [(await again.until("message"))["message"]["text"] for _ in range(3)]
    assert ["Answer 0", "Answer 1", "Answer 2"] == texts
    positions = [frame["at"] for frame in again.heard if "at" in frame]
    assert sorted(positions) == positions


@pytest.mark.parametrize(
    "known",
    [{"epoch": "e0", "cursor": 1}, {"cursor": None}, {"epoch": None, "cursor": 3}, {"epoch": "e1", "cursor": 9999}],
)
async def test_who_cannot_be_told_everything_gets_the_whole(house: House, known: dict[str, Any]) -> None:
    """Another history, a place that it has not reached, no epoch, no cursor: never a part."""
    token = await house.token()
    line, ticket = await house.chat(token)
    await house.replies(ticket, "Hello Sam")
    await line.close()
    again = await house.line(token, **known)
    frame = await again.next()
    assert ["Hello?", "Hello Sam"] == [message["text"] for message in frame["welcome"]["messages"]]
    assert ["joined"] == [note["kind"] for note in frame["welcome"]["notes"]]
    assert [2] == [note["after"] for note in frame["welcome"]["notes"]]


async def test_a_client_in_doubt_says_hello_again_on_the_same_line(house: House) -> None:
    token = await house.token()
    line, _ = await house.chat(token)
    await line.send({"hello": {"token": token, "epoch": "e1", "cursor": 0}})
    assert 0 == (await line.until("resumed"))["resumed"]["cursor"]
    assert "Hello?" == (await line.until("message"))["message"]["text"]
    await line.send({"hello": {"token": token}})
    assert 1 == len((await line.until("welcome"))["welcome"]["messages"])
    await line.send({"hello": {"token": await house.token()}})
    assert 4401 == await line.closed()


async def test_a_second_tab_learns_of_the_chat_and_hears_it(house: House) -> None:
    token = await house.token()
    other = await house.line(token)
    await other.until("welcome")
    await house.chat(token)
    shown = (await other.until("welcome"))["welcome"]
    assert ["Hello?"] == [message["text"] for message in shown["messages"]]
    await house.replies(shown["chat"]["ticket"], "Hello Sam")
    while (await other.until("message"))["message"]["text"] != "Hello Sam":
        pass


async def test_the_outsider_hears_nothing(house: House) -> None:
    """Mallory has a token of her own, Sam's cursor, and his ticket's number."""
    line, ticket = await house.chat(await house.token(), "My card is 4111")
    mallory = await house.line(await house.token(), epoch="e1", cursor=0)
    await mallory.until("welcome")
    await mallory.say("c-1", f"I am on ticket {ticket}")
    await mallory.until("ack")
    await house.replies(ticket, "Thank you, Sam")
    await line.silence()
    await mallory.silence()
    assert "4111" not in str(mallory.heard)
    assert "Thank you" not in str(mallory.heard)


async def test_typing_is_whispered_both_ways(house: House) -> None:
    heard: list[tuple[str, object]] = []
    house.feed._bus.listen(rung=lambda: None, whispered=lambda topic, frame: heard.append((topic, frame)))
    line, ticket = await house.chat(await house.token())
    house.feed.whisper(f"chat:{ticket}", {"typing": {"name": "Ada", "on": True}})
    assert {"name": "Ada", "on": True} == (await line.until("typing"))["typing"]
    await line.send({"typing": True})
    await line.silence()
    whisper = {"kind": "typing", "ticket": ticket, "on": True, "agent": None, "name": "Sam"}
    assert (f"ticket:{ticket}", {"whisper": whisper}) in heard


async def test_seeing_ending_and_rating_are_confirmed_and_shown(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    await house.replies(ticket, "Hello Sam")
    await line.until("note")
    await line.send({"seen": {"seq": 2}})
    await house.desk.change(by_hand.see, ticket, 2, by=house.ada.actor)
    await line.send({"end": {"id": "e-1"}})
    await line.send({"rate": {"id": "r-1", "score": 5, "comment": "Quick"}})
    acks = [(await line.until("ack"))["ack"] for _ in range(2)]
    assert [("e-1", None, None), ("r-1", None, None)] == [(ack["id"], ack["seq"], ack["message"]) for ack in acks]
    while (state := (await line.until("chat"))["chat"])["rated"] is None:
        pass
    assert ("ended", 5) == (state["state"], state["rated"])
    kept = await house.ticket(ticket)
    assert (False, 2) == (kept.live, kept.customer_seen)


async def test_a_value_that_cannot_be_is_refused_in_words_and_the_line_goes_on(house: House) -> None:
    """A rating of 9, 60 files: no fault of the frame, so nothing else that is under way may suffer."""
    line, _ = await house.chat(await house.token(lang="zh"))
    await line.send({"end": {"id": "e-1"}})
    await line.send({"rate": {"id": "r-1", "score": 9}})
    assert "e-1" == (await line.until("ack"))["ack"]["id"]
    refused = (await line.until("refused"))["refused"]
    assert ("r-1", "[zh] A rating is from 1 to 5.", None) == (refused["id"], refused["says"], refused["retry_after"])

    await line.say("c-2", "All of them", files=list(range(1, 61)))
    assert "c-2" == (await line.until("refused"))["refused"]["id"]
    await line.send({"rate": {"id": "r-2", "score": 4}})
    assert "r-2" == (await line.until("ack"))["ack"]["id"]


async def test_a_new_chat_after_the_end_is_another_ticket_on_the_same_line(house: House) -> None:
    line, ticket = await house.chat(await house.token())
    await line.send({"end": {"id": "e-1"}})
    await line.until("ack")
    await line.say("c-2", "Another thing")
    assert 1 == (await line.until("ack"))["ack"]["seq"]
    while (state := (await line.until("chat"))["chat"])["ticket"] == ticket:
        pass
    assert "waiting" == state["state"]
    await house.replies(state["ticket"], "Yes?")
    while (await line.until("message"))["message"]["text"] != "Yes?":
        pass


async def test_a_name_and_a_page_are_kept(house: House) -> None:
    line, _ = await house.chat(await house.token())
    await line.send({"page": {"url": "https://shop.example.com/tea", "title": "Tea"}})
    await line.send({"who": {"id": "w-1", "name": "Sam Okafor", "email": "sam@example.com"}})
    await line.until("ack")
    row = await house.desk.read(lambda session: session.exec(select(Visitor)).one())
    assert ("Sam Okafor", "sam@example.com", "Tea") == (row.name, row.email, row.page_title)


async def test_who_gives_name_after_name_is_asked_for_patience_and_may_go_on_under_the_last(house: House) -> None:
    line, _ = await house.chat(await house.token())
    for n in range(9):
        await line.send({"who": {"id": f"w-{n}", "name": f"Sam {n}"}})
        await line.until("ack")
    await line.send({"who": {"id": "w-9", "name": "Sam 9"}})
    assert 300 < (await line.until("refused"))["refused"]["retry_after"] <= 360
    await line.say("c-2", "Is it late?", email="sam@example.com")
    assert "c-2" == (await line.until("refused"))["refused"]["id"]
    await line.say("c-3", "Is it late?", name="Sam 8")
    assert "c-3" == (await line.until("ack"))["ack"]["id"]


async def test_goodbye_is_said_before_the_house_closes(house: House) -> None:
    line, _ = await house.chat(await house.token())
    for outbox in list(house.feed.outboxes):
        outbox.put_object({"bye": {"retry_after": 2.5}})
        outbox.close(1012)
    assert 2.5 == (await line.until("bye"))["bye"]["retry_after"]
    assert 1012 == await line.closed()


async def test_a_visitor_comes_and_a_closed_tab_leaves_them_to_the_grace(house: House) -> None:
    line, _ = await house.chat(await house.token())
    row = await house.desk.read(lambda session: session.exec(select(Visitor)).one())
    assert row.connected
    await line.close()
    assert row.away_due is not None
    assert 60 == (row.away_due - house.clock.now()).total_seconds()


async def test_naughty_strings_come_back_as_they_were_sent(tmp_path: Path) -> None:
    """big-list-of-naughty-strings, as what is said: equal after NFC; what nobody could see is refused."""
    strings = json.loads(elsewhere("strings/blns.json", cases=515).read_text())
    limits = ChatLimits(send_per_10s=2000, send_per_hour=2000, send_per_minute_per_address=2000)
    async with open_house(tmp_path, limits=limits) as house:
        line, _ = await house.chat(await house.token())
        for n, string in enumerate(strings):
            await line.say(f"n-{n}", string)
            answer = await line.next()
            while not {"ack", "refused"} & set(answer):
                answer = await line.next()
            if "ack" in answer:
                assert clean_text(string) == answer["ack"]["message"]["text"]
                assert "\ufffd" in clean_text(string) or unicodedata.normalize("NFC", string) == clean_text(string)
            else:
                assert is_blank(clean_text(string)), string
