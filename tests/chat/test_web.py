"""Beside the line: a visitor gets a token, the frame, their own files and their own words; nobody gets another's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from chat.limits import ChatLimits
from chat.site import Site, SiteForm, edit_site
from chat.visitor import hash_of
from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from tests.chat.house import House, open_house
from tests.chat.posting import bearer, sent
from tests.chat.shop import SHOP
from tests.elsewhere import elsewhere
from tickets.rules import Rules


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, rules=Rules(largest_file=1024 * 1024)) as house:
        yield house


# Visitors


async def test_a_visitor_gets_a_token_that_nobody_can_guess(house: House) -> None:
    tokens = {await house.token() for _ in range(10)}
    assert 10 == len(tokens)
    assert all(len(token) >= 43 for token in tokens)  # 256 bits


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lang": "en"}, "site"),
        ({"site": 7}, "site"),
        ({"site": "tea", "status": "resolved"}, "status"),
        ({"site": "tea", "page": {"url": 7}}, "page.url"),
        ({"site": "tea", "page": {"cookie": "x"}}, "cookie"),
    ],
)
async def test_what_does_not_belong_is_named(house: House, body: object, field: str) -> None:
    """No mass assignment: a field that is not asked for is refused, not stored."""
    answer = await house.http.post("/chat/v1/visitors", json=body)
    assert (422, field) == (answer.status_code, answer.json()["field"])


async def test_no_body_breaks_the_door(house: House) -> None:
    """JSONTestSuite: n_ is answered with 400, y_ and i_ with anything but a 5xx."""
    headers = {"Content-Type": "application/json"}
    for file in sorted(elsewhere("json/test_parsing", cases=318).glob("*.json")):
        answer = await house.http.post("/chat/v1/visitors", content=file.read_bytes(), headers=headers)
        fine = {"n": {400}, "y": {422}, "i": {400, 422}}[file.name[0]]
        assert answer.status_code in fine, file.name


async def test_only_json_is_read_as_json(house: House) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": kind} if kind else {}
        answer = await house.http.post("/chat/v1/visitors", content=b'{"site": "tea"}', headers=headers)
        assert 415 == answer.status_code


@pytest.mark.parametrize(
    "headers", [{"Origin": SHOP}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_page_makes_no_visitors(house: House, headers: dict[str, str]) -> None:
    assert 403 == (await house.http.post("/chat/v1/visitors", json={"site": "tea"}, headers=headers)).status_code


async def test_too_many_visitors_from_one_address_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path, limits=ChatLimits(visitors_per_hour_per_address=2)) as house:
        for _ in range(2):
            await house.token()
        answer = await house.http.post("/chat/v1/visitors", json={"site": "tea"})
        assert (429, "1800") == (answer.status_code, answer.headers["retry-after"])
        assert 1700 < answer.json()["retry_after"] <= 1800


@pytest.mark.parametrize("token", ["guess", "Bearer", "x" * 5000])
@pytest.mark.parametrize("path", ["/transcript", "/files/1", "/files/1/preview"])
async def test_without_a_token_there_is_nothing(house: House, token: str, path: str) -> None:
    await house.chat(await house.token())
    for headers in (bearer(token), {"Authorization": token}, {"Authorization": f"Basic {token}"}, {}):
        assert 401 == (await house.http.get(f"/chat/v1{path}", headers=headers)).status_code
    assert 401 == (await house.http.get(f"/chat/v1{path}?token={token}")).status_code


# The frame and the launcher


async def test_the_frame_stands_only_on_the_sites_pages(house: House) -> None:
    answer = await house.http.get("/chat/v1/frame/tea", params={"lang": "zh-CN"})
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors {SHOP};" in policy
    assert "x-frame-options" not in answer.headers
    assert "cross-origin" == answer.headers["cross-origin-resource-policy"]
    data = json.loads(answer.text.split(">", 1)[1].removesuffix("</script>"))
    assert ("tea", "zh", True, 1024 * 1024, 10_000, "/chat/v1") == tuple(
        data[key] for key in ("site", "lang", "open", "largest_bytes", "longest", "api")
    )
    assert [{"key": "billing", "name": "账单"}] == data["prechat"]["topics"]
    assert {"site", "name", "colour", "lang", "languages", "open", "now", "greeting", "hours_text", "offline_text"} | {
        "forms",
        "prechat",
        "largest_bytes",
        "longest",
        "api",
    } == set(data)


async def test_an_unknown_site_has_no_frame(house: House) -> None:
    answer = await house.http.get("/chat/v1/frame/coffee")
    assert 404 == answer.status_code
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_site_that_is_not_shown_answers_as_an_unknown_one(house: House) -> None:
    site = (await house.desk.read(lambda session: session.exec(select(Site)).all()))[0]
    hidden = SiteForm(key=site.key, name=site.name, active=False)
    await house.desk.change(edit_site, site.id, hidden, by="agent:1")

    answer = await house.http.get("/chat/v1/frame/tea")

    assert 404 == answer.status_code
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_the_frame_says_whether_anybody_is_in(tmp_path: Path) -> None:
    """On a Monday at nine, a desk that opens at ten is closed."""
    async with open_house(tmp_path) as house:
        hours = BusinessCalendar("UTC", (((600, 1080),),) * 7)
        calendar = await house.desk.change(add_calendar, "Late", hours, by="system")
        await house.desk.change(_keeps_hours, calendar.id, by="system")
        assert '"open": false' in (await house.http.get("/chat/v1/frame/tea")).text
        house.clock.moves(hours=1)
        assert '"open": true' in (await house.http.get("/chat/v1/frame/tea")).text


async def test_the_launcher_may_be_included_anywhere(house: House) -> None:
    answer = await house.http.get("/widget.js")
    assert ("text/javascript; charset=utf-8", "cross-origin", "public, max-age=300") == tuple(
        answer.headers[name] for name in ("content-type", "cross-origin-resource-policy", "cache-control")
    )


# Words to keep


async def test_a_transcript_holds_what_was_said_and_no_note(house: House) -> None:
    token = await house.token()
    line, ticket = await house.chat(token, "Where is\nmy parcel?")
    await house.notes(ticket, "He is angry")
    await house.replies(ticket, "On its way, 山姆")
    answer = await house.http.get("/chat/v1/transcript", headers=bearer(token))
    assert "text/plain; charset=utf-8" == answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (
        "Tea shop  1001\n2026-11-23 UTC\n\n2026-11-23 09:00  Sam\n    Where is\n    my parcel?\n\n"
        "2026-11-23 09:00  Ada\n    On its way, 山姆\n" == answer.text
    )
    await line.close()


async def test_who_has_said_nothing_has_no_transcript(house: House) -> None:
    answer = await house.http.get("/chat/v1/transcript", headers=bearer(await house.token()))
    assert 404 == answer.status_code


async def test_a_letter_becomes_a_ticket_once(house: House) -> None:
    token = await house.token()
    line = await house.line(token)
    await line.until("welcome")
    body = {"client_id": "l-1", "name": "Sam", "email": "sam@example.com", "text": "Call me", "topic": None}
    answers = [await house.http.post("/chat/v1/letters", json=body, headers=bearer(token)) for _ in range(2)]
    assert [(201, {"number": "1001"})] * 2 == [(answer.status_code, answer.json()) for answer in answers]
    shown = (await line.until("welcome"))["welcome"]
    assert ["Call me"] == [message["text"] for message in shown["messages"]]
    assert not (await house.ticket(shown["chat"]["ticket"])).live


@pytest.mark.parametrize(
    ("wrong", "field"), [({"email": None}, "email"), ({"email": "sam"}, "email"), ({"text": " "}, "text")]
)
async def test_a_letter_names_what_it_lacks(house: House, wrong: dict[str, object], field: str) -> None:
    body = {"client_id": "l-1", "name": None, "email": "sam@example.com", "text": "Hello", "topic": None} | wrong
    answer = await house.http.post("/chat/v1/letters", json=body, headers=bearer(await house.token(lang="zh")))
    assert (422, field) == (answer.status_code, answer.json()["field"])


async def test_no_answer_holds_a_secret(house: House) -> None:
    """Neither the token (but where it is made), nor its hash, nor a file's hash."""
    token = await house.token()
    line, _ = await house.chat(token)
    file = await sent(house, token, b"tea")
    await line.say("c-2", "Look", files=[file["id"]])
    await line.silence()
    pages = [await house.http.get(f"/chat/v1{path}", headers=bearer(token)) for path in ("/frame/tea", "/transcript")]
    told = json.dumps([line.heard, file, [[page.text, dict(page.headers)] for page in pages]])
    assert [] == [secret for secret in (token, hash_of(token)) if secret in told]
    assert not any(len(word) >= 40 and word.isalnum() for word in told.replace('"', " ").split())


async def test_the_page_is_remembered_when_they_come(house: House) -> None:
    page = {"url": f"{SHOP}/tea", "title": "Tea", "referrer": "https://search.example"}
    answer = await house.http.post("/chat/v1/visitors", json={"site": "tea", "lang": "zh", "page": page})
    assert 201 == answer.status_code
    assert {"token", "visitor"} == set(answer.json())


def _keeps_hours(change: Any, calendar_id: int) -> None:
    site = change.one(select(Site))
    site.calendar_id = calendar_id
