"""An agent's files: kept for the answer that is being written, and any file of any ticket to save."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.cast import a_database, a_desk, a_ticket, an_agent
from tests.tickets.files.pictures import a_picture
from tickets import by_hand
from tickets.change import Change
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.errors import Refused
from tickets.files.store import Store
from tickets.files.web import DOORS
from tickets.people import Role


class Office:
    """The files' doors with an agent already at them."""

    def __init__(self, desk: Desk, store: Store, agents: Mapping[str, SignedIn], ticket: int, app: ASGIApp) -> None:
        self.desk = desk
        self.store = store
        self.agents = agents
        self.ticket = ticket
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://desk.example")

    async def uploads(self, who: str, content: bytes, name: str = "tea.txt", client_id: str = "f-1") -> Any:
        answer = await self.http.post(
            f"/app/tickets/{self.ticket}/files",
            files={"file": (name, content)},
            data={"client_id": client_id},
            headers={"X-Who": who},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["file"]

    async def gets(self, who: str, file_id: int, path: str = "") -> httpx2.Response:
        return await self.http.get(f"/files/{file_id}{path}", headers={"X-Who": who})


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database, store = a_database(tmp_path), Store(tmp_path / "files")
    async with a_desk(database) as desk:
        agents, ticket = await desk.change(_staffed, by="system")

        async def refused(_: Request, error: Exception) -> Response:
            assert isinstance(error, Refused)
            return JSONResponse({"says": error.says}, status_code=error.status)

        app = Starlette(routes=DOORS, exception_handlers={Refused: refused})

        async def at_door(scope: Scope, receive: Receive, send: Send) -> None:
            who = dict(scope["headers"]).get(b"x-who", b"").decode()
            scope["state"] = {"desk": desk, "files": store, "agent": agents[who]}
            await app(scope, receive, send)

        office = Office(desk, store, agents, ticket, at_door)
        async with contextlib.aclosing(office.http):
            yield office
    database.close()


async def test_an_agents_upload_goes_with_their_answer(office: Office) -> None:
    file = await office.uploads("Ada", a_picture(), name="tea.png")
    message = await office.desk.change(
        by_hand.reply, office.ticket, text="Here", client_id="a-1", files=[file["id"]], by=office.agents["Ada"].actor
    )
    assert 1 == message.files
    for who in ("Ada", "Bo"):
        assert a_picture() == (await office.gets(who, file["id"])).content
        assert "image/png" == (await office.gets(who, file["id"], "/preview")).headers["content-type"]


async def test_an_upload_that_waits_is_its_agents_own(office: Office) -> None:
    file = await office.uploads("Ada", b"draft")
    assert [200, 404] == [(await office.gets(who, file["id"])).status_code for who in ("Ada", "Bo")]
    with pytest.raises(Refused):
        await office.desk.change(
            by_hand.note, office.ticket, text="Mine", client_id="n-1", files=[file["id"]], by=office.agents["Bo"].actor
        )


async def test_no_ticket_no_upload(office: Office) -> None:
    answer = await office.http.post("/app/tickets/404/files", files={"file": ("a", b"x")}, headers={"X-Who": "Ada"})
    assert 404 == answer.status_code


async def test_bytes_that_are_gone_are_said_to_be_gone(office: Office) -> None:
    file = await office.uploads("Ada", b"tea")
    for path in office.store.folder.glob("??/*"):
        path.unlink()
    answer = await office.gets("Ada", file["id"])
    assert (404, "This file does not exist any more.") == (answer.status_code, answer.json()["says"])


def _staffed(change: Change) -> tuple[dict[str, SignedIn], int]:
    agents = [an_agent(change, name) for name in ("Ada", "Bo")]
    signed_in = {agent.name: SignedIn(agent.id, agent.name, Role.AGENT, "", 1) for agent in agents}
    return signed_in, a_ticket(change).id
