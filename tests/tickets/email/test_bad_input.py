"""Bad mail, row by row of the house's table (reliability.md, part 5): what a person sees, and what is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from tests.cast import an_agent
from tests.tickets.email.letters import RULES, SAM, an_answer, outbox
from tests.tickets.email.mailroom import TERMS, Mailroom, a_counter, a_mailroom, written
from tests.tickets.email.test_bounces import REPORT
from tests.tickets.email.test_parse import nested
from tickets import by_hand
from tickets.change import Change
from tickets.email import edge, raw
from tickets.email.by_hand import answer_to
from tickets.email.correspondence import Correspondence
from tickets.email.outgoing import MailState
from tickets.email.raw import RawMail, RawState
from tickets.errors import Refused
from tickets.files.attachment import Attachment
from tickets.files.store import Incoming
from tickets.message import MessageKind
from tickets.rules import Rules
from tickets.status import Status
from widgets.received import Received

HELLO = ("EHLO mail.example", f"MAIL FROM:<{SAM}>")


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


def above(room: Mailroom, content: bytes, language: str = "en") -> str:
    """What stands above the words of a mail in the console."""
    return str(Received(room.mail(room.arrives(content))).above(language))


@pytest.mark.parametrize("sender", ["", "a@b.example, c@d.example", "nobody at all", "<>", "sam@localhost"])
def test_row_22_a_mail_from_nobody_is_answered_when_somebody_says_where(room: Mailroom, sender: str) -> None:
    message = room.arrives(written("Help", sender=sender))
    ticket, ada = room.ticket(message), an_agent(room.change)
    assert room.change.find(Correspondence, ticket.id) is None

    with room.change.acting_as(ada.actor):
        with pytest.raises(Refused, match="Set an address first"):
            by_hand.reply(room.change, ticket.id, text="Hello", client_id="1")
        answer_to(room.change, ticket.id, SAM)
        by_hand.reply(room.change, ticket.id, text="Hello", client_id="2")
    told = room.change.take(Correspondence, ticket.id)
    assert (SAM, room.mailbox.id, "<one@customer.example>") == (told.address, told.mailbox_id, told.last_message_id)


def test_row_22_it_says_that_nobody_knows_who_wrote(room: Mailroom) -> None:
    assert "Unknown sender" in above(room, written(sender="a@b.example, c@d.example"))
    assert "发件人未知" in above(room, written("Two", sender=""), "zh")


def test_row_23_a_mail_without_anything_is_a_ticket_without_a_subject(room: Mailroom) -> None:
    message = room.arrives(b"From: sam@customer.example\r\n\r\nHello\r\n")
    assert ("", "Hello", room.change.now) == (room.ticket(message).subject, message.text, message.at)
    assert room.comes(b"From: sam@customer.example\r\n\r\nHello") is None, "its hash stands for its id"


@pytest.mark.parametrize(
    "date",
    ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 1 Jan 2099 00:00:00 +0000", "soon", "Mon, 23 Nov 2026 09:00:00 CCCP"],
)
def test_row_24_an_absurd_date_is_shown_and_not_believed(room: Mailroom, date: str) -> None:
    content = written().replace(b"Mon, 23 Nov 2026 09:00:00 +0000", date.encode())
    message = room.arrives(content)
    assert room.change.now == message.at
    believed = room.mail(message).told_date == ""
    assert believed == date.endswith("CCCP"), "the zone is a guess, the day is not"


@pytest.mark.parametrize("charset", ["utf-8", "x-unknown", "us-ascii", "iso-2022-jp"])
def test_row_25_a_wrong_charset_is_readable_and_said(room: Mailroom, charset: str) -> None:
    head = f"From: {SAM}\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    content = head.encode() + "café – €5".encode("cp1252")
    message = room.arrives(content)
    assert ("café – €5", True) == (message.text, room.mail(message).guessed)
    assert "Encoding guessed" in Received(room.mail(message)).above("en")
    assert content == room.store.path(room.raw()[0].sha256).read_bytes()


def test_row_26_formatted_only_empty_or_only_a_file(room: Mailroom) -> None:
    html = room.arrives(b"Content-Type: text/html\r\n\r\n<p>Hello <b>there</b></p>")
    assert ("Hello there", True) == (html.text, room.mail(html).html)
    assert "/mailview/" in Received(room.mail(html)).below("en")

    empty = room.arrives(f"From: {SAM}\r\nSubject: nothing\r\n\r\n\r\n".encode())
    assert ("", 0) == (empty.text, empty.files)

    mail = EmailMessage(policy=WIRE)
    mail["From"] = SAM
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    only = room.arrives(mail.as_bytes())
    assert ("", 1) == (only.text, only.files)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("application/ms-tnef; name=winmail.dat", "winmail.dat"),
        ("application/pkcs7-mime; name=smime.p7m", "S/MIME"),
        ("application/pgp-encrypted; name=a.asc", "PGP"),
    ],
)
def test_row_27_what_we_cannot_open_is_kept_and_explained(room: Mailroom, kind: str, says: str) -> None:
    part = f"--x\r\nContent-Type: {kind}\r\n\r\n\x01\x02\r\n--x--\r\n"
    content = f"From: {SAM}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{part}".encode()
    assert says in above(room, content)
    (file,) = room.change.rows(select(Attachment))
    assert b"\x01\x02" == room.store.path(file.sha256).read_bytes()


async def test_row_28_too_big_is_told_to_the_sender(tmp_path: Path) -> None:
    """By what it says beforehand, and by what it sends; nothing is kept."""
    async with a_counter(tmp_path, terms=replace(TERMS, largest=100_000)) as counter:
        assert "552 5.3.4" == (await counter.says("EHLO x", f"MAIL FROM:<{SAM}> SIZE=100001"))[-1][:9]
        assert "552 5.3.4" == (await counter.takes(written("x" * 70 + "\n") * 2000))[:9]
        assert "250 2.0.0 Kept" == await counter.takes(written())
        assert 1 == len([path for path in counter.store.folder.rglob("*") if path.is_file()])


def test_row_28_too_deep_is_a_ticket_with_the_mail_as_it_came(room: Mailroom) -> None:
    content = nested(60)
    message = room.arrives(content)
    (row,) = room.raw()
    assert (RawState.QUARANTINED, message.id) == (row.state, row.message_id)
    assert room.mail(message).unreadable
    assert f"/mail/{row.id}/source" in Received(room.mail(message)).below("en")
    assert content == room.store.path(row.sha256).read_bytes()


@pytest.mark.parametrize("text", ["https://shop.example/a " * 5_000, "x" * 100_000, "word " * 20_000])
def test_row_29_a_very_long_mail_is_shortened_and_there_in_full(room: Mailroom, text: str) -> None:
    message = room.arrives(written(text))
    assert 7_000 < len(message.text) <= 8_000
    assert "".join(text.split()) == "".join(room.mail(message).whole.split())


def test_row_30_the_same_mail_again_is_nothing_new(room: Mailroom) -> None:
    room.arrives(written())
    for hop in range(3):
        assert room.comes(b"Received: from hop%d\r\nDelivered-To: x\r\n" % hop + written()) is None
    assert [3] == [row.duplicates for row in room.raw()]


@pytest.mark.parametrize(
    "headers",
    [{"auto_submitted": "auto-replied"}, {"list_id": "<a.b>"}, {"x_loop": "x"}, {"precedence": "bulk"}],
)
def test_row_31_a_machine_wakes_nobody(room: Mailroom, headers: dict[str, str]) -> None:
    ticket = room.ticket(room.arrives(written()))
    an_answer(room.change, ticket)
    ticket.resolve(room.change)
    answer = written("I am a machine", id="<2@x.example>", in_reply_to="<one@customer.example>", **headers)
    message = room.arrives(answer)
    assert (ticket.id, MessageKind.AUTO, Status.RESOLVED) == (message.ticket_id, message.kind, ticket.status)
    assert (None, 1) == (ticket.waiting_since, len(outbox(room.change)))


def test_row_32_a_mail_that_came_back_says_why(room: Mailroom) -> None:
    ticket = room.ticket(room.arrives(written()))
    an_answer(room.change, ticket)
    (ours,) = outbox(room.change)
    ours.state = MailState.SENT.value
    report = (REPORT % (b"failed", b"text/rfc822-headers")).replace(b"<t.7.9.mark@shop.example>", ours.mail_id.encode())
    room.arrives(report, sender="")
    assert (MailState.FAILED, "5.2.2 552 5.2.2 Mailbox full") == (ours.state, ours.said)


def test_row_33_an_answer_to_what_is_closed_reopens_it_or_follows_it(room: Mailroom) -> None:
    ticket = room.ticket(room.arrives(written()))
    ticket.set_status(room.change, Status.CLOSED)
    again = room.arrives(written("Still", id="<2@x.example>", in_reply_to="<one@customer.example>"))
    assert (ticket.id, Status.OPEN) == (again.ticket_id, ticket.status)
    ticket.set_status(room.change, Status.CLOSED)
    room.change.moves(days=31)
    way = {"in_reply_to": "<one@customer.example>", "subject": "Another thing"}
    later = room.arrives(written("Later", id="<3@x.example>", **way))
    assert (True, Status.CLOSED) == (ticket.id != later.ticket_id, ticket.status)
    assert f"Follows #{ticket.number}" in Received(room.mail(later)).above("en")


def test_row_34_a_number_in_a_subject_is_a_hint(room: Mailroom) -> None:
    ticket = room.ticket(room.arrives(written()))
    subject = f"Re: [#{ticket.number}] My parcel"
    other = room.arrives(written("Me too", id="<2@x.example>", sender="eve@evil.example", subject=subject))
    assert ticket.id != other.ticket_id
    assert f"Mentions #{ticket.number}" in Received(room.mail(other)).above("en")


def test_row_35_whoever_fails_a_check_is_nobody_we_know(tmp_path: Path) -> None:
    room = a_mailroom(tmp_path, rules=Rules(seals=RULES.seals, trusted_mail_server="mx.shop.example"))
    first = room.arrives(written())
    forged = b"Authentication-Results: mx.shop.example; dmarc=fail\r\n" + written(
        "Change my bank account", id="<2@x.example>", in_reply_to="<one@customer.example>"
    )
    message = room.arrives(forged)
    assert (True, True) == (message.ticket_id != first.ticket_id, message.by != first.by)
    assert "Sender not verified" in Received(room.mail(message)).above("en")
    assert first.by == room.arrives(written("Honest", id="<3@x.example>")).by


async def test_row_36_each_no_has_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, too much, database gone, disk full. What is not kept is counted nowhere."""
    async with a_counter(tmp_path, terms=replace(TERMS, per_sender_per_hour=2)) as counter:
        assert "550 5.1.1" == (await counter.says(*HELLO, "RCPT TO:<nobody@shop.example>"))[-1][:9]
        for error, code in [(sqlite3.SQLITE_BUSY, "451 4.3.0"), (sqlite3.SQLITE_FULL, "452 4.3.1")]:
            with monkeypatch.context() as broken:
                broken.setattr(raw, "accept", _breaks(error))
                assert code == (await counter.takes(written()))[:9]
        with monkeypatch.context() as full:
            full.setattr(Incoming, "lay", _no_room)
            assert "452 4.3.1" == (await counter.takes(written()))[:9]
        with monkeypatch.context() as nearly_full:
            nearly_full.setattr(edge, "LEAST_SPACE", 2**62)
            assert "452 4.3.1" == (await counter.says(*HELLO))[-1][:9]
        assert [] == counter.rows(RawMail)
        for n in range(2):
            assert "250 2.0.0 Kept" == await counter.takes(written(str(n)))
        assert "451 4.7.1" == (await counter.says(*HELLO))[-1][:9]
        assert "250 2.1.0 Fine" == (await counter.says("EHLO x", "MAIL FROM:<>"))[-1], "reports are never too many"


def _breaks(code: int) -> Callable[..., None]:
    def accept(change: Change, *_: object) -> None:
        error = sqlite3.OperationalError("broken")
        error.sqlite_errorcode = code
        raise OperationalError("insert", {}, error)

    return accept


def _no_room(self: Incoming) -> None:
    raise OSError(28, "No space left on device")


async def test_row_37_garbage_is_refused_and_shown_the_door(tmp_path: Path) -> None:
    """Bare line feeds, commands in a heap, and ten thousand guesses at names."""
    async with a_counter(tmp_path) as counter:
        said = await counter.says(b"EHLO mail.example\n", b"\x00\xff\xfe\r\n", "GET / HTTP/1.1", "QUIT")
        assert ["500", "500", "500", "221"] == [answer[:3] for answer in said[1:]]
        heap = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n" + b"RCPT TO:<x@shop.example>\r\n" * 10_000
        said = await counter.says(heap, *[b""] * 30)
        assert 11 >= sum(answer.startswith("550 5.1.1") for answer in said)
        assert "" == said[-1], "they hung up"
        assert [] == counter.rows(RawMail)
