"""The mail page: addresses that are checked, what has not gone out and why, and a way to send it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from server.admin import web
from server.mail import letters, relay
from tests.cast import an_agent
from tests.server.doorstep import Doorstep, a_doorstep
from tests.server.reading import beside, fields_of, rows, tree
from tests.tickets.email.letters import SAM, a_letter
from tickets.by_hand import reply
from tickets.change import Change
from tickets.email import servers
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.outbox import REACTIONS
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import Verdict, claim, settle
from tickets.reactions import Reactions
from widgets.words import translate

NEW = {"address": "Support@shop.example", "name": "Shop Support", "active": "yes"}


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ines, the admin, at work."""
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        yield step


def an_answer(change: Change) -> int:
    """Ada answers Sam; the mail that waits."""
    ticket, _ = a_letter(change, None, subject="<b>Where?</b>")
    with change.acting_as(an_agent(change, "Zoë").actor):
        reply(change, ticket.id, text="Here.", client_id="a-1")
    Reactions(REACTIONS).settle(change)
    (mail,) = change.rows(select(Outgoing))
    return mail.id


def tried(change: Change, mail: int, state: MailState, said: str) -> None:
    settle(change, mail, claim(change, mail) or 0, {SAM: Verdict(state, said)})


def test_an_address_is_added_shown_and_saved_again(step: Doorstep) -> None:
    assert "No address yet" in step.open("/app/admin/mail").text
    assert 303 == step.submit("/app/admin/mail/new", NEW).status_code
    (box,) = step.look(rows(Mailbox))
    assert ("support@shop.example", "Shop Support", None, True) == (box.address, box.name, box.queue_id, box.active)

    path = f"/app/admin/mail/{box.id}"
    assert 303 == step.submit(path, fields_of(step.open(path))).status_code
    assert [box] == step.look(rows(Mailbox))
    assert 303 == step.submit(path, {"address": "help@shop.example", "name": "", "queue_id": ""}).status_code
    (box,) = step.look(rows(Mailbox))
    assert ("help@shop.example", "help", False) == (box.address, box.name, box.active)
    assert "Not in use" in step.open("/app/admin/mail").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("address", "", "This is needed."),
        ("address", "nobody", "This does not look like an email address."),
        ("address", "sales@shop.example", "There is already a mailbox for sales@shop.example."),
        ("queue_id", "999999", "Choose from what is offered."),
        ("language", "xx", "Choose from what is offered."),
        ("name", "x" * 61, "This is longer than it can be, by 1."),
    ],
)
def test_a_mistake_is_said_beside_its_field(step: Doorstep, field: str, value: str, says: str) -> None:
    step.change(add_mailbox, "sales@shop.example")
    page = step.submit("/app/admin/mail/new", {**NEW, field: value})

    assert page.status_code in {409, 422}
    assert says == beside(page, field)
    assert 1 == len(step.look(rows(Mailbox)))


def test_a_desk_without_a_relay_says_that_mail_waits(step: Doorstep) -> None:
    step.change(an_answer)
    page = step.open("/app/admin/mail")

    assert "Nothing is sent: no mail server is set. Waiting here: 1." in page.text
    assert "There is no address to send it from." in page.text
    assert "<b>Where" not in page.text


def test_what_was_refused_is_named_and_sent_again(step: Doorstep) -> None:
    step.change(add_mailbox, "support@shop.example")
    mail = step.change(an_answer)
    step.change(tried, mail, MailState.FAILED, "Mailbox <unavailable>")
    page = step.open("/app/admin/mail")

    assert [SAM] == [found.text for found in tree(page).xpath("//*[@class='panel after']//small/bdi")]
    assert "Mailbox &lt;unavailable&gt;" in page.text
    answer = step.submit(f"/app/admin/mail/sent/{mail}/again", via="/app/admin/mail")
    assert "/app/admin/mail?done=queued" == answer.headers["location"]
    assert [MailState.QUEUED] == [row.state for row in step.look(rows(Outgoing))]
    assert 409 == step.submit(f"/app/admin/mail/sent/{mail}/again", via="/app/admin/mail/new").status_code


REASONS = [
    *(servers.UNREACHABLE, servers.BROKE, servers.SLOW, servers.UNTRUSTED, servers.UNPROTECTED, servers.UNKNOWN),
    relay.TAKEN,
    *(letters.UNKNOWN_WAY, letters.TOO_LARGE, letters.NO_FILE, letters.UNWRITTEN),
]


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_of_ours_is_told_in_every_language(reason: str) -> None:
    assert reason != translate("zh", reason)
