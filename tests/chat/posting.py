"""How a visitor's browser posts files, and an agent's."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.chat.house import House
from tickets.files import attachment
from tickets.files.kinds import kind_of


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def send(
    house: House, token: str, content: bytes, name: str = "tea.txt", kind: str = "text/plain", client_id: str = "f-1"
) -> httpx2.Response:
    files, data = {"file": (name, content, kind)}, {"client_id": client_id}
    return await house.http.post("/chat/v1/files", headers=bearer(token), files=files, data=data)


async def sent(house: House, token: str, content: bytes, **how: str) -> dict[str, Any]:
    answer = await send(house, token, content, **how)
    assert answer.status_code == 201, answer.text
    file: dict[str, Any] = answer.json()["file"]
    return file


def an_agents_file(change: Any, house: House) -> int:
    stored = house.store.keep(b"for you")
    kind = kind_of(b"for you", name="a.txt", claimed="text/plain")
    row = attachment.keep(change, client_id="x", name="a.txt", claimed="text/plain", stored=stored, kind=kind)
    return row.id
