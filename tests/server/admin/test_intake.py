"""The page of one address: what came, what was decided and why, what was put aside, and who is not written to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from sqlmodel import select

from server.admin import web
from server.admin.intake import of_mailbox
from tests.engine import about_sqlite
from tests.plans import plans_of
from tests.server.doorstep import Doorstep, a_doorstep
from tests.tickets.email.letters import SAM
from tests.tickets.email.mailroom import SUPPORT, Mailroom, a_mailroom, written
from tests.tickets.email.test_parse import nested
from tests.widgets.test_received import words
from tickets.change import Change
from tickets.email.incoming import Incoming
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.outbox import post_notice
from tickets.email.servers import UNKNOWN
from tickets.email.suppressed import Suppressed, suppress
from tickets.files.store import Store
from tickets.ticket import Ticket


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ines, the admin, at a desk with two addresses."""
    with a_doorstep(tmp_path, *web.DOORS) as step:
        step.sign_in("Ines")
        step.change(add_mailbox, SUPPORT)
        step.change(add_mailbox, "sales@shop.example")
        yield step


def comes(step: Doorstep, folder: Path, content: bytes) -> None:
    def arrives(change: Change) -> None:
        (box,) = change.rows(select(Mailbox).where(Mailbox.address == SUPPORT))
        room = Mailroom(change, Store(folder / "files"), box)  # type: ignore[arg-type]
        room.comes(content)

    step.change(arrives)


def page(step: Doorstep, address: str = SUPPORT) -> str:
    (box,) = step.look(lambda session: session.exec(select(Mailbox).where(Mailbox.address == address)).all())
    shown = step.open(f"/app/admin/mail/{box.id}/intake")
    assert 200 == shown.status_code
    return words(shown.text)


def test_each_mail_says_where_it_went_and_why(step: Doorstep, tmp_path: Path) -> None:
    assert "No mail has come here yet." in page(step)
    for content in (written(), written(), written("More", id="<2@x.example>", in_reply_to="<one@customer.example>")):
        comes(step, tmp_path, content)
    shown = page(step)
    assert "New ticket because it answers none. It came 1 more times, and counts once." in shown
    assert "Joined because of its In-Reply-To." in shown
    assert "No mail has come here yet." in page(step, "sales@shop.example")


@about_sqlite
def test_what_came_is_found_in_its_order_however_much_it_is(tmp_path: Path) -> None:
    """None of it is sorted; and what waits or is put aside is found without what came and was read."""
    room = a_mailroom(tmp_path)
    for n in range(3):
        room.comes(written(id=f"<{n}@customer.example>"))
    room.change.write()
    plans = plans_of(room.change.session)

    of_mailbox(room.change.session, room.mailbox.id)

    read = [step.partition("ix_raw_mail_")[2] for step in plans if "raw_mail" in step]
    newest, _, *waiting_or_aside, all_of_it = read
    assert ["mailbox (mailbox_id=?)"] * 2 == [newest, all_of_it]
    assert ["line (state=?)"] * 4 == waiting_or_aside
    assert [] == [step for step in takewhile(_is_of_mail, plans) if step.startswith("USE TEMP")]


def _is_of_mail(step: str) -> bool:
    return "suppressed" not in step  # which is asked last: of those there are few


def test_a_mailbox_that_cannot_be_fetched_from_says_so(step: Doorstep) -> None:
    def is_fetched(change: Change) -> None:
        (box,) = change.rows(select(Mailbox).where(Mailbox.address == SUPPORT))
        row = Incoming(mailbox_id=box.id, host="imap.shop.example", user="support", set_at=change.now)
        row.checked_at, row.why, row.waiting = change.now, UNKNOWN, 3
        change.add(row)

    step.change(is_fetched)
    shown = page(step)
    assert UNKNOWN in shown
    assert "imap.shop.example:993" in shown
    assert "3 more lie there" in shown


def test_what_was_put_aside_can_be_read_again_and_saved(step: Doorstep, tmp_path: Path) -> None:
    comes(step, tmp_path, nested(60))
    shown = page(step)
    for said in ("Put aside 1", "It could not be read.", "Try again", "Download mail"):
        assert said in shown
    assert "It could not be read." not in page(step, "sales@shop.example")


def test_somebody_who_is_not_written_to_can_be_written_to_again(step: Doorstep, tmp_path: Path) -> None:
    def comes_back(change: Change) -> None:
        (ticket,) = change.rows(select(Ticket))
        mail = post_notice(change, ticket, to=SAM, notice="complaint", facts={})
        assert mail is not None
        suppress(change, mail, [SAM], said="<no such user>", told_by="report")

    comes(step, tmp_path, written())
    step.change(comes_back)
    (row,) = step.look(lambda session: session.exec(select(Suppressed)).all())
    assert row.mailbox_id is not None
    shown = page(step)
    assert f"Nothing is sent to 1 {SAM}" in shown
    assert "<no such user>" in shown
    step.submit(f"/app/admin/mail/suppressed/{row.id}/lift", via=f"/app/admin/mail/{row.mailbox_id}/intake")
    assert "Nothing is sent to" not in page(step)
