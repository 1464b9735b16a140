"""The doors to a mail: for staff only, in a frame that can do nothing, and byte by byte as it came."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import Any

import pytest
from sqlmodel import select

from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.tickets.email.test_html import PIXEL
from tests.tickets.email.test_parse import nested
from tickets.email import raw
from tickets.email.mail import Mail
from tickets.email.mailbox import add_mailbox
from tickets.email.raw import Envelope, RawMail, fingerprint
from tickets.people import Role

URL = "https://desk.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    folder = tmp_path_factory.mktemp("house")
    with a_whole_house(folder, url=URL, raises=False) as step:
        step.change(hire, "Ines", Role.ADMIN)
        box = step.change(add_mailbox, "support@shop.example")
        client = step.client
        store = client.app_state["files"]
        for content in (formatted(), nested(60)):
            step.change(raw.accept, Envelope("", {box.id: []}), store.keep(content), fingerprint(content))
        assert client.portal is not None
        client.portal.call(client.app_state["mail_reader"].read_all)
        yield step


def formatted() -> bytes:
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["Subject"] = "sam@customer.example", "Looks"
    mail.set_content("Plain")
    html = '<p onclick="x()">Hello</p><script>x()</script><img src="cid:a"><img src="https://elsewhere.example/x.png">'
    mail.add_alternative(html, subtype="html")
    mail.get_payload()[1].add_related(PIXEL, "image", "gif", cid="<a>")  # type: ignore[index,union-attr]
    return mail.as_bytes()


def _mail(house: Doorstep, **is_so: Any) -> Mail:
    (found,) = house.look(lambda session: session.exec(select(Mail).filter_by(**is_so)).all())
    assert isinstance(found, Mail)
    return found


def test_nobody_but_staff_sees_a_mail(house: Doorstep) -> None:
    mail = _mail(house, unreadable=False)
    house.client.cookies.clear()
    for path in (f"/mailview/{mail.message_id}", f"/mail/{mail.raw_id}/source"):
        assert 303 == house.open(path).status_code, path


def test_its_looks_are_shown_in_a_frame_without_rights(house: Doorstep) -> None:
    """Sanitised, and besides without scripts, origin, forms or any address to load from."""
    house.sign_in("Ines")
    mail = _mail(house, unreadable=False)
    answer = house.open(f"/mailview/{mail.message_id}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'" in policy
    assert policy.endswith("frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "SAMEORIGIN" == answer.headers["x-frame-options"]
    assert "no-store" == answer.headers["cache-control"]
    assert "<p>Hello</p>" in answer.text
    assert "data:image/gif;base64," in answer.text
    assert not any(word in answer.text for word in ("<script", "onclick", "elsewhere.example"))


def test_pictures_from_elsewhere_come_when_they_are_asked_for(house: Doorstep) -> None:
    house.sign_in("Ines")
    mail = _mail(house, unreadable=False)
    assert mail.pictures
    answer = house.open(f"/mailview/{mail.message_id}?pictures=yes")
    assert "img-src data: https:;" in answer.headers["content-security-policy"]
    assert 'src="https://elsewhere.example/x.png"' in answer.text
    assert "no-referrer" == answer.headers["referrer-policy"]


def test_a_mail_is_saved_as_it_came_and_never_shown(house: Doorstep) -> None:
    house.sign_in("Ines")
    mail = _mail(house, unreadable=False)
    answer = house.open(f"/mail/{mail.raw_id}/source")
    row = house.look(lambda session: session.get(RawMail, mail.raw_id))
    assert row.sha256 == hashlib.sha256(answer.content).hexdigest()
    assert "application/octet-stream" == answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_what_cannot_be_shown_says_so(house: Doorstep) -> None:
    house.sign_in("Ines")
    poison = _mail(house, unreadable=True)
    answer = house.open(f"/mailview/{poison.message_id}")
    assert (422, True) == (answer.status_code, "You can download it" in answer.text)
    assert 404 == house.open("/mailview/999999999").status_code
    assert nested(60) == house.open(f"/mail/{poison.raw_id}/source").content


def test_what_was_put_aside_stands_on_the_mail_page_and_can_be_tried_again(house: Doorstep) -> None:
    house.sign_in("Ines")
    poison = _mail(house, unreadable=True)
    page = house.open("/app/admin/mail").text
    assert "Put aside" in page
    assert "It could not be read." in page
    answer = house.submit(f"/app/admin/mail/held/{poison.raw_id}/again", via="/app/admin/mail")
    assert "/app/admin/mail?done=reading" == answer.headers["location"]
    assert house.client.portal is not None
    house.client.portal.call(_tried, house, poison.raw_id)


async def _tried(house: Doorstep, raw_id: int) -> None:
    """The house reads it by itself, in vain."""
    desk = house.client.app_state["desk"]
    async with asyncio.timeout(20):
        while "quarantined" != (await desk.read(lambda session: session.get(RawMail, raw_id))).state:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
