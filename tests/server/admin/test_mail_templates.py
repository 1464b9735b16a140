"""The pages of automatic mails: the usual words to begin with, a look before, and a sentence for a slip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.admin import web
from server.admin.mail_templates import KINDS
from server.doors.languages import LANGUAGES
from tests.server.doorstep import Doorstep, a_doorstep
from tests.server.reading import beside, fields_of, rows
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.templates import BLANKS, MailTemplate, check
from widgets.notices import with_blanks


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        step.change(add_mailbox, "support@shop.example", name="Tea & Shop")
        yield step


def path_of(step: Doorstep, kind: str = "complaint/en") -> str:
    (box,) = step.look(rows(Mailbox))
    return f"/app/admin/mail/{box.id}/templates/{kind}"


def test_every_kind_has_usual_words_whose_blanks_are_known() -> None:
    assert KINDS.keys() == BLANKS.keys()
    for notice in KINDS:
        for language in LANGUAGES:
            subject, text = with_blanks(notice, language)
            check(f"{subject} {text}", BLANKS[notice], field="text")
            assert "{{" in text, "an admin sees where something is filled in"


def test_an_admin_begins_with_the_usual_words_and_changes_them(step: Doorstep) -> None:
    path = path_of(step)
    begun = fields_of(step.open(path))
    assert "We have received your complaint {{complaint.number}}" == begun["subject"]
    assert 303 == step.submit(path, begun).status_code
    assert [] == step.look(rows(MailTemplate)), "what is left as it was stays the house's"

    assert 303 == step.submit(path, {**begun, "text": "Yours is {{complaint.number}} at {{mailbox.name}}."}).status_code
    (own,) = step.look(rows(MailTemplate))
    assert ("complaint", "en", "") == (own.notice, own.language, own.subject)
    page = step.open(path).text
    assert "Yours is C-1042 at Tea &amp; Shop." in page
    assert "Own words" in step.open(path.removesuffix("/complaint/en")).text
    step.submit(path, {"subject": "", "text": ""})
    assert [] == step.look(rows(MailTemplate))


def test_a_look_saves_nothing(step: Doorstep) -> None:
    page = step.submit(path_of(step), {"subject": "Hello", "text": "No. {{ticket.number}}", "look": "yes"})
    assert (200, []) == (page.status_code, step.look(rows(MailTemplate)))
    assert "No. 1042" in page.text


def test_what_cannot_be_filled_in_is_told_beside_its_field(step: Doorstep) -> None:
    page = step.submit(path_of(step, "received/zh"), {"subject": "{{customer.name}}", "text": "x"})
    says = "{{customer.name}} cannot be filled in. What can: {{mailbox.name}}, {{mailbox.address}}, {{ticket.number}}."
    assert says == beside(page, "subject")
    assert [] == step.look(rows(MailTemplate))


def test_there_is_no_page_for_what_is_no_mail_of_ours(step: Doorstep) -> None:
    assert [404, 404] == [step.open(path_of(step, kind)).status_code for kind in ("promise/en", "received/xx")]
