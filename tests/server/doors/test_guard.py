"""The guard at the doors: who passes, with what, how much, how long, and what is written down about it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from server.doors import guard
from server.doors.guard import _measured, check_doors
from server.doors.refusals import Dribbled, refused
from tests.server.doorstep import a_doorstep
from tickets.edge import Surface, Who, done, door, form_of
from tickets.errors import Conflict, Refused, TooFast


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def echo(request: Request) -> Response:
    return JSONResponse({name: value for name, value in (await form_of(request)).items() if name != "csrf"})


async def stuck(request: Request) -> Response:
    await asyncio.Event().wait()
    return done()


async def refuses(request: Request) -> Response:
    raise Conflict("{name} took this meanwhile. Your text is kept.", field="text", name="<b>Bo</b>")


async def hurries(request: Request) -> Response:
    raise TooFast("Slow down a little. Your text is kept.", retry_after=1.2)


async def breaks(request: Request) -> Response:
    raise ZeroDivisionError("the secret is 42")


DOORS = [
    door("/app/hello", hello, who=Who.AGENT),
    door("/app/echo", echo, who=Who.AGENT, methods=["POST"], largest=1000),
    door("/app/stuck", stuck, who=Who.AGENT),
    door("/app/refuses", refuses, who=Who.AGENT),
    door("/app/hurries", hurries, who=Who.AGENT),
    door("/app/breaks", breaks, who=Who.AGENT),
    door("/chat/v1/open", echo, who=Who.ANYONE, methods=["POST"], surface=Surface.CHAT, largest=1000),
]


def test_a_route_that_does_not_say_who_may_use_it_stops_the_start() -> None:
    with pytest.raises(RuntimeError, match="/app/forgotten does not say"):
        check_doors([Route("/app/forgotten", hello)])


def test_two_doors_at_one_address_stop_the_start() -> None:
    twice = door("/app/hello", hello, who=Who.ADMIN)
    with pytest.raises(RuntimeError, match="GET /app/hello is answered by two doors"):
        check_doors([*DOORS, twice])


def test_somebody_who_loads_a_page_is_shown_the_way_in_and_back(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.open("/app/hello?q=lamp&x=1")
        assert 303 == answer.status_code
        assert "/app/login?next=/app/hello%3Fq%3Dlamp%26x%3D1" == answer.headers["location"]

        arrived = step.submit(
            answer.headers["location"], {"email": "ada@frontdesk.example", "password": "three quiet rivers"}
        )
        assert "/app/hello?q=lamp&x=1" == arrived.headers["location"]


def test_a_script_is_told_in_json(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.get("/app/hello", headers={"x-requested-with": "frontdesk", "accept": "text/html"})
        assert (401, {"says": "Sign in to go on."}) == (answer.status_code, answer.json())


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.post("/chat/v1/open", data={"text": "a" * 1000})
        assert (413, "This is more than we take.") == (answer.status_code, answer.json()["says"])


def test_a_body_that_lies_about_its_size_is_refused_as_soon_as_it_shows(tmp_path: Path) -> None:
    def endless() -> list[bytes]:
        return [b"text=", *[b"a" * 100] * 20]

    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.post(
            "/chat/v1/open",
            content=iter(endless()),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert 413 == answer.status_code
        assert "content-security-policy" in answer.headers


def test_what_takes_too_long_is_let_go_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in()
        monkeypatch.setattr(guard, "SECONDS", 0.05)
        answer = step.client.get("/app/stuck")
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
        assert "too long" in answer.json()["says"]


async def test_a_body_that_never_ends_is_not_waited_for_and_nor_is_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is whole there is no hurry: who waits for the end of the line may wait."""
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)
    policy = next(one.policy for one in DOORS if one.path == "/app/echo")
    comes: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "http", "method": "POST", "headers": [], "state": {"language": "en", "request_id": ""}}
    dribbling = _measured(Request(scope), comes.get, policy)
    comes.put_nowait({"type": "http.request", "body": b"t", "more_body": True})
    await dribbling()
    with pytest.raises(Dribbled) as slow:
        await dribbling()
    answer = refused(Request(scope), slow.value)
    assert isinstance(answer, Response)
    assert (408, "close", "5") == (answer.status_code, answer.headers["connection"], answer.headers["retry-after"])

    whole = _measured(Request(scope), comes.get, policy)
    comes.put_nowait({"type": "http.request", "body": b"t"})
    await whole()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(whole(), 0.1)


def test_a_refusal_is_a_sentence_for_a_script_and_a_page_for_a_person(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in()
        told = step.client.get("/app/refuses")
        assert 409 == told.status_code
        assert {"says": "<b>Bo</b> took this meanwhile. Your text is kept.", "field": "text"} == told.json()

        shown = step.open("/app/refuses")
        assert 409 == shown.status_code
        assert "&lt;b&gt;Bo&lt;/b&gt; took this meanwhile" in shown.text


def test_a_limit_says_when_to_come_back(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in()
        answer = step.client.get("/app/hurries")
        assert (429, "2", 1.2) == (answer.status_code, answer.headers["retry-after"], answer.json()["retry_after"])


def test_a_bug_is_ours_and_has_a_reference_but_no_details(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step, structlog.testing.capture_logs() as lines:
        step.sign_in()
        for answer in (step.client.get("/app/breaks"), step.open("/app/breaks")):
            assert 500 == answer.status_code
            assert "secret" not in answer.text
            assert answer.headers["x-request-id"] in answer.text
            assert "DENY" == answer.headers["x-frame-options"]
        failures = [line for line in lines if line["event"] == "request failed"]
        assert 2 == len(failures)


def test_what_is_written_down_names_the_door_and_no_secret(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step, structlog.testing.capture_logs() as lines:
        step.open("/app/welcome/a-very-secret-token?code=hunter2")
        step.open("/app/welcome/a-very-secret-token/too/far")
        step.sign_in()
        written = str(lines)
        assert "/app/welcome/{token}" in written
        for secret in ("a-very-secret-token", "hunter2", "three quiet rivers", step.client.cookies["frontdesk"]):
            assert secret not in written


def test_errors_speak_the_reader_s_language(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.get("/app/nowhere", headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"})
        assert "此地址没有内容。" == answer.json()["says"]
        shown = step.client.post(
            "/app/login", headers={**step.manners, "accept-language": "zh"}, data={"csrf": "wrong"}
        )
        assert 'lang="zh-Hans"' in shown.text


def test_a_method_that_a_door_does_not_take_is_named(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        answer = step.client.put("/app/echo")
        assert (405, "POST") == (answer.status_code, answer.headers["allow"])
        assert "says" in answer.json()


def test_refused_is_the_only_word_for_no() -> None:
    """Whatever the house refuses reaches the person as a sentence with a status of its kind."""
    assert 422 == Refused.status
