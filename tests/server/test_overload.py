"""Too much at once: what was taken is done, what is new is told when to come again, and pages go on opening."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.websockets import WebSocketDisconnect

from server.config.settings import Server
from server.database import Database
from server.doors.crowd import FULL
from tests.cast import a_customer, a_database, a_desk
from tests.server.doorstep import CSRF, Doorstep, a_whole_house, hire
from tickets import desk as desks
from tickets.change import Change
from tickets.errors import Overloaded
from tickets.people import Customer, Role

URL = "http://desk.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    server = Server(public_url=URL, most_sockets=2)
    with a_whole_house(tmp_path_factory.mktemp("crowd"), url=URL, server=server) as house:
        yield house


async def test_a_writer_that_stands_refuses_what_is_new_and_does_all_that_it_took(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I19. So many may wait and no more; the house's own work, which somebody relies on, is never refused."""
    monkeypatch.setattr(desks, "MOST_WAITING", 20)
    async with a_desk(database) as desk:
        goes_on = await _stands(desk)
        asked = [asyncio.ensure_future(desk.change(_named, f"Sam {n}", by="customer:1")) for n in range(200)]
        own = asyncio.ensure_future(desk.change(_named, "The house", by="system"))
        await asyncio.sleep(0)
        refused = [one for one in asked if one.done()]
        assert (181, 21) == (len(refused), desk.waiting)
        assert all(isinstance(one.exception(), Overloaded) for one in refused)
        await goes_on()
        taken = [await one for one in [*asked, own] if one not in refused]
        assert 0 == desk.waiting
        kept = await desk.read(lambda session: set(session.exec(select(Customer.id))))
    assert set(taken) == kept


async def _stands(desk: desks.Desk) -> Callable[[], Awaitable[None]]:
    """The writer is held up by a change, until what is given back is called; it waits for that change."""
    stands, released = threading.Event(), threading.Event()

    def stand(_: Change) -> None:
        stands.set()
        released.wait(30)

    stalled = asyncio.ensure_future(desk.change(stand, by="system"))
    await asyncio.to_thread(stands.wait, 30)

    async def goes_on() -> None:
        released.set()
        await stalled

    return goes_on


def _named(change: Change, name: str) -> int:
    return a_customer(change, name).id


async def test_who_went_away_still_counts_until_it_is_done(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever asks and hangs up, again and again, would fill the memory."""
    monkeypatch.setattr(desks, "MOST_WAITING", 5)
    async with a_desk(database) as desk:
        goes_on = await _stands(desk)
        for _ in range(4):
            asked = asyncio.ensure_future(desk.change(_named, "Mallory", by="visitor:1"))
            await asyncio.sleep(0)
            asked.cancel()
        with pytest.raises(Overloaded):
            await desk.change(_named, "Mallory", by="visitor:1")
        await goes_on()
    assert 0 == desk.waiting


def test_a_form_is_answered_with_503_and_when_to_come_again(house: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    house.change(hire, "Ada", Role.AGENT)
    house.sign_in("Ada")
    page = CSRF.search(house.open("/app/profile").text)
    assert page is not None
    monkeypatch.setattr(desks, "MOST_WAITING", 0)

    wants = {**house.manners, "x-csrf-token": page.group(1), "accept": "*/*", "accept-language": "zh"}
    answer = house.client.post("/app/live/ticket", headers=wants)
    assert (503, "3") == (answer.status_code, answer.headers["retry-after"])
    assert {"says": "当前请求较多，请稍后再试。", "retry_after": 3.0} == answer.json()
    assert 200 == house.open("/app/profile").status_code


def _socket(house: Doorstep) -> Any:
    return house.client.websocket_connect("ws://desk.example/chat/v1/socket", headers={"origin": URL})


def test_who_comes_when_all_sockets_are_taken_is_told_when_to_come_again(house: Doorstep) -> None:
    """And nobody else notices: pages open, and the place of whoever leaves is free."""
    with _socket(house), _socket(house):
        with _socket(house) as third:
            assert 5 <= third.receive_json()["bye"]["retry_after"] <= 20
            with pytest.raises(WebSocketDisconnect) as closed:
                third.receive_json()
            assert FULL == closed.value.code
        assert 404 == house.open("/app/nowhere").status_code
    with _socket(house) as again:
        again.send_json({"hello": {"v": 1, "token": "t" * 43}})
        with pytest.raises(WebSocketDisconnect) as closed:
            again.receive_json()
        assert FULL != closed.value.code
