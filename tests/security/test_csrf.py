"""A page of somebody else cannot act with an agent's cookie (reliability.md 6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.server.doorstep import CSRF, Doorstep, a_doorstep
from tickets.edge import Surface, Who, done, door

acted: list[str] = []


async def act(request: Request) -> Response:
    acted.append(request.method)
    return done()


DOORS = [
    door("/app/act", act, who=Who.AGENT, methods=["POST", "PUT", "PATCH", "DELETE"]),
    door("/chat/v1/act", act, who=Who.VISITOR, methods=["POST"], surface=Surface.CHAT),
]
OURS = "http://testserver"


@pytest.fixture(autouse=True)
def nothing_acted() -> None:
    acted.clear()


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """Ada, signed in."""
    with a_doorstep(tmp_path_factory.mktemp("csrf"), *DOORS) as step:
        step.sign_in()
        yield step


def token(step: Doorstep) -> str:
    found = CSRF.search(step.open("/app/profile").text)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("site", "origin", "passes"),
    [
        ("same-origin", OURS, True),
        ("same-origin", None, True),
        (None, OURS, True),
        (None, None, False),
        ("same-site", OURS, False),
        ("same-site", "http://other.testserver", False),
        ("cross-site", OURS, False),
        ("cross-site", "https://evil.example", False),
        ("none", OURS, False),
        ("none", None, False),
        ("", None, False),
        ("Same-Origin", OURS, False),
        ("same-origin", "https://evil.example", False),
        ("same-origin", "null", False),
        (None, "null", False),
        (None, "", False),
        (None, "https://testserver", False),
        (None, "http://testserver:8080", False),
        (None, "http://testserver.evil.example", False),
        (None, "http://eviltestserver", False),
        (None, "HTTP://TESTSERVER", False),
        (None, "http://testserver/", False),
    ],
)
def test_only_our_own_page_acts(
    step: Doorstep, method: str, site: str | None, origin: str | None, passes: bool
) -> None:
    headers = {"x-csrf-token": token(step)}
    headers |= {"sec-fetch-site": site} if site is not None else {}
    headers |= {"origin": origin} if origin is not None else {}
    answer = step.client.request(method, "/app/act", headers=headers)
    assert (204 if passes else 403) == answer.status_code
    assert ([method] if passes else []) == acted


@pytest.mark.parametrize("given", [None, "", "wrong", "the other's"])
def test_our_own_page_shows_its_token(tmp_path: Path, given: str | None) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in("Grace")
        others = token(step)
        step.client.cookies.clear()
        step.sign_in()
        shown = others if given == "the other's" else given
        headers = {"sec-fetch-site": "same-origin"} | ({"x-csrf-token": shown} if shown is not None else {})
        assert 403 == step.client.post("/app/act", headers=headers).status_code
        assert 403 == step.client.post("/app/act", headers=step.manners, data={"csrf": shown or ""}).status_code
        assert [] == acted


def test_the_token_may_stand_in_the_form_or_in_a_header(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in()
        shown = token(step)
        assert 204 == step.client.post("/app/act", headers=step.manners, data={"csrf": shown}).status_code
        assert 204 == step.client.post("/app/act", headers=step.manners, files={"csrf": (None, shown)}).status_code
        json = {**step.manners, "x-csrf-token": shown}
        assert 204 == step.client.post("/app/act", headers=json, json={"x": 1}).status_code


def test_json_is_not_smuggled_as_text(tmp_path: Path) -> None:
    """A foreign form can post text/plain without asking (CORS, simple requests)."""
    with a_doorstep(tmp_path, *DOORS) as step:
        step.sign_in()
        headers = {**step.manners, "x-csrf-token": token(step), "content-type": "text/plain"}
        assert 422 == step.client.post("/app/act", headers=headers, content='{"x":1}').status_code
        assert [] == acted


@pytest.mark.parametrize("path", ["/app/login", "/app/welcome/" + "t" * 43])
def test_the_way_in_is_guarded_too(tmp_path: Path, path: str) -> None:
    """Login CSRF: being signed in as somebody else without noticing."""
    form: dict[str, Any] = {"email": "ada@frontdesk.example", "password": "three quiet rivers"}
    with a_doorstep(tmp_path) as step:
        foreign = {**step.manners, "sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        assert 403 == step.client.post(path, data=form, headers=foreign).status_code
        assert 403 == step.client.post(path, data=form, headers=step.manners).status_code
        assert "frontdesk" not in step.client.cookies


def test_signing_out_is_guarded_too(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        assert 403 == step.client.post("/app/logout", headers=step.manners).status_code
        assert 405 == step.client.get("/app/logout").status_code
        assert 200 == step.open("/app/profile").status_code


def test_what_carries_its_own_proof_needs_no_origin(tmp_path: Path) -> None:
    """A visitor's token is in a header that no foreign page can set, so other clients may be written."""
    with a_doorstep(tmp_path, *DOORS) as step:
        assert 204 == step.client.post("/chat/v1/act").status_code
