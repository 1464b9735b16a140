"""CVE-2026-34442, CVE-2022-0935: a made-up Host header ended up in links."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.security.test_socket_origin import DOORS
from tests.server.doorstep import Doorstep, a_doorstep


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    with a_doorstep(tmp_path_factory.mktemp("hosts"), *DOORS, url="https://desk.example") as step:
        yield step


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("desk.example", True),
        ("DESK.example", True),
        ("desk.example:443", True),
        ("localhost", True),
        ("127.0.0.1:8080", True),
        ("evil.example", False),
        ("desk.example.evil.example", False),
        ("evil.example:desk.example", False),
        ("desk.example@evil.example", False),
        ("desk.example:80@evil.example", False),
        ("desk.example, evil.example", False),
        ("desk.example/", False),
        ("desk.example:x", False),
        ("desk.example:443:443", False),
        ("[::1]", False),
        ("", False),
    ],
)
def test_only_our_own_names_are_answered(step: Doorstep, host: str, served: bool) -> None:
    answer = step.open("/app/login", host=host)
    assert (200 if served else 400) == answer.status_code
    assert host not in answer.text or served or not host
    assert "nosniff" == answer.headers["x-content-type-options"]


def test_two_names_are_none(step: Doorstep) -> None:
    twice = [("host", "desk.example"), ("host", "evil.example")]
    assert 400 == step.client.get("/app/login", headers=twice).status_code


def test_a_socket_under_another_name_is_not_opened(step: Doorstep) -> None:
    headers = {"host": "evil.example", "origin": "https://desk.example"}
    socket = step.client.websocket_connect("wss://desk.example/chat/v1/socket", headers=headers)
    with pytest.raises(WebSocketDisconnect):
        socket.__enter__()


def test_where_a_link_leads_is_said_by_the_settings(step: Doorstep) -> None:
    """X-Forwarded-Host and a second spelling of the path change nothing either."""
    answer = step.open("/app/profile", **{"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    assert "/app/login?next=/app/profile" == answer.headers["location"]
