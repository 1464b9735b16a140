"""The page of a mailbox's own words: what is typed is shown as customers will see it, before anybody does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.admin import web
from tests.server.doorstep import Doorstep, a_doorstep
from tests.server.reading import fields_of, rows
from tickets.email.mailbox import Mailbox, add_mailbox


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        step.change(add_mailbox, "support@shop.example", name="Shop Support")
        yield step


def box_of(step: Doorstep) -> Mailbox:
    (box,) = step.look(rows(Mailbox))
    assert isinstance(box, Mailbox)
    return box


def test_it_is_shown_as_it_will_be_sent(step: Doorstep) -> None:
    path = f"/app/admin/mail/{box_of(step).id}/signature"
    assert "What customers see" not in step.open(path).text
    typed = {
        "signature": "{{agent.name}} {{agent.phone}}",
        "signature_html": "",
    }
    assert f"{path}?done=saved" == step.submit(path, typed).headers["location"]

    page = step.open(path).text
    assert "Ines {{agent.phone}}" in page
    assert "sent as it stands: {{agent.phone}}" in page
    assert 303 == step.submit(path, fields_of(step.open(path))).status_code
    assert typed["signature"] == box_of(step).signature
    assert path in step.open(f"/app/admin/mail/{box_of(step).id}").text, "the mailbox leads there"


def test_a_formatted_one_is_kept_harmless(step: Doorstep) -> None:
    path = f"/app/admin/mail/{box_of(step).id}/signature"
    step.submit(path, {"signature_html": "<b onclick='x()'>{{agent.name}}</b>"})
    assert "<b>{{agent.name}}</b>" == box_of(step).signature_html
    assert f'src="{path}/shown"' in step.open(path).text
