"""What a client may call the things that it sends, and what becomes of a character that no text can hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from chat.visitor import Visitor
from tests.chat.house import House, VisitorsLine, open_house

USABLE = ["c-1", "x" * 64, "a\u00a0b", "👩‍💻-1", "é-\u200d", "\u3000", "\u2028"]
UNUSABLE = ["a\0b", "tab\tid", "\x7f", "\x85", "a\ufffdb"]
NAMED: list[tuple[str, dict[str, Any]]] = [
    ("say", {"text": "Hello?"}),
    ("say", {"text": "Another thing", "new": True}),
    ("who", {"name": "Sam"}),
    ("end", {}),
    ("rate", {"score": 5}),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


async def answered(line: VisitorsLine, frame: dict[str, Any]) -> tuple[str, str]:
    await line.send(frame)
    while True:
        for kind, said in (await line.next()).items():
            if kind in {"ack", "refused"}:
                return kind, said["id"]


async def test_an_id_is_any_characters_but_controls_in_every_frame(house: House) -> None:
    """`end` took what `say` refused; and on PostgreSQL a NUL in one was a bug of ours."""
    for kind, facts in NAMED:
        line = await house.line(await house.token())
        for id in UNUSABLE:
            assert ("refused", id) == await answered(line, {kind: {"id": id, **facts}}), kind
        if kind == "rate":
            await answered(line, {"say": {"id": "first", "text": "Hello?"}})
            await answered(line, {"end": {"id": "last"}})
        for id in USABLE[:: 3 if kind == "who" else 1]:
            assert ("ack", id) == await answered(line, {kind: {"id": id, **facts}}), kind
        await line.close()


async def test_half_a_pair_makes_no_id(house: House) -> None:
    """Two of them became one and the same, and the second message was taken for the first, with other words."""
    line = await house.line(await house.token())
    assert ("refused", "\ufffdq") == await answered(line, '{"say": {"id": "\\ud800q", "text": "x"}}')  # type: ignore[arg-type]


async def test_a_letter_s_id_is_held_to_the_same(house: House) -> None:
    bearer = {"Authorization": f"Bearer {await house.token()}"}
    for id in UNUSABLE:
        body = {"client_id": id, "email": "sam@example.com", "text": "Call me"}
        answer = await house.http.post("/chat/v1/letters", json=body, headers=bearer)
        assert (422, "client_id") == (answer.status_code, answer.json()["field"])


async def test_nul_in_what_a_visitor_says_breaks_nothing(house: House) -> None:
    """No text of PostgreSQL holds one. It is kept as the mark for it, where it is kept at all."""
    token = await house.token()
    line = await house.line(token, epoch="e\0", cursor=1, lang="z\0h")
    await line.until("welcome")
    await line.send({"page": {"url": "http://shop/\0", "title": "T\0"}})
    said = {"id": "c-1", "text": "a\0b", "topic": "t\0", "name": "S\0m"}
    assert ("ack", "c-1") == await answered(line, {"say": said})
    await answered(line, {"who": {"id": "w-1", "email": "s\0@example.com"}})
    await answered(line, {"end": {"id": "e-1"}})
    assert ("ack", "r-1") == await answered(line, {"rate": {"id": "r-1", "score": 5, "comment": "c\0"}})

    kept = await house.desk.read(lambda session: session.exec(select(Visitor)).one())
    texts = [frame["ack"]["message"]["text"] for frame in line.heard if frame.get("ack", {}).get("message")]
    assert (["a\ufffdb"], "S\ufffdm") == (texts, kept.name)
    answer = await house.http.post("/chat/v1/visitors", json={"site": "\0", "lang": "en", "page": {}})
    assert 404 == answer.status_code
