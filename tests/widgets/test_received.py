"""What stands around a message that came by mail, for staff and for nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from chat.frames import visitor_frames
from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import SUPPORT, written
from tests.widgets.applier import parsed, same
from tests.widgets.screens import Day, a_day
from tickets import log
from tickets.email import raw
from tickets.email.intake import take_in
from tickets.email.mail import Mail
from tickets.email.mailbox import add_mailbox
from tickets.email.names import reply_address
from tickets.email.raw import Envelope, fingerprint
from tickets.email.reading import read
from tickets.files.store import Store
from widgets.received import Received


def a_mail(**facts: object) -> Received:
    return Received(Mail(message_id=1, ticket_id=2, raw_id=3, **facts))  # type: ignore[arg-type]


def words(html: str) -> str:
    return " ".join("".join(map(str, lxml_html.fromstring(f"<div>{html}</div>").itertext())).split())


def test_it_says_who_wrote_to_whom() -> None:
    """Our own reply address without its mark: that is a key."""
    ours = reply_address(RULES.seals, SUPPORT, 42)
    mail = a_mail(sender="sam@customer.example", recipients=[("", ours)], copies=[("Bo", "bo@customer.example")])
    shown = words(mail.above("en"))
    assert f"From sam@customer.example To {SUPPORT} Cc Bo <bo@customer.example>" == shown


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"sender_failed": True}, "Sender not verified"),
        ({"private": "stranger"}, "Not from the customer"),
        ({"private": "unproved"}, "Kept private: its sender failed a check."),
        ({"private": "colleague"}, "Kept private: nobody answers customers by mail in our name."),
        ({"because": "in-reply-to"}, "Joined because of its In-Reply-To."),
        ({"because": "new"}, "New ticket because it answers none."),
        ({"checks": {"dmarc": "fail", "spf": "pass"}}, "DMARC failed"),
        ({"guessed": True}, "Encoding guessed"),
        ({"robot": "away"}, "Automatic reply"),
        ({"robot": "bounce"}, "Delivery report"),
        ({"remarks": ["winmail", "unheard-of"]}, "Outlook packed its files into winmail.dat"),
        ({"remarks": ["copies"]}, "It names more people than are suggested for a copy"),
        ({"left_out": 7}, "7 more files are in the original"),
        ({"related": 1042, "relation": "mentions"}, "Mentions #1042"),
        ({"related": 1042, "relation": "follows"}, "Follows #1042"),
        ({"told_date": "Thu, 1 Jan 1970"}, "Dated by the sender: Thu, 1 Jan 1970"),
        ({"sender": ""}, "Unknown sender"),
    ],
)
def test_what_is_odd_is_said_in_words(facts: dict[str, object], says: str) -> None:
    mail = a_mail(**{"sender": "sam@customer.example", **facts})
    assert says in words(mail.above("en") + mail.below("en"))


def test_a_plain_mail_says_nothing_odd() -> None:
    assert "<li" not in a_mail(sender="sam@customer.example").above("en")
    assert "/mailview/" not in a_mail().below("en")
    assert "Show pictures" not in a_mail(html=True).below("en")
    assert "Show pictures" in a_mail(html=True, pictures=True).below("en")


def test_names_are_words_and_nothing_else() -> None:
    html = a_mail(sender="a@b.example", recipients=[("<img src=x>", "\u202ec@d.example")]).above("en")
    assert "<img" not in html
    assert "[RLO]c@d.example" in html


async def comes(day: Day, folder: Path, content: bytes, to: str = SUPPORT) -> None:
    store = Store(folder / "files")
    stored = store.keep(content)
    box = await day.does(lambda change: add_mailbox(change, f"box{len(day.ids)}@shop.example").id)
    day.ids[f"box{box}"] = box
    await day.does(raw.accept, Envelope("x@y.example", {box: [to]}), stored, fingerprint(content))
    (leased,) = await day.does(raw.lease, 1)
    await day.does(take_in, leased, read(store.path(leased.sha256), store))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_mail_that_comes_live_is_what_a_reload_brings(tmp_path: Path, language: str) -> None:
    """From the customer, from a stranger, and from a machine; on a ticket that began as a chat."""
    async with a_day(tmp_path, language=language) as day:
        address = reply_address(day.desk.rules.seals, SUPPORT, day.ids["ticket"])
        cursor, page = day.cursor, parsed(day.page())
        html = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p><img src='https://a.example/x.png'>"
        for at, head in enumerate(
            (b"From: eve@evil.example\r\n", b"Auto-Submitted: auto-replied\r\n", b"From: b@c\r\n")
        ):
            await comes(day, tmp_path, b"Subject: %d\r\n" % at + head + html, to=address)
        await comes(day, tmp_path, written("A matter of its own"))
        assert same(parsed(day.page())) == same(day.live(page, day.since(cursor)))


async def test_a_visitor_hears_nothing_of_what_is_for_staff(tmp_path: Path) -> None:
    """A stranger's words, a machine's, and what stands around any mail."""
    async with a_day(tmp_path) as day:
        cursor = day.cursor
        address = reply_address(day.desk.rules.seals, SUPPORT, day.ids["ticket"])
        for head in (b"From: eve@evil.example\r\n", b"Auto-Submitted: auto-generated\r\n"):
            await comes(day, tmp_path, head + b"\r\nSecret words", to=address)
        frames = day.desk.look(lambda session: visitor_frames(session, log.after(session, cursor)))
        assert "Secret" not in repr(frames)
        assert "eve" not in repr(frames)
