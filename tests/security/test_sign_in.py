"""Signing in tells a stranger nothing, and leaves nothing behind that somebody else could use."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from server.auth import accounts, links
from server.auth.beginning import first_run_link
from server.auth.passwords import Cost, Passwords
from server.auth.sessions import ConsoleSession
from tests.server.doorstep import PASSWORD, Doorstep, a_doorstep, cookies_of
from tickets.people import Agent, Role


def same(text: str) -> str:
    """A page without what is new in every one, and without what was typed."""
    return re.sub(r'name="csrf" value="[^"]*"|value="[^"]*@[^"]*"', "", text)


@pytest.mark.parametrize("password", ["wrong password", "", "a" * 1025, "密" * 5000])
def test_an_unknown_a_former_and_a_known_agent_are_refused_alike(tmp_path: Path, password: str) -> None:
    """CVE-2026-26895, CVE-2020-28208: a different sentence says who works here."""
    with a_doorstep(tmp_path, staff=[("Ada", Role.AGENT), ("Bo", Role.AGENT), ("Ines", Role.ADMIN)]) as step:
        step.change(accounts.deactivate, step.agents["Bo"])
        answers = [step.sign_in(name, password) for name in ("Ada", "Nobody", "Bo")]
        assert 1 == len({answer.status_code for answer in answers})
        assert 1 == len({same(answer.text) for answer in answers})
        assert all("frontdesk" not in str(cookies_of(answer)) for answer in answers)


async def test_a_password_is_computed_even_where_there_is_nobody() -> None:
    """CVE-2021-38562: the time it took said who works here. Equal work is what takes equal time."""
    hasher = Watched()
    kept = await hasher.hashed("three quiet rivers")
    await hasher.check(kept, "wrong password")
    await hasher.check("", "wrong password")

    assert hasher.verified[0].split("$")[:4] == hasher.verified[1].split("$")[:4]


@pytest.mark.parametrize("length", [1025, 10_001, 60_000, 64 * 1024, 10_000_000])
def test_a_password_of_any_length_is_as_wrong_as_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """Ten megabytes used to lose the form, sixty thousand letters were told by how many they were too long."""
    with a_doorstep(tmp_path) as step:
        usual = step.sign_in("Ada", "wrong password")
        monkeypatch.setattr(Passwords, "_check", _never)
        answers = [step.sign_in(name, "a" * length) for name in ("Ada", "Nobody")]

        assert [usual.status_code] * 2 == [answer.status_code for answer in answers]
        assert {same(usual.text)} == {same(answer.text) for answer in answers}
        assert "The address or the password is not right." in usual.text
        for name, answer in zip(("ada", "nobody"), answers, strict=True):
            assert f'value="{name}@frontdesk.example"' in answer.text
        assert all("aaaa" not in answer.text for answer in answers)
        for _ in range(4):
            step.sign_in("Ada", "a" * length)
        assert 429 == step.sign_in("Ada", "a" * length).status_code, "it counts as a guess"


def test_a_form_that_begins_with_ten_megabytes_has_no_token(tmp_path: Path) -> None:
    """No more of it is read than of any other form; what a page of ours sends begins with the token."""
    with a_doorstep(tmp_path) as step:
        step.open("/app/login")
        body = b"password=" + b"a" * 10_000_000 + b"&email=ada%40frontdesk.example&csrf=none"
        headers = {**step.manners, "content-type": "application/x-www-form-urlencoded"}
        assert 403 == step.client.post("/app/login", content=body, headers=headers).status_code


def _never(*_: object) -> None:
    raise AssertionError("nothing that long is hashed")


def test_after_the_limit_the_right_password_waits_too_and_then_opens(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        for name in ("Ada", "Nobody"):
            for _ in range(5):
                step.sign_in(name, "wrong password")
        locked = [step.sign_in(name) for name in ("Ada", "Nobody")]
        assert [429, 429] == [answer.status_code for answer in locked]
        assert 1 == len({same(answer.text) for answer in locked})
        assert "Try again in a minute." in locked[0].text
        assert "60" == locked[0].headers["retry-after"]
        step.clock.moves(minutes=1)
        assert 303 == step.sign_in().status_code


def test_a_made_up_address_is_no_way_around_the_limit(tmp_path: Path) -> None:
    """CVE-2025-66482 and others: X-Forwarded-For was believed."""
    with a_doorstep(tmp_path) as step:
        for n in range(20):
            step.submit(
                "/app/login",
                {"email": f"agent{n}@frontdesk.example", "password": "x"},
                **{"x-forwarded-for": f"203.0.113.{n}"},
            )
        answer = step.submit(
            "/app/login",
            {"email": "ada@frontdesk.example", "password": PASSWORD},
            **{"x-forwarded-for": "203.0.113.99"},
        )
        assert 429 == answer.status_code


def test_what_the_browser_held_before_means_nothing_after(tmp_path: Path) -> None:
    """CVE-2022-31888: a session that an attacker planted became the agent's."""
    planted = {"cookie": "frontdesk=planted-by-mallory"}
    with a_doorstep(tmp_path) as step:
        token = re.search(r'name="csrf" value="([^"]+)"', step.open("/app/login").text)
        assert token is not None
        form = {"email": "ada@frontdesk.example", "password": PASSWORD, "csrf": token.group(1)}
        held = {"cookie": f"{planted['cookie']}; frontdesk-form={step.client.cookies['frontdesk-form']}"}
        answer = step.client.post("/app/login", data=form, headers={**step.manners, **held})
        assert 303 == answer.status_code
        assert "planted-by-mallory" not in str(cookies_of(answer))
        step.client.cookies.clear()
        assert 303 == step.open("/app/profile", **planted).status_code


