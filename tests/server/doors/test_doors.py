"""Every way into the house: who may use it, what they may bring, and what its answer tells the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from server.config.settings import Server
from server.doors.guard import check_doors, guarded
from server.doors.headers import surface_of
from server.entrances import doors
from tests.server.doors.door_table import HEADERS, TABLE
from tests.server.doorstep import CSRF, Doorstep, a_whole_house, hire
from tickets.edge import Door, Policy, SocketDoor, Surface
from tickets.people import Role

URL = "https://desk.example"
STAFF = {"agent": "Ada", "supervisor": "Grace", "admin": "Ines"}
NOBODY_THERE = {
    "id": "999999999",
    "number": "999999999",
    "attempt": "999999999",
    "view": "mine",
    "token": "t" * 43,
    "site": "none",
    "hash": "0",
}
ALL: list[Door | SocketDoor] = [route for route in doors(demo=True) if isinstance(route, Door | SocketDoor)]
PLAIN = [
    (method, one) for one in ALL if isinstance(one, Door) for method in sorted(one.methods or ()) if method != "HEAD"
]
CLOSED = [(method, one) for method, one in PLAIN if one.policy.who.role is not None]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """The whole house, as it is assembled, with somebody of each role."""
    folder = tmp_path_factory.mktemp("house")
    with a_whole_house(folder, url=URL, raises=False) as step:
        for role, name in STAFF.items():
            step.change(hire, name, Role(role))
        yield step


def address(one: Door | SocketDoor, number: str | None = None) -> str:
    """The door's address with something in every blank that is not there: this `number`, where it wants one."""

    def filled(blank: re.Match[str]) -> str:
        return number if number and blank[2] == ":number" else NOBODY_THERE.get(blank[1], "x")

    return re.sub(r"\{(\w+)(:\w+)?\}", filled, one.path)


def _signed_in(house: Doorstep, role: str) -> str:
    """The token of their page; none for nobody."""
    house.client.cookies.clear()
    if role == "nobody":
        return ""
    assert 303 == house.sign_in(STAFF[role]).status_code
    found = CSRF.search(house.open("/app/profile").text)
    assert found is not None
    return found.group(1)


def name_of(case: Any) -> str:
    return f"{case[0]} {case[1].path}" if isinstance(case, tuple) else str(case)


def row(one: Door | SocketDoor) -> str:
    policy: Policy = one.policy
    methods = ",".join(sorted(set(one.methods or ()) - {"HEAD"})) if isinstance(one, Door) else "SOCKET"
    return f"{methods} {one.path} {policy.who.value} {policy.surface.value} {policy.largest // 1024}K"


def test_every_door_is_in_the_table_with_what_it_allows() -> None:
    """A new door is a decision: write it into tests/server/doors/door_table.py."""
    written = {" ".join(line.split()) for line in TABLE.strip().splitlines()}

    assert written == {row(one) for one in ALL}


def test_every_way_in_is_a_door() -> None:
    check_doors(doors(demo=True))
    assert len(ALL) == len(doors(demo=True)) == len(guarded(doors(demo=True), Server()))


@pytest.mark.parametrize("case", PLAIN, ids=name_of)
def test_every_answer_carries_its_surface_s_headers(house: Doorstep, case: tuple[str, Door]) -> None:
    """Refused or not: nobody is signed in, and what is asked for is not there."""
    method, one = case
    house.client.cookies.clear()
    answer = house.client.request(method, address(one), headers={"sec-fetch-site": "same-origin"})

    assert 500 != answer.status_code
    expected = {**HEADERS["everywhere"], **HEADERS[one.policy.surface.value]}
    assert expected == {name: answer.headers.get(name) for name in expected}
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
    assert "server" not in answer.headers


def test_a_number_in_an_address_is_one_that_the_database_can_hold(house: Doorstep) -> None:
    """A longer one used to be our bug, with a traceback; now there is nothing at such an address."""
    blanks = {(one.path, blank) for one in ALL for blank in re.findall(r"\{(\w+:\w+)\}", one.path)}
    assert {"number", "path"} == {blank.partition(":")[2] for _, blank in blanks}, "`int` knows no end"
    assert {"id", "number", "attempt"} == {blank.partition(":")[0] for _, blank in blanks if blank.endswith(":number")}

    token = _signed_in(house, "admin")
    headers = {**house.manners, "x-csrf-token": token, "accept": "*/*"}
    for method, one in PLAIN:
        if ":number" in one.path:
            for digits, there in (("9" * 18, True), ("9" * 19, False), ("9" * 20, False), ("9" * 5000, False)):
                answer = house.client.request(method, address(one, digits), headers=headers)
                assert 500 != answer.status_code, (method, one.path)
                assert there or 404 == answer.status_code, (method, one.path)


def test_no_address_is_so_long_a_number_that_a_door_breaks(house: Doorstep) -> None:
    token = _signed_in(house, "admin")
    headers = {**house.manners, "x-csrf-token": token, "accept": "*/*"}
    for method, one in PLAIN:
        if "{" in one.path:
            answers = [
                house.client.request(method, re.sub(r"\{[^}]*\}", digits, one.path), headers=headers).status_code
                for digits in ("9" * 19, "agent-" + "9" * 19, "-" + "9" * 19, "٣" * 19)
            ]
            assert 500 not in answers, (method, one.path, answers)


@pytest.mark.parametrize("role", ["nobody", *STAFF])
def test_each_role_opens_its_own_doors_and_no_others(house: Doorstep, role: str) -> None:
    token = _signed_in(house, role)
    wrong = []
    for method, one in sorted(CLOSED, key=lambda case: case[1].path == "/app/logout"):
        answer = house.client.request(
            method, address(one), headers={**house.manners, "x-csrf-token": token, "accept": "*/*"}
        )
        needed = one.policy.who.role
        assert needed is not None
        if role == "nobody":
            fine = answer.status_code == 401
        elif Role(role).includes(needed):
            fine = answer.status_code not in {401, 403, 500}
        else:
            fine = answer.status_code == 403
        if not fine:
            wrong.append((method, one.path, answer.status_code))
    assert [] == wrong


@pytest.mark.parametrize("case", [case for case in CLOSED if case[0] != "GET"], ids=name_of)
def test_no_door_acts_for_another_page(house: Doorstep, case: tuple[str, Door]) -> None:
    house.client.cookies.clear()
    house.sign_in("Ines")
    method, one = case
    foreign = {**house.manners, "sec-fetch-site": "cross-site", "origin": "https://evil.example"}

    assert 403 == house.client.request(method, address(one), headers=foreign).status_code
    assert 403 == house.client.request(method, address(one), headers=house.manners).status_code  # without its token


@pytest.mark.parametrize(
    "path", ["/demo/nowhere", "/app/nowhere", "/chat/nowhere", "/files/x/y", "/static", "/appendix", "/nowhere"]
)
def test_what_is_not_there_is_as_well_dressed(house: Doorstep, path: str) -> None:
    answer = house.client.get(path)
    expected = {**HEADERS["everywhere"], **HEADERS[surface_of(path).value]}
    assert 404 == answer.status_code
    assert expected == {name: answer.headers.get(name) for name in expected}


def test_a_path_is_as_strict_as_its_neighbours() -> None:
    assert Surface.CONSOLE == surface_of("/app/x")
    assert Surface.PAGE == surface_of("/appendix")


def test_who_types_only_the_desks_name_comes_to_the_console(house: Doorstep) -> None:
    answer = house.client.get("/", follow_redirects=False)
    assert (303, "/app") == (answer.status_code, answer.headers["location"])
