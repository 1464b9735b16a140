"""An admin says where an address's mail lies, tries it, and sees whether it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from server.mail.locked import unlock
from server.mail.signing_in import purpose
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.server.reading import tree
from tickets.change import Change
from tickets.email.incoming import KEEPS_BACK, NOT_ALLOWED, Incoming, LeftMail
from tickets.email.mailbox import add_mailbox
from tickets.people import Role

CONSOLE = Path(__file__).parents[3] / "widgets" / "console"
WORDS = (KEEPS_BACK, "Too big: 30", "Number there: 77")
FORM = {
    "active": "yes",
    "host": "127.0.0.1",
    "port": "1",
    "security": "tls",
    "user": "desk",
    "sign_in": "password",
    "secret": "three quiet rivers",
    "folder": "INBOX",
    "afterwards": "seen",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    with a_whole_house(tmp_path_factory.mktemp("house"), url="https://desk.example", raises=False) as step:
        step.change(hire, "Ines", Role.ADMIN)
        step.change(hire, "Ada", Role.AGENT)
        step.agents["box"] = step.change(add_mailbox, "support@shop.example").id
        yield step


def path(house: Doorstep) -> str:
    return f"/app/admin/mail/{house.agents['box']}/incoming"


def kept(house: Doorstep) -> Incoming:
    found = house.look(lambda session: session.get(Incoming, house.agents["box"]))
    assert isinstance(found, Incoming)
    return found


def test_a_password_is_kept_locked_and_never_shown_again(house: Doorstep) -> None:
    house.sign_in("Ines")
    assert 303 == house.submit(path(house), FORM).status_code
    row, seals = kept(house), house.client.app_state["desk"].rules.seals
    assert "three quiet rivers" == unlock(seals, purpose(row.mailbox_id, "secret"), row.secret)
    assert "three quiet rivers" not in house.open(path(house)).text
    wrong = house.submit(path(house), {**FORM, "host": ""})
    assert (422, False) == (wrong.status_code, "three quiet rivers" in wrong.text)


def test_what_another_way_needs_is_not_asked_for(house: Doorstep) -> None:
    """Each field that belongs to some ways names them, and the style knows each of them as something to choose."""
    house.sign_in("Ines")
    page = tree(house.open(path(house)))
    ways = {one.xpath(".//input/@name")[0]: set(one.get("data-ways").split()) for one in page.xpath("//*[@data-ways]")}
    refresh = {"refresh"}
    expected = {"token_url": refresh, "client_id": refresh, "client_secret": refresh, "secret": refresh | {"password"}}
    assert {**expected, "move_to": {"move"}} == ways
    style = (CONSOLE / "ways.css").read_text()
    for name, field in (("sign_in", "password refresh token"), ("afterwards", "seen move")):
        assert set(field.split()) == set(page.xpath(f'//select[@name="{name}"]/option/@value'))
    for way in ("password", "refresh", "token", "seen"):
        assert f'form:has(option[value="{way}"]:checked) [data-ways' in style


def test_it_stays_for_the_server_that_it_was_given_for(house: Doorstep) -> None:
    """Who leads the desk to a server of their own would hear the password there."""
    house.sign_in("Ines")
    house.submit(path(house), FORM)
    before = kept(house).secret
    assert 303 == house.submit(path(house), {**FORM, "secret": "", "folder": "Support"}).status_code
    assert (before, "Support") == (kept(house).secret, kept(house).folder)
    assert 422 == house.submit(path(house), {**FORM, "secret": "", "host": "imap.elsewhere.example"}).status_code
    assert "127.0.0.1" == kept(house).host


def test_a_test_finds_no_doors_in_our_own_house(house: Doorstep) -> None:
    """CVE-2026-40566: whether somebody listens there is not told, to an admin neither."""
    house.sign_in("Ines")
    house.submit(path(house), FORM)
    answer = house.submit(f"{path(house)}/test", via=path(house))
    assert NOT_ALLOWED in house.open(answer.headers["location"]).text


def test_what_is_wrong_is_on_the_page_and_in_the_list(house: Doorstep) -> None:
    """Also where nobody fetches at all; and it is told to whoever watches the desk."""

    def fails(change: Change) -> None:
        row = change.take(Incoming, house.agents["box"])
        row.why, row.failing_since = KEEPS_BACK, change.now - timedelta(minutes=3)
        row.holder, row.lease_until = "somebody", change.now + timedelta(days=1)
        box, size = row.mailbox_id, 30_000_000
        change.add(LeftMail(id=change.new_id(), mailbox_id=box, uidvalidity=1, uid=77, size=size, at=change.now))

    house.sign_in("Ines")
    house.submit(path(house), {**FORM, "active": ""})
    house.submit(path(house), FORM)
    house.change(fails)
    page = house.open(path(house)).text
    assert set(WORDS) == {text for text in WORDS if text in page}
    assert "Not fetched" in house.open("/app/admin/mail").text
    assert "mailboxes" in house.open("/readyz").json()["late"]
    left = house.look(lambda session: session.exec(select(LeftMail.id)).one())
    assert 303 == house.submit(f"/app/admin/mail/left/{left}/again", via=path(house)).status_code


def test_it_is_for_admins(house: Doorstep) -> None:
    house.client.cookies.clear()
    house.sign_in("Ada")
    assert 403 == house.open(path(house)).status_code
