"""CVE-2019-19775, CVE-2022-25803: after signing in nobody is sent to somebody else's page."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from server.auth.next_page import HOME, next_page
from tests.server.doorstep import a_doorstep

EVIL = ("evil.example", "evil.example/app", "evil%E3%80%82example", "0x7f000001", "[::1]", "desk.example@evil.example")
STARTS = (
    "//", "///", "////", "/\\", "\\/", "\\\\", "\\", "/\\/", "//\\", "/ /", "/\t/", "/\n/", "/\r/", "/\r\n/", "\t//",
    " //", "\x00//", "\x0b//", "\x1f//", "\ufeff//", "\u00a0//", "/%2f", "/%5c", "/%09/", "/%0d%0a/", "/.//", "/..//",
    "/./\\", "/app//..//", "http:", "http:/", "http://", "https:", "https:/", "https://", "https:///", "hTTps://",
    "http:\\\\", "https:\\/", "ftp://", "javascript:alert(1)//", "java\tscript:alert(1)//", " javascript:alert(1)//",
    "data:text/html,", "vbscript:", "file:///", "//app@", "/app@", "/app.", "/apple/", "app://", "x:app//", "/app\\",
    "/app/\\", "/app\t//",
    "/app\n//", "/app\r\nLocation: //", "/app\x00//", "/app\x7f//", "?next=//", "#//", ";//", "@",
    "https:/app@", "https://desk.example@", "https://desk.example.", "https://desk.example\\@", "／／",
    "/／", "。//", "",
    "/app/login?next=//", "/app/logout?", "/app/welcome/",
)  # fmt: skip
ENDS = ("", "/%2e%2e", "?x=/app", "#/app", ":443", "/app/..", "//")


def payloads() -> list[str]:
    return [start + evil + end for start, evil, end in product(STARTS, EVIL, ENDS)]


def where_a_browser_goes(target: str) -> str:
    """As WHATWG URL parses it: controls at the ends are cut, tabs and line ends dropped, backslashes are slashes."""
    trimmed = target.strip("".join(map(chr, range(0x21))))
    cleaned = trimmed.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    return urlsplit(urljoin("https://desk.example/app/login", cleaned)).netloc


def test_no_payload_leads_away() -> None:
    assert 2500 < len(payloads())
    for payload in payloads():
        target = next_page(payload)
        assert "desk.example" == where_a_browser_goes(target), payload
        assert target == HOME or target.startswith(("/app/", "/app?")), payload
        assert not set(target) & set("\\\r\n\t\x00"), payload


@pytest.mark.parametrize(
    "path",
    [
        "/app",
        "/app/tickets/1042",
        "/app/views/mine?after=12&sort=age",
        "/app/search?q=%E9%80%80%E6%AC%BE",
        "/app/search?q=退款",
    ],
)
def test_a_page_of_the_console_is_gone_back_to(path: str) -> None:
    assert path == next_page(path)


def test_the_way_in_is_no_place_to_go_to() -> None:
    for path in ("/app/login", "/app/logout", "/app/welcome/token", "/app/login?next=/app"):
        assert HOME == next_page(path)


def test_the_endless_is_no_path() -> None:
    assert HOME == next_page("/app/" + "a" * 10_000)


@pytest.mark.parametrize("payload", ["//evil.example", "/\\evil.example", "https://evil.example", "/app/\r\nX-Evil: 1"])
def test_the_door_itself_stays_at_home(tmp_path: Path, payload: str) -> None:
    with a_doorstep(tmp_path) as step:
        path = f"/app/login?next={quote(payload, safe='')}"
        answer = step.submit(path, {"email": "ada@frontdesk.example", "password": "three quiet rivers"})
        assert (303, "/app") == (answer.status_code, answer.headers["location"])
        assert "x-evil" not in answer.headers
        assert "/app" == step.open(path).headers["location"]
