"""What travelled in Base64 or quoted-printable is what was sent, whatever happened to it on the way."""

from __future__ import annotations

import base64

import pytest

from tickets.email.digest import digest
from tickets.email.parse import parse

WORDS = "Guten Tag,\nmein Paket ist nicht gekommen: Größe XL, schöne Grüße. " * 4
LETTERS = base64.encodebytes(WORDS.encode()).decode()
FOOTER = "_______________\nUnsubscribe:\nhttps://lists.example/options"


def a_mail(body: str, encoding: str = "base64", kind: str = "text/plain") -> bytes:
    return f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}".encode()


def text_of(body: str, encoding: str = "base64") -> str:
    return parse(a_mail(body, encoding)).texts[0]


@pytest.mark.parametrize("encoding", ["base64", "BASE-64", '"base64"', "x-base64", "base64 (of course)", "base_64;"])
def test_base64_is_that_however_it_is_spelled(encoding: str) -> None:
    assert WORDS == text_of(LETTERS, encoding)


def test_words_above_and_below_base64_are_words() -> None:
    """A mailing list or a gate wrote them there; they were read as Base64, or all of it was shown as letters."""
    assert f"{WORDS}\n{FOOTER}" == text_of(f"{LETTERS}\n{FOOTER}\n")
    assert f"[Mail from outside]\n{WORDS}" == text_of(f"[Mail from outside]\n\n{LETTERS}")
    short = base64.b64encode(b"Where is it, please?").decode()
    assert f"Where is it, please?\n{FOOTER}" == text_of(f"{short}\n{FOOTER}")


def test_a_file_has_no_footer() -> None:
    part = a_mail(f"{LETTERS}\n{FOOTER}\n", kind="application/pdf; name=a.pdf")
    assert [WORDS.encode()] == [file.content for file in parse(part).files]
    assert "Something in Base64 has letters that do not belong there." in digest(part).defects


@pytest.mark.parametrize(
    "damaged",
    [
        LETTERS.rstrip("=\n"),
        LETTERS.replace("\n", "!\n"),
        LETTERS.replace("\n", " \r\n"),
        LETTERS.replace("\n", ""),
        LETTERS.replace("+", "-").replace("/", "_"),
    ],
)
def test_damaged_base64_is_read(damaged: str) -> None:
    assert WORDS == text_of(damaged)


def test_what_is_no_base64_is_shown_as_it_stands() -> None:
    assert "Hello, where is my parcel?\nThanks\n" == text_of("Hello, where is my parcel?\nThanks\n")


@pytest.mark.parametrize(
    "encoding", ["quoted-printable", "Quoted_Printable", "quoted printable", "quoted-printible", "qp"]
)
def test_a_line_goes_on_though_blanks_stand_behind_the_mark_of_it(encoding: str) -> None:
    assert "Größe XL = eins\n" == text_of(
        "Gr=C3=B6=  \r\n=C3=9Fe XL=\t\n =3D eins\n".replace("=C3=9F", "=c3=9f"), encoding
    )
