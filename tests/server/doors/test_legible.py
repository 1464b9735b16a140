"""NUL from anybody: no text of a shared database holds one, so none comes in, by whatever door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import server
from tests.chat.shop import a_site
from tests.server.doors.test_doors import NOBODY_THERE, PLAIN, URL
from tests.server.doorstep import CSRF, Doorstep, a_whole_house, hire
from tickets.people import Role

ROOMS = [Path(server.__file__).parents[1] / room for room in ("tickets", "routing", "chat", "server", "widgets")]
ASKED = re.compile(r'(?:\.get\(|Field\(\s*|_(?:text|whole|moment)\(.{0,40}?, )"([a-z_]+)"|<\w+[^>]*\bname="([a-z_]+)"')
BLANK = re.compile(r"\{(\w+)(:\w+)?\}")
GARBLED = "x\0y"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    with a_whole_house(tmp_path_factory.mktemp("house"), url=URL, raises=False) as step:
        step.change(hire, "Ines", Role.ADMIN)
        step.change(a_site)
        yield step


def names_asked_for() -> list[str]:
    """What any form or query of the house is asked for by name."""
    files = [file for room in ROOMS for end in ("*.py", "*.html") for file in room.rglob(end)]
    found = {one or other for file in files for one, other in ASKED.findall(file.read_text())}
    return sorted(found - {"csrf"})


def headers_of(house: Doorstep) -> dict[str, str]:
    """Of somebody whom every door knows: an admin, and a visitor."""
    visitor = house.client.post("/chat/v1/visitors", json={"site": "tea", "lang": "en", "page": {}})
    house.sign_in("Ines")
    token = CSRF.search(house.open("/app/profile").text)
    assert token is not None
    bearer = f"Bearer {visitor.json()['token']}"
    return {**house.manners, "x-csrf-token": token.group(1), "authorization": bearer, "accept": "*/*"}


def there(path: str, *, text: str = "x") -> str:
    """An address of this door, with this in its blanks for a text."""
    return BLANK.sub(lambda blank: NOBODY_THERE[blank[1]] if blank[2] == ":number" else text, path)


def test_no_door_is_broken_by_nul(house: Doorstep) -> None:
    """It was a sentence on SQLite; on PostgreSQL it was our bug, with a traceback, for whoever cared to send one."""
    names, headers = names_asked_for(), headers_of(house)
    assert {"email", "site", "q", "lang", "client_id", "text", "number", "until", "outcome"} <= set(names)
    form: dict[str, Any] = dict.fromkeys(names, GARBLED)
    hello, say = {"hello": {"epoch": GARBLED, "cursor": 1}}, {"say": {"id": GARBLED, "text": "x"}}
    bodies: dict[str, dict[str, Any]] = {
        "/chat/v1/poll": {"json": {"frames": [hello, say], "wait": False}},
        "/app/live/poll": {"json": {"frames": [hello], "wait": False}},
        "/chat/v1/visitors": {"json": {"site": GARBLED, "lang": GARBLED, "page": {"url": GARBLED}}},
        "/chat/v1/letters": {"json": {"client_id": GARBLED, "email": GARBLED, "text": GARBLED}},
    }
    wrong = []
    asked: list[tuple[str, int, dict[str, Any]]]
    for method, one in sorted(PLAIN, key=lambda case: case[1].path == "/app/logout"):
        asked = [(f"{there(one.path)}?{'&'.join(f'{name}=%00' for name in names)}", 404, {})]
        if any(not blank[2] for blank in BLANK.finditer(one.path)):
            asked.append((there(one.path, text="x%00"), 404, {}))
        if method != "GET":
            asked.append((there(one.path), 0, bodies.get(one.path, {"data": form})))
            if one.policy.largest > 1024 * 1024:
                files = {"file": ("a\0b.txt", b"x", "text/plain"), "files": ("a\0b.txt", b"x", "text/plain")}
                asked.append((there(one.path), 0, {"data": form, "files": files}))
        for address, expected, body in asked:
            status = house.client.request(method, address, headers=headers, **body).status_code
            if status == 500 or expected not in {0, status}:
                wrong.append((method, address[:60], status))
    assert [] == wrong


def test_what_stands_around_a_nul_is_kept(house: Doorstep) -> None:
    answer = house.submit("/app/login", {"email": "ines\0@frontdesk.example", "password": "x\0y"})
    assert (422, True) == (answer.status_code, "ines\ufffd@frontdesk.example" in answer.text)


def test_an_address_with_a_nul_is_none_of_ours(house: Doorstep) -> None:
    for address in ("/chat/v1/frame/%00", "/complaint?site=%00", "/callback?chat=a%00b", "/app/login?next=%00"):
        answer = house.client.get(address, headers={"accept": "*/*"})
        assert (404, "There is nothing at this address.") == (answer.status_code, answer.json()["says"])
    assert 200 == house.client.get("/app/login?next=%2500").status_code, "that is a text"
