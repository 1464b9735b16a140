"""Files of a visitor: taken within limits, saved or shown safely, and nobody else's."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.limits import ChatLimits
from tests.chat.house import House, open_house
from tests.chat.posting import an_agents_file, bearer, send, sent
from tests.tickets.files.pictures import HTML, PDF, SVG, ZIP, a_bomb, a_picture
from tickets.files import attachment
from tickets.files.web import sweep
from tickets.rules import Rules


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, rules=Rules(largest_file=1024 * 1024)) as house:
        yield house


async def test_a_file_goes_with_a_message_and_comes_back_as_a_download(house: House) -> None:
    token = await house.token()
    line, _ = await house.chat(token)
    file = await sent(house, token, b"Hello", name="../账单.txt")
    assert {"name": "账单.txt", "size": 5, "type": "text/plain", "inline": False} == {
        key: file[key] for key in ("name", "size", "type", "inline")
    }
    await line.say("c-2", "", files=[file["id"]])
    ack = (await line.until("ack"))["ack"]
    assert [file] == ack["message"]["files"]
    while not (shown := (await line.until("message"))["message"])["files"]:
        pass
    assert ack["message"] == shown
    answer = await house.http.get(f"/chat/v1/files/{file['id']}", headers=bearer(token))
    assert b"Hello" == answer.content
    assert "application/octet-stream" == answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox; default-src 'none'" == answer.headers["content-security-policy"]
    assert "private, no-store" == answer.headers["cache-control"]
    assert "nosniff" == answer.headers["x-content-type-options"]


async def test_a_picture_is_shown_as_we_drew_it(house: House) -> None:
    token = await house.token()
    file = await sent(house, token, a_picture(300, 200), name="tea.png", kind="image/png")
    assert (True, 300, 200, "image/png") == tuple(file[key] for key in ("inline", "width", "height", "type"))
    preview = await house.http.get(f"/chat/v1/files/{file['id']}/preview", headers=bearer(token))
    whole = await house.http.get(f"/chat/v1/files/{file['id']}", headers=bearer(token))
    assert ("image/png", "inline") == (preview.headers["content-type"], preview.headers["content-disposition"])
    assert ("application/octet-stream", a_picture(300, 200)) == (whole.headers["content-type"], whole.content)


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("drawing.svg", "image/svg+xml", SVG),
        ("drawing.png", "image/svg+xml", SVG),
        ("page.html", "text/html", HTML),
        ("bill.pdf", "application/pdf", PDF),
        ("things.zip", "application/zip", ZIP),
        ("bomb.png", "image/png", a_bomb()),
        ("half.png", "image/png", a_picture(400, 300)[:200]),
    ],
)
async def test_everything_else_is_only_saved(house: House, name: str, kind: str, content: bytes) -> None:
    token = await house.token()
    file = await sent(house, token, content, name=name, kind=kind)
    assert not file["inline"]
    assert 404 == (await house.http.get(f"/chat/v1/files/{file['id']}/preview", headers=bearer(token))).status_code
    answer = await house.http.get(f"/chat/v1/files/{file['id']}", headers=bearer(token))
    assert ("application/octet-stream", content) == (answer.headers["content-type"], answer.content)


async def test_what_we_cannot_take_is_said_in_a_sentence(house: House) -> None:
    token = await house.token()
    empty, large = await send(house, token, b""), await send(house, token, b"x" * (1024 * 1024 + 1))
    assert (422, "The file is empty.") == (empty.status_code, empty.json()["says"])
    assert (413, "Largest is 1 MB.") == (large.status_code, large.json()["says"])
    other = await house.http.post("/chat/v1/files", headers=bearer(token), json={"file": "x"})
    assert 415 == other.status_code
    assert [] == [path for path in house.store.folder.rglob("*") if path.is_file()]


async def test_the_same_upload_again_is_one_file(house: House) -> None:
    token = await house.token()
    assert await sent(house, token, b"tea") == await sent(house, token, b"tea")


async def test_the_outsider_gets_no_file(house: House) -> None:
    """Neither one that waits, nor one that was sent, nor one on a note; whatever number Mallory tries."""
    token, mallory = await house.token(), await house.token()
    line, ticket = await house.chat(token)
    await house.chat(mallory)
    waiting = await sent(house, token, b"secret", client_id="f-1")
    public = await sent(house, token, b"secret 2", client_id="f-2")
    await line.say("c-2", "Look", files=[public["id"]])
    await line.until("ack")
    noted = await house.desk.change(an_agents_file, house, by=house.ada.actor)
    await house.notes(ticket, "For us", files=[noted])
    for file_id in (waiting["id"], public["id"], noted, 10**15):
        for path in ("", "/preview"):
            answer = await house.http.get(f"/chat/v1/files/{file_id}{path}", headers=bearer(mallory))
            assert 404 == answer.status_code
    assert 404 == (await house.http.get(f"/chat/v1/files/{noted}", headers=bearer(token))).status_code
    stolen = await house.line(mallory)
    await stolen.say("c-9", "Mine", files=[waiting["id"]])
    assert "no longer here" in (await stolen.until("refused"))["refused"]["says"]


async def test_anan_agents_file_reaches_the_visitor(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token)
    file = await house.desk.change(an_agents_file, house, by=house.ada.actor)
    await house.replies(ticket, "Here it is", files=[file])
    while not (shown := (await line.until("message"))["message"])["files"]:
        pass
    assert [file] == [each["id"] for each in shown["files"]]
    assert 200 == (await house.http.get(f"/chat/v1/files/{file}", headers=bearer(token))).status_code


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-1", 206, b"te"),
        ("bytes=1-", 206, b"ea time"),
        ("bytes=-4", 206, b"time"),
        ("bytes=-99", 206, b"tea time"),
        ("bytes=2-99", 206, b"a time"),
        ("bytes=0-1,3-4", 200, b"tea time"),
        ("bytes=5-2", 200, b"tea time"),
        ("lines=1-2", 200, b"tea time"),
        ("bytes=" + "0-," * 1000, 200, b"tea time"),
    ],
)
async def test_one_part_of_a_file_may_be_asked_for(house: House, asked: str, status: int, content: bytes) -> None:
    token = await house.token()
    file = await sent(house, token, b"tea time")
    headers = bearer(token) | {"Range": asked}
    answer = await house.http.get(f"/chat/v1/files/{file['id']}", headers=headers)
    assert (status, content) == (answer.status_code, answer.content)


async def test_behind_the_end_there_is_nothing(house: House) -> None:
    token = await house.token()
    file = await sent(house, token, b"tea")
    for asked in ("bytes=3-", "bytes=-0"):
        headers = bearer(token) | {"Range": asked}
        assert 416 == (await house.http.get(f"/chat/v1/files/{file['id']}", headers=headers)).status_code


async def test_too_many_uploads_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path, limits=ChatLimits(uploads_per_hour=1)) as house:
        token = await house.token()
        await sent(house, token, b"tea")
        answer = await send(house, token, b"tea 2", client_id="f-2")
        assert (429, "Slow down a little. Your text is kept.") == (answer.status_code, answer.json()["says"])


async def test_an_upload_without_a_message_is_gone_after_its_hour(house: House) -> None:
    token = await house.token()
    file = await sent(house, token, b"tea")
    house.clock.moves(hours=1)
    assert await house.desk.change(attachment.forget, file["id"], by="system")
    for path in house.store.folder.glob("??/*"):
        os.utime(path, (0, 0))
    assert 1 == await sweep(house.desk, house.store)
    assert [] == [path for path in house.store.folder.rglob("*") if path.is_file()]
