"""What Outlook packed is files and words again; what is odd stays the file that it was."""

from __future__ import annotations

import struct
import subprocess
import sys
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.email.mailroom import written
from tickets.email.body import words_of
from tickets.email.digest import digest
from tickets.email.parse import parse
from tickets.email.tnef import opened

MESSAGE, FILE = 1, 2  # levels
CODEPAGE, BODY, PROPERTIES = (MESSAGE, 0x9007, 6), (MESSAGE, 0x800C, 2), (MESSAGE, 0x9003, 6)
BEGINS, TITLE, DATA, MORE = (FILE, 0x9002, 6), (FILE, 0x8010, 1), (FILE, 0x800F, 6), (FILE, 0x9005, 6)


def piece(what: tuple[int, int, int], data: bytes) -> bytes:
    level, name, kind = what
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def packed(*pieces: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + piece(CODEPAGE, struct.pack("<II", 936, 0)) + b"".join(pieces)


def properties(*told: tuple[int, int, bytes]) -> bytes:
    """Type, number and value of each."""
    found = struct.pack("<I", len(told))
    for kind, number, value in told:
        found += struct.pack("<HHII", kind, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return found


def a_file(name: str, content: bytes, *more: tuple[int, int, bytes]) -> bytes:
    named = [piece(BEGINS, b"\0" * 14), piece(TITLE, name.encode("cp936") + b"\0"), piece(DATA, content)]
    return b"".join([*named, *([piece(MORE, properties(*more))] if more else [])])


def a_mail(content: bytes, text: str = "See the files", name: str = "winmail.dat") -> bytes:
    mail = EmailMessage()
    mail["From"] = "sam@customer.example"
    if text:
        mail.set_content(text)
    else:
        mail.make_mixed()
    mail.add_attachment(content, maintype="application", subtype="ms-tnef", filename=name)
    return mail.as_bytes()


LONG_NAME = (0x1F, 0x3707, "Rechnung März 2026.pdf\0".encode("utf-16-le"))
PDF = a_file("RECHNU~1.PDF", b"%PDF-1.7", (0x1E, 0x370E, b"application/pdf\0"), LONG_NAME)
TWO = packed(piece(BODY, "单据\0".encode("cp936")), PDF, a_file("发票.txt", b"words"))


def test_its_files_are_files_of_the_mail() -> None:
    letter = parse(a_mail(TWO))
    found = [(file.name, file.claimed, file.content) for file in letter.files]
    assert [("Rechnung März 2026.pdf", "application/pdf", b"%PDF-1.7"), ("发票.txt", "text/plain", b"words")] == found
    assert ([], "See the files") == (letter.remarks, words_of(letter).shown)


def test_its_words_are_the_mails_where_it_has_none() -> None:
    assert "单据" == words_of(parse(a_mail(TWO, text=""))).shown
    html = packed(piece(PROPERTIES, properties((0x102, 0x1013, b"<p>Hello <b>there</b></p>"))))
    letter = parse(a_mail(html, text=" \n"))
    assert (["<p>Hello <b>there</b></p>"], "Hello there") == (letter.htmls, words_of(letter).shown)


def test_a_mail_inside_of_it_is_opened_too() -> None:
    """Its words as a file, and its own files."""
    inner = bytes.fromhex("0703020000000000c000000000000046") + packed(
        piece(BODY, b"Inner words\0"), a_file("a.txt", b"of the inner mail")
    )
    outer = packed(a_file("mail", b"", (0x0D, 0x3701, inner)))
    found = {file.name: file.content for file in parse(a_mail(outer)).files}
    assert {"mail.txt": b"Inner words", "a.txt": b"of the inner mail"} == found


def test_other_programs_see_them_too() -> None:
    told = digest(a_mail(TWO))
    assert ["Rechnung März 2026.pdf", "发票.txt"] == [one.name for one in told.attachments]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"x\x9f\x3e\x22",
        b"no such thing",
        TWO[:-20],
        packed(piece(CODEPAGE, struct.pack("<II", 99999, 0)), piece(BODY, b"x"), piece((MESSAGE, 0x8004, 1), b"y")),
        packed(piece(PROPERTIES, struct.pack("<I", 2**32 - 1) + b"\0" * 8)),
        packed(piece((MESSAGE, 0x9004, 6), struct.pack("<I", 2**32 - 1) + b"\0" * 4000)),
        packed(*[piece((MESSAGE, 0x1234, 6), b"")] * 60_000),
    ],
    ids=["empty", "a beginning", "words", "cut", "a code page", "properties", "people", "heaps"],
)
def test_whatever_is_odd_stays_a_file(odd: bytes) -> None:
    """Counts that are no counts, heaps of nothing, ends that are missing: within a moment."""
    letter = parse(a_mail(odd + b"\0" * 20))
    if opened(odd + b"\0" * 20) is None:
        assert ["winmail.dat"] == [file.name for file in letter.files]
        assert ["winmail"] == letter.remarks
    assert "See the files" == words_of(letter).shown


def test_what_takes_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library counts to four thousand million where a mail inside says so."""
    monkeypatch.setattr("tickets.email.tnef.PATIENCE", 0.1)
    endless = packed(piece(PROPERTIES, struct.pack("<I", 2**32 - 1) + b"\0" * 8), piece(BODY, b"more words here"))
    mark = bytes.fromhex("0703020000000000c000000000000046")
    assert opened(packed(a_file("mail", b"", (0x0D, 0x3701, mark + endless)))) is None


@given(st.binary(max_size=400))
def test_nothing_in_it_does_harm(noise: bytes) -> None:
    parse(a_mail(TWO[:60] + noise + TWO[60:]))


def test_a_mail_without_it_loads_no_library() -> None:
    """Nor does a desk at its start."""
    reads = "import sys; from tickets.email.digest import digest; digest(sys.stdin.buffer.read())"
    script = f"{reads}; print('tnefparse' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], input=written(), capture_output=True, check=True)
    assert b"False" == done.stdout.strip()


def test_a_mail_that_has_only_rich_text_is_read() -> None:
    """As Outlook sends it where a mail is set to rich text: no other words are in it."""
    hidden = rich(r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf\b\htmlrtf0 Hello{\*\htmltag72 </p>}}")
    letter = parse(a_mail(packed(properties_of(hidden), PDF), text=""))
    assert ["Rechnung März 2026.pdf"] == [file.name for file in letter.files]
    assert "Hello" == words_of(letter).shown.strip()
    assert "<p>Hello</p>" in letter.htmls[0]
    letter = parse(a_mail(packed(properties_of(rich(r"{\rtf1 Bonjour}"))), text=""))
    assert "Bonjour" == words_of(letter).shown.strip()


def rich(text: str) -> bytes:
    return struct.pack("<IIII", len(text) + 12, len(text), 0x414C454D, 0) + text.encode()


def properties_of(compressed: bytes) -> bytes:
    return piece(PROPERTIES, properties((0x102, 0x1009, compressed)))
