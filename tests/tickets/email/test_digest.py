"""Other programs read mail through us: whatever it is, they get one object of the same form."""

from __future__ import annotations

import json
from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.elsewhere import elsewhere
from tests.tickets.email.mailroom import written
from tickets.email.digest import Digest, digest, parts_of_reply

FIELDS = {
    "subject",
    "from",
    "to",
    "cc",
    "reply_to",
    "date",
    "message_id",
    "in_reply_to",
    "references",
    "text",
    "html",
    "reply",
    "quoted",
    "attachments",
    "auto",
    "bounce",
    "defects",
}


def told(content: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(msgspec.json.encode(digest(content)))
    return found


def a_mail_with_files() -> bytes:
    mail = EmailMessage()
    mail["From"] = '"Sam Lee" <sam@customer.example>'
    mail["To"] = "Support <support@shop.example>, bo@shop.example"
    mail["Reply-To"] = "sam@home.example"
    mail["Subject"] = "包裹 has not come"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = "<two@customer.example>"
    mail["References"] = "<one@customer.example> <reply@shop.example>"
    mail["In-Reply-To"] = "<reply@shop.example>"
    mail.set_content("Still nothing.\n\nOn 20 Nov 2026 at 9:00, Ada <ada@shop.example> wrote:\n> Tomorrow.\n")
    html = '<p>Still nothing. <img src="cid:logo"></p><script>x()</script>'
    mail.add_alternative(html, subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")  # type: ignore[union-attr, index]
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    return mail.as_bytes()


def test_a_letter_is_told_whole() -> None:
    mail = told(a_mail_with_files())
    assert FIELDS == set(mail)
    assert {"name": "Sam Lee", "address": "sam@customer.example"} == mail["from"]
    assert [
        {"name": "Support", "address": "support@shop.example"},
        {"name": "", "address": "bo@shop.example"},
    ] == mail["to"]
    assert [{"name": "", "address": "sam@home.example"}] == mail["reply_to"]
    assert ("包裹 has not come", "2026-11-23T09:00:00+00:00") == (mail["subject"], mail["date"])
    assert ("<two@customer.example>", "<reply@shop.example>") == (mail["message_id"], mail["in_reply_to"])
    assert ["<one@customer.example>", "<reply@shop.example>"] == mail["references"]
    assert ("Still nothing.", True) == (mail["reply"], "> Tomorrow." in str(mail["quoted"]))
    assert "Still nothing." in str(mail["html"])
    assert "script" not in str(mail["html"])
    assert (None, None, []) == (mail["auto"], mail["bounce"], mail["defects"])


def test_files_are_told_by_their_content() -> None:
    picture, bill = digest(a_mail_with_files()).attachments
    assert ("image/png", 4, "logo", True) == (picture.type, picture.size, picture.content_id, picture.inline)
    assert ("Rechnung März.pdf", "application/pdf", 8) == (bill.name, bill.type, bill.size)
    assert (None, False, 64) == (bill.content_id, bill.inline, len(bill.sha256))


@pytest.mark.parametrize(
    ("headers", "auto"),
    [
        ({}, None),
        ({"auto_submitted": "auto-replied"}, "auto-reply"),
        ({"subject": "Automatic reply: My parcel"}, "out-of-office"),
        ({"list_id": "<news.shop.example>"}, "list"),
        ({"auto_submitted": "auto-generated"}, "notification"),
        ({"return_path": "<>"}, "notification"),
        ({"sender": "postmaster@mx.example", "subject": "Undeliverable: Your order"}, "bounce"),
    ],
)
def test_a_machines_mail_is_called_one(headers: dict[str, str], auto: str | None) -> None:
    assert auto == digest(written(**{"sender": "Sam <sam@customer.example>", **headers})).auto


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("sam@customer.example", "", "sam@customer.example"),
        ("Sam Lee sam@customer.example", "Sam Lee", "sam@customer.example"),
        ('"Mail Delivery System" <>', "Mail Delivery System", ""),
        ("=?utf-8?b?5p2O6Z2Z?= <li@customer.example>", "李静", "li@customer.example"),
        ("sam@customer.example, bo@customer.example", "", "sam@customer.example"),
    ],
)
def test_a_sender_is_found_however_they_are_named(line: str, name: str, address: str) -> None:
    found = digest(f"From: {line}\r\n\r\nHello".encode()).sender
    assert (name, address) == (found.name, found.address)


@given(st.binary(max_size=400), st.sampled_from([b"", a_mail_with_files()]))
def test_nothing_is_too_odd(junk: bytes, before: bytes) -> None:
    assert FIELDS == set(told(before[: len(junk) * 3] + junk))


