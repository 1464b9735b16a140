"""CVE-2023-2850, CVE-2024-26135, CVE-2024-23898 and many more: a foreign page opened a socket with our cookie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.server.doorstep import Doorstep, a_doorstep
from tickets.edge import Surface, Who, socket_door

OURS = "https://desk.example"


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("open")
    await websocket.close()


DOORS = [
    socket_door("/app/live", live, who=Who.AGENT, surface=Surface.CONSOLE),
    socket_door("/app/wall", live, who=Who.SUPERVISOR, surface=Surface.CONSOLE),
    socket_door("/chat/v1/socket", live, who=Who.VISITOR, surface=Surface.CHAT),
]


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """Ada, signed in."""
    with a_doorstep(tmp_path_factory.mktemp("sockets"), *DOORS, url=OURS) as step:
        step.sign_in()
        yield step


def outcome(step: Doorstep, path: str, origin: str | None) -> str | int:
    """What the socket said, or the code it was closed with."""
    headers = {"origin": origin} if origin is not None else {}
    try:
        with step.client.websocket_connect(f"wss://desk.example{path}", headers=headers) as socket:
            return socket.receive_text()
    except WebSocketDisconnect as closed:
        return closed.code


@pytest.mark.parametrize("path", ["/app/live", "/chat/v1/socket"])
@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        (OURS, True),
        (None, False),
        ("", False),
        ("null", False),
        ("file://", False),
        ("http://desk.example", False),
        ("https://desk.example:8443", False),
        ("https://desk.example:443", False),
        ("https://other.desk.example", False),
        ("https://example", False),
        ("https://desk.example.evil.example", False),
        ("https://evil-desk.example", False),
        ("https://evildesk.example", False),
        ("https://desk.example@evil.example", False),
        ("https://DESK.example", False),
        ("https://desk.example/", False),
        ("https://127.0.0.1", False),
        ("https://xn--dsk-7ma.example", False),
        ("https://desk.example https://evil.example", False),
    ],
)
def test_only_our_own_page_opens_a_socket(step: Doorstep, path: str, origin: str | None, opens: bool) -> None:
    assert ("open" if opens else 4403) == outcome(step, path, origin)


def test_a_socket_of_the_console_needs_its_agent(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, *DOORS, url=OURS) as step:
        assert 4401 == outcome(step, "/app/live", OURS)
        step.sign_in()
        assert "open" == outcome(step, "/app/live", OURS)
        assert 4403 == outcome(step, "/app/wall", OURS)
        step.submit("/app/logout", via="/app/profile")
        assert 4401 == outcome(step, "/app/live", OURS)
