"""What we write reads the same at the other end, and nobody's name or words can break out of their place."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.email.compose import Enclosure, Letter, as_html, compose, wire_address
from tickets.text import one_line

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INJECTIONS = [
    "Sam\r\nBcc: everybody@elsewhere.example",
    "Sam\nX-Evil: yes",
    "Sam\r\n\r\n<script>alert(1)</script>",
    "Sam\0\x1b[31m",
    "Sam\u2028Bcc: x@y.example",
    '"Sam" <mallory@elsewhere.example>',
    "Sam, Mallory <mallory@elsewhere.example>",
    "=?utf-8?q?Sam=0D=0ABcc:_x=40y.example?=",
    "Sam\udcff",
    "a" * 3000,
    "李静 " * 300,
]
KNOWN = {
    "Date",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
}


def a_letter(**more: object) -> Letter:
    told = {
        "sender": ("Ada (Shop Support)", "support@shop.example"),
        "to": ("Sam Okafor", "sam@customer.example"),
        "subject": "Re: Where is my parcel?",
        "text": "It comes today.\n",
        "mail_id": "<t.1.2.abcdefghijabcdefghij@desk.example>",
        "date": WHEN,
        "cc": ["priya@customer.example"],
        "reply_to": "support+t1.abcdefghijabcdefghij@shop.example",
        "in_reply_to": "<first@customer.example>",
        "references": ["<first@customer.example>"],
    }
    return Letter(**{**told, **more})  # type: ignore[arg-type]


def read(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert [] == found.defects
    assert set(found.keys()) <= KNOWN
    assert len(found.keys()) == len(set(found.keys()))
    return found


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_letter_reads_as_it_was_written() -> None:
    mail = read(compose(a_letter()))

    assert "Re: Where is my parcel?" == mail["Subject"]
    assert [("Ada (Shop Support)", "support@shop.example")] == _people(mail, "From")
    assert [("Sam Okafor", "sam@customer.example")] == _people(mail, "To")
    assert [("", "priya@customer.example")] == _people(mail, "Cc")
    assert "support+t1.abcdefghijabcdefghij@shop.example" == _people(mail, "Reply-To")[0][1]
    assert "<t.1.2.abcdefghijabcdefghij@desk.example>" == mail["Message-ID"]
    assert mail["In-Reply-To"] == mail["References"] == "<first@customer.example>"
    assert WHEN == mail["Date"].datetime
    assert mail["Auto-Submitted"] is None
    assert "It comes today.\n" == body(mail, "plain")
    assert "It comes today." in body(mail, "html")


def test_what_a_machine_wrote_says_so() -> None:
    """Nobody's machine shall answer it (RFC 3834 5)."""
    alone = read(compose(a_letter(automated=True, in_reply_to="", references=[])))
    answering = read(compose(a_letter(automated=True)))

    assert ("auto-generated", "All") == (alone["Auto-Submitted"], alone["X-Auto-Response-Suppress"])
    assert "auto-replied" == answering["Auto-Submitted"]
    assert alone["In-Reply-To"] is alone["References"] is None


@pytest.mark.parametrize("bad", INJECTIONS)
def test_nobody_breaks_out_of_a_header(bad: str) -> None:
    """header_injection: a name or a subject is one header's words and nothing else (CVE-2024-6923)."""
    mail = read(
        compose(
            a_letter(
                sender=(bad, "support@shop.example"),
                to=(bad, "sam@customer.example"),
                subject=bad,
                language=bad,
                files=[Enclosure(bad, f"text/{bad}", b"x")],
            )
        )
    )
    assert ["support@shop.example"] == [address for _, address in _people(mail, "From")]
    assert ["sam@customer.example"] == [address for _, address in _people(mail, "To")]
    assert one_line(bad, 1000) == mail["Subject"]
    assert b"x" == next(iter(mail.iter_attachments())).get_payload(decode=True)


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=60), subject=st.text(max_size=200), text=st.text(max_size=400), language=st.just("zh"))
def test_any_words_come_back_the_same(name: str, subject: str, text: str, language: str) -> None:
    name, subject = one_line(name, 100), one_line(subject, 200)
    text = text.encode("utf-8", "replace").decode().replace("\r", "")
    content = compose(a_letter(to=(name, "sam@customer.example"), subject=subject, text=text, language=language))
    mail = read(content)

    assert [(name, "sam@customer.example")] == _named(content, "To")
    assert subject == (mail["Subject"] or "")
    assert text.rstrip("\n") == body(mail, "plain").rstrip("\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "every line ends with CRLF"
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


@given(ids=st.lists(st.from_regex(r"<[a-z0-9.]{1,250}@[a-z.]{1,40}>", fullmatch=True), min_size=1, max_size=20))
def test_message_ids_are_never_cut_or_encoded(ids: list[str]) -> None:
    mail = read(compose(a_letter(references=ids, in_reply_to=ids[-1], mail_id=ids[0])))

    assert ids == mail["References"].split()
    assert (ids[-1], ids[0]) == (mail["In-Reply-To"], mail["Message-ID"])


def test_files_go_along_as_they_are() -> None:
    picture, page = (
        Enclosure("Где 图.png", "image/png", bytes(range(256)) * 40),
        Enclosure("a.html", "text/html", b"\n<b>"),
    )
    odd = Enclosure("", "no type at all", b"\r\n.\r\n")
    files = list(read(compose(a_letter(files=[picture, page, odd]))).iter_attachments())

    assert ["Где 图.png", "a.html", "file"] == [file.get_filename() for file in files]
    assert ["image/png", "application/octet-stream", "application/octet-stream"] == [
        f.get_content_type() for f in files
    ]
    assert [picture.content, page.content, odd.content] == [file.get_payload(decode=True) for file in files]


def test_the_page_says_the_same_and_nothing_is_run() -> None:
    page = as_html('Hello <b>Sam</b>,\n\nsee https://shop.example/a?b=1&c=2.\n& "bye"', "en")

    assert "<p>Hello &lt;b&gt;Sam&lt;/b&gt;,</p>" in page
    link = "https://shop.example/a?b=1&amp;c=2"
    assert f'<p>see <a href="{link}">{link}</a>.<br>&amp; &quot;bye&quot;</p>' in page


@given(st.text())
def test_the_page_has_no_tags_but_ours(text: str) -> None:
    allowed = {"html", "head", "meta", "body", "p", "br", "a"}
    assert set(re.findall(r"<([a-z]+)", as_html(text, text))) <= allowed


@pytest.mark.parametrize(
    ("wire", "address"),
    [
        ("sam@xn--fsqu00a.example", "sam@例子.example"),
        ("a@xn--strae-oqa.example", "a@straße.example"),
        ("a@b.example",) * 2,
    ],
)
def test_a_foreign_domain_travels_in_ascii(wire: str, address: str) -> None:
    assert wire == wire_address(address)


def test_letters_before_the_at_that_no_server_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        compose(a_letter(to=("李静", "李静@customer.example")))


def _people(mail: EmailMessage, header: str) -> list[tuple[str, str]]:
    return [(one.display_name, one.addr_spec) for one in mail[header].addresses]


def _named(content: bytes, header: str) -> list[tuple[str, str]]:
    """As RFC 2047 reads encoded words that stand beside each other; `policy.default` parts some with a blank."""
    raw = email.message_from_bytes(content, policy=email.policy.compat32)[header]
    return [(_decoded(name), address) for name, address in getaddresses([re.sub(r"\r?\n(?=[ \t])", "", raw)])]


def _decoded(words: str) -> str:
    parts = decode_header(words)
    return "".join(part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts)