def test_what_is_nested_without_end_is_told_as_such() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200))
    mail = digest(b"Subject: Dolls\r\n" + parts)
    assert (Digest(defects=mail.defects), 1) == (mail, len(mail.defects))


def test_new_and_quoted_are_all_of_it() -> None:
    text = "Thanks\n\nOn 20 Nov 2026 at 9:00, Ada <ada@shop.example> wrote:\n> Tomorrow.\n"
    found = parts_of_reply(text.encode())
    quoted = "On 20 Nov 2026 at 9:00, Ada <ada@shop.example> wrote:\n> Tomorrow."
    assert ("Thanks", quoted) == (found.reply, found.quoted)


def test_other_peoples_mail_is_told_within_their_lines() -> None:
    """All of both collections: each is one line of JSON."""
    folder = elsewhere("mail", cases=187)
    mails = [*folder.rglob("*.eml"), *folder.rglob("*.msg")]
    assert 187 == len(mails)
    for path in mails:
        line = msgspec.json.encode(digest(path.read_bytes()))
        assert FIELDS == set(json.loads(line)), path
        assert b"\n" not in line, path


def test_several_senders_are_a_defect_and_the_one_who_sent_it_counts() -> None:
    """RFC 5322, 3.6.2: of several in From, Sender tells who it was."""
    two = "From: Ada <ada@shop.example>, Bo <bo@shop.example>\r\n"
    assert "ada@shop.example" == digest(f"{two}\r\nHello".encode()).sender.address
    mail = digest(f"{two}Sender: BO@shop.example\r\n\r\nHello".encode())
    assert ("bo@shop.example", ["It names more than one sender."]) == (mail.sender.address, mail.defects)

    twice = digest(b"From: ada@shop.example\r\nFrom: bo@shop.example\r\n\r\nHello")
    assert ("ada@shop.example", ["It says more than once who sent it."]) == (twice.sender.address, twice.defects)
    assert "bo@shop.example" == digest(b"Sender: bo@shop.example\r\n\r\nHello").sender.address


def test_a_text_is_parted_in_whatever_encoding_it_is() -> None:
    text = "Спасибо!\n\n23.11.2026 10:00, Ada <ada@shop.example> пишет:\n> Завтра.\n"
    for codec in ("utf-8", "cp1251", "koi8-r", "utf-16"):
        assert "Спасибо!" == parts_of_reply(text.encode(codec)).reply


def test_formatted_text_that_is_too_long_to_be_read_says_so() -> None:
    mail = digest(b"Content-Type: text/html\r\n\r\n" + b"<p>a word" * 500_000)
    assert "Its formatted text is too long: its end is not read." in mail.defects


@pytest.mark.parametrize(
    "told",
    [
        "filename*=utf-7''a+2AA-.pdf",
        "filename*=unicode_escape''%5Cud800.pdf",
        "filename*=unicode_escape''%ED%A0%80+2AA-\\ud800",
        'filename="=?utf-7?Q?a+2AA-.pdf?="',
        "filename=a.pdf\r\nContent-ID: <\udcff\udc80>",
    ],
)
def test_a_half_of_a_letter_is_a_question_mark_in_a_name(told: str) -> None:
    """What another program is told of a mail is text, whatever encoding a name claims (RFC 2231, RFC 2152)."""
    head = b"From: =?utf-7?Q?Sam_+2AA-?= <sam@customer.example>\r\nSubject: =?utf-7?Q?My_+2AA-?=\r\n"
    part = f"Content-Disposition: attachment; {told}\r\n\r\nx".encode("utf-8", "surrogateescape")
    mail = digest(head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + b"\r\n--b--\r\n")
    assert (1, "Sam \ufffd", "My \ufffd") == (len(mail.attachments), mail.sender.name, mail.subject)
    msgspec.json.encode(mail)


def test_a_half_of_a_letter_costs_no_word_of_a_formatted_mail() -> None:
    mail = digest(b"From: a@b.example\r\nContent-Type: text/html; charset=utf-7\r\n\r\n<p>Order 4471 +2AA- help</p>")
    assert "Order 4471 \ufffd help" == mail.text.strip()


def test_what_is_left_out_of_a_long_list_is_said() -> None:
    people = ", ".join(f"p{n}@customer.example" for n in range(300))
    ids = " ".join(f"<r{n}@x.example>" for n in range(300))
    told = digest(f"From: a@b.example\r\nTo: {people}\r\nCc: {people}\r\nReferences: {ids}\r\n\r\nx".encode()).defects
    assert [
        "More people stand in copy than are listed.",
        "It refers to more mails than are listed: of these there are the first and the newest.",
        "It was sent to more people than are listed.",
    ] == told