def test_signing_in_again_ends_the_session_before(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        before = step.client.cookies["frontdesk"]
        token = re.search(r'name="csrf" value="([^"]+)"', step.open("/app/profile").text)
        assert token is not None
        form = {"email": "grace@frontdesk.example", "password": PASSWORD, "csrf": token.group(1)}
        assert 303 == step.client.post("/app/login", data=form, headers=step.manners).status_code
        assert before != step.client.cookies["frontdesk"]
        assert ["Grace"] == step.look(who_is_signed_in)


def test_signing_out_ends_the_session_and_takes_the_cookie_back(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        token = step.client.cookies["frontdesk"]
        answer = step.submit("/app/logout", via="/app/profile")
        assert "Max-Age=0" in cookies_of(answer)[0]
        step.client.cookies.set("frontdesk", token)
        assert 303 == step.open("/app/profile").status_code


def test_a_deactivated_agent_is_out_with_the_next_click(tmp_path: Path) -> None:
    """CVE-2026-45757, CVE-2022-24751: tokens outlived their owners."""
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        assert 200 == step.open("/app/profile").status_code
        step.change(accounts.deactivate, step.agents["Ada"])
        assert 303 == step.open("/app/profile").status_code
        assert 422 == step.sign_in().status_code


def test_a_new_password_needs_the_old_one_and_ends_other_browsers(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        elsewhere = step.client.cookies["frontdesk"]
        step.client.cookies.clear()
        step.sign_in()
        here = step.client.cookies["frontdesk"]
        form = {"old_password": "not the old one", "password": "four loud mountains"}
        wrong = step.submit("/app/profile/password", form)
        assert 422 == wrong.status_code
        assert "This is not your password." in wrong.text
        assert "four loud mountains" not in wrong.text
        done = step.submit("/app/profile/password", {**form, "old_password": PASSWORD})
        assert 303 == done.status_code
        assert here != step.client.cookies["frontdesk"]
        assert 200 == step.open("/app/profile").status_code
        for old in (here, elsewhere):
            step.client.cookies.clear()
            step.client.cookies.set("frontdesk", old)
            assert 303 == step.open("/app/profile").status_code
        step.client.cookies.clear()
        assert 422 == step.sign_in().status_code
        assert 303 == step.sign_in("Ada", "four loud mountains").status_code


def test_an_idle_browser_signs_in_again_and_a_busy_one_does_not(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        for _ in range(4):
            step.clock.moves(minutes=29)
            assert 200 == step.open("/app/profile").status_code
        step.clock.moves(minutes=30)
        assert 303 == step.open("/app/profile").status_code


def test_being_seen_is_written_down_once_a_minute_at_most(tmp_path: Path) -> None:
    with a_doorstep(tmp_path) as step:
        step.sign_in()
        began = step.look(last_seen)
        for _ in range(5):
            step.clock.moves(seconds=11)
            step.open("/app/profile")
        assert began == step.look(last_seen)
        step.clock.moves(seconds=11)
        step.open("/app/profile")
        assert began + timedelta(seconds=66) == step.look(last_seen)


@pytest.mark.parametrize(
    ("url", "name"), [("https://desk.example", "__Host-frontdesk"), ("http://testserver", "frontdesk")]
)
def test_the_cookies_are_ours_alone(tmp_path: Path, url: str, name: str) -> None:
    with a_doorstep(tmp_path, url=url) as step:
        form = cookies_of(step.open("/app/login"))
        session = cookies_of(step.sign_in())
        for cookie, called in ((form[0], f"{name}-form"), (session[0], name)):
            parts = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert cookie.startswith(f"{called}=")
            assert {"httponly", "samesite=lax", "path=/"} <= parts
            assert ("secure" in parts) == url.startswith("https")
            assert not any(part.startswith(("domain", "expires", "max-age")) for part in parts)
        value = session[0].split(";")[0].partition("=")[2]
        assert 43 <= len(value)


def test_an_empty_desk_prints_a_link_that_makes_one_admin(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, staff=[]) as step:
        link = first_link(step)
        assert link.startswith("http://testserver/app/welcome/")
        path = link.removeprefix("http://testserver")
        shown = step.open(path)
        assert (200, "same-origin") == (shown.status_code, shown.headers["referrer-policy"])
        form = {"name": "Ines", "email": "ines@frontdesk.example", "password": "short"}
        assert 422 == step.submit(path, form).status_code
        arrived = step.submit(path, {**form, "password": PASSWORD})
        assert (303, "/app") == (arrived.status_code, arrived.headers["location"])
        assert 200 == step.open("/app/profile").status_code
        assert [("Ines", "admin")] == step.look(everybody)
        assert 404 == step.open(path).status_code
        assert first_link(step) is None


def test_a_second_start_replaces_the_link_of_the_first(tmp_path: Path) -> None:
    with a_doorstep(tmp_path, staff=[]) as step:
        first, second = (first_link(step).removeprefix("http://testserver") for _ in range(2))
        assert [404, 200] == [step.open(path).status_code for path in (first, second)]
        step.clock.moves(hours=24)
        assert 404 == step.open(second).status_code


def test_opening_a_link_does_not_use_it_up(tmp_path: Path) -> None:
    """Mail scanners and previews open links."""
    with a_doorstep(tmp_path) as step:
        step.change(links.make, "t" * 43, agent_id=step.agents["Ada"])
        for _ in range(3):
            assert 200 == step.open("/app/welcome/" + "t" * 43).status_code


def first_link(step: Doorstep) -> Any:
    async def asked() -> str | None:
        return await first_run_link(step.client.app_state["desk"], "http://testserver")

    return step.client.portal.call(asked)  # type: ignore[union-attr]


def last_seen(session: Session) -> Any:
    return session.exec(select(ConsoleSession.seen_at)).one()


def everybody(session: Session) -> list[tuple[str, str]]:
    return [(agent.name, agent.role) for agent in session.exec(select(Agent))]


def who_is_signed_in(session: Session) -> list[str]:
    query = select(Agent.name).join(ConsoleSession, ConsoleSession.agent_id == Agent.id)  # type: ignore[arg-type]
    return list(session.exec(query))


class Watched(Passwords):
    """Notes which hash each check was made against."""

    def __init__(self) -> None:
        super().__init__(Cost(memory=8, passes=1))
        self.verified: list[str] = []
        hasher, verified = self._hasher, self.verified

        class Noting:
            def __getattr__(self, name: str) -> Any:
                return getattr(hasher, name)

            def verify(self, kept: str, password: bytes) -> bool:
                verified.append(kept)
                return hasher.verify(kept, password)

        self._hasher = Noting()  # type: ignore[assignment]
