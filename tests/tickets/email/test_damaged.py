"""Mails as bad programs write them: the subject, the words and the files are found all the same."""

from __future__ import annotations

import base64
import binascii

import pytest

from tickets.email.digest import Digest, digest

HEAD = b"From: sam@customer.example\r\nSubject: My parcel\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n"
WORDS = "Where is my parcel?"
PLAIN, HTML = f"\r\n{WORDS}\r\n", f"Content-Type: text/html\r\n\r\n<p>{WORDS}</p>\r\n"
PDF = "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"


def read(kind: str, body: str) -> Digest:
    return digest(HEAD + f"Content-Type: {kind}\r\n\r\n{body}".encode())


def parts(*told: str, boundary: str = "x") -> str:
    return "".join(f"--{boundary}\r\n{part}" for part in told) + f"--{boundary}--\r\n"


def words(mail: Digest) -> str:
    return " ".join(mail.text.split())


@pytest.mark.parametrize(
    "content",
    [
        HEAD.replace(b"\r\n", b"\n") + PLAIN.encode(),
        (HEAD + PLAIN.encode()).replace(b"\r\n", b"\r"),
        (HEAD + PLAIN.encode()).replace(b"\r\n", b"\r\r\n"),
        HEAD.replace(b"\r\n", b"\r") + b"\r" + WORDS.encode() + b"\nyes\n",
        HEAD.replace(b"\r\n", b"\r", 1) + PLAIN.encode(),
        HEAD.replace(b"My parcel", b"My\r\nparcel") + PLAIN.encode(),
        HEAD.replace(b"My parcel", b"My\r\n \r\n parcel") + PLAIN.encode(),
        HEAD + WORDS.encode(),
        b"\0" * 100 + HEAD + PLAIN.encode(),
        b"From sam@customer.example Mon Nov 23 10:00:00 2026\r\n" + HEAD + PLAIN.encode(),
        HEAD + b"X-Long: " + b"x" * 2_000_000 + b"\r\n" + PLAIN.encode(),
    ],
)
def test_headers_are_headers_however_their_lines_end(content: bytes) -> None:
    mail = digest(content)
    assert ("My parcel", "sam@customer.example") == (mail.subject, mail.sender.address)
    assert (True, "2026-11-23T09:00:00+00:00") == (words(mail).startswith(WORDS), mail.date)


@pytest.mark.parametrize(
    ("kind", "boundary", "defect"),
    [
        ("multipart/mixed", "abc", "It claims to have parts, and does not say where one ends."),
        ("multipart/mixed; boundary=zzz", "abc", "Its parts begin with another line than it says."),
        ('multipart/mixed; boundary="ab\r\n c"', "----=_Part_1", "Its parts begin with another line than it says."),
    ],
)
def test_parts_are_known_by_their_look_where_their_boundary_is_not(kind: str, boundary: str, defect: str) -> None:
    mail = read(kind, parts(f"Content-Type: text/plain\r\n{PLAIN}", PDF, boundary=boundary))
    assert (WORDS, ["a.pdf"], [defect]) == (words(mail), [one.name for one in mail.attachments], mail.defects)


@pytest.mark.parametrize(
    "kind",
    [
        *('"text/plain"', "text/plain, charset=utf-8", "text", "", ';;;="', "text/plian", "text/x-unknown"),
        *("text/html (yes)", "text/htm", "text/html charset=utf-8", "TEXT/HTML; charset=''"),
    ],
)
def test_a_text_is_one_whatever_its_kind_is_called(kind: str) -> None:
    mail = read(kind, f"<p>{WORDS}</p>" if "htm" in kind.lower() else WORDS)
    assert (WORDS, []) == (words(mail), mail.attachments)


def test_a_page_that_is_called_plain_text_is_a_page() -> None:
    mail = read("text/plain", f"<html><body><p>{WORDS}</p></body></html>")
    assert (WORDS, f"<p>{WORDS}</p>") == (mail.text, mail.html)
    assert "<html> is a tag" == read("text/plain", "<html> is a tag").text


@pytest.mark.parametrize(
    ("kind", "body", "names"),
    [
        ("multipart/alternative; boundary=x", parts(PLAIN, "Content-Type: text/x-amp-html\r\n\r\n<x>\r\n", HTML), []),
        ("multipart/related; boundary=x", parts(PDF, HTML), ["a.pdf"]),
        ('multipart/related; boundary=x; start="<m>"', parts(PDF, f"Content-ID: <m>\r\n{HTML}"), ["a.pdf"]),
        (
            "multipart/mixed; boundary=y",
            parts(
                PLAIN,
                "Content-Type: multipart/appledouble; boundary=x\r\n\r\n"
                + parts("Content-Type: application/applefile; name=a.pdf\r\n\r\nx\r\n", PDF),
                boundary="y",
            ),
            ["a.pdf"],
        ),
        (
            "multipart/mixed; boundary=x",
            parts(f"Content-Type: multipart/mixed; boundary=x\r\n\r\n{parts(PLAIN, PDF)}"),
            ["a.pdf"],
        ),
        ("multipart/mixed; boundary=x", parts(PLAIN, PDF).removesuffix("--x--\r\n"), ["a.pdf"]),
    ],
)
def test_what_is_shown_and_what_is_a_file(kind: str, body: str, names: list[str]) -> None:
    """What stands beside a text for certain programs, or beside a file for a Mac, is no file of anybody's."""
    mail = read(kind, body)
    assert (WORDS, names) == (words(mail), [one.name for one in mail.attachments])


def test_how_it_travelled_is_told_twice_or_not_at_all() -> None:
    letters = base64.b64encode(WORDS.encode()).decode()
    twice = "text/plain\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64"
    assert WORDS == read(twice, letters).text
    unsaid = "Gr=C3=B6=C3=9Fe: where is =\r\nmy parcel=3F\r\n"
    assert "Größe: where is my parcel?\n" == read("text/plain; charset=utf-8", unsaid).text
    for own in ("a=b and =C3=B6 =\r\n", "x=C3=B6\r\n"):
        assert own.replace("\r\n", "\n") == read("text/plain; charset=utf-8", own).text


def test_a_file_in_yenc_is_taken_out_of_the_text() -> None:
    file = bytes(range(256))
    letters = b"".join(
        b"=" + bytes([(byte + 106) % 256]) if (byte + 42) % 256 in b"\0\n\r=" else bytes([(byte + 42) % 256])
        for byte in file
    )
    told = b"=ybegin line=128 size=256 name=all bytes.bin\r\n%s\r\n=yend size=256 crc32=%08x\r\n"
    mail = digest(HEAD + b"\r\n" + WORDS.encode() + b"\r\n" + told % (letters, binascii.crc32(file)) + b"Bye\r\n")
    assert (f"{WORDS} Bye", [("all bytes.bin", 256)]) == (
        words(mail),
        [(one.name, one.size) for one in mail.attachments],
    )


def test_a_subject_in_the_bytes_of_windows_is_read() -> None:
    assert "Größe fehlt" == digest(HEAD.replace(b"My parcel", "Größe fehlt".encode("cp1252")) + PLAIN.encode()).subject
