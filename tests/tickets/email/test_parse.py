"""Mail of every kind is taken apart: what other people collected, and what was made up to break it."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.elsewhere import elsewhere
from tickets.email.body import words_of
from tickets.email.mime import Unreadable
from tickets.email.parse import parse
from tickets.text import tidy

STALWART, MIME4J = 107, 80  # mails


def _folder(path: str, cases: int) -> list[Path]:
    found = elsewhere(path, cases=cases)
    return sorted([*found.rglob("*.eml"), *found.rglob("*.msg")])


def test_nobody_elses_mail_is_too_odd() -> None:
    """All of both collections are read, with an author or without, and say something wherever they hold a text."""
    for path in [*_folder("mail/stalwart", STALWART), *_folder("mail/mime4j", MIME4J)]:
        letter = parse(path.read_bytes())
        words = words_of(letter)
        assert words.shown or not "".join(letter.texts).strip(), path
        assert all(file.name for file in letter.files), path


def test_texts_and_files_are_those_that_others_found() -> None:
    """The text and the formatted text of each mail, as far as both sides read its charset alike."""
    mails = alike = 0
    for path in _folder("mail/stalwart", STALWART):
        wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
        letter = parse(path.read_bytes())
        mails += 1
        texts = [_text(part) for index in wanted["text_body"] if (part := wanted["parts"][index])]
        mine = "".join("".join(letter.texts).split())
        alike += all("".join(text.split()) in mine for text in texts if text) or bool(letter.htmls)
    assert STALWART == mails
    assert alike >= 0.95 * mails


def _text(part: dict[str, Any]) -> str:
    body = part.get("body", {})
    return body.get("Text", "") if isinstance(body, dict) else ""


def test_leaves_are_those_that_others_decoded() -> None:
    """Plain texts of the second collection stand in ours, word by word."""
    compared = found = 0
    for path in _folder("mail/mime4j", MIME4J):
        letter = parse(path.read_bytes())
        mine = "".join("".join([*letter.texts, *letter.htmls, *_texts_of_files(letter.files)]).split())
        for leaf in _leaves(path):
            compared += 1
            found += "".join(leaf.split())[:2000] in mine
    assert compared > 100
    assert found >= 0.9 * compared


def _texts_of_files(files: Any) -> Iterator[str]:
    for file in files:
        yield file.content.decode("latin-1")


def _leaves(path: Path) -> Iterator[str]:
    for body in ElementTree.parse(path.with_name(f"{path.stem}_decoded.xml")).iter("text-body"):
        name = body.get("name") or body.get("file") or ""
        leaf = path.with_name(name) if name else path
        if name and leaf.exists():
            yield leaf.read_bytes().decode("latin-1")


# Mail that was made up

NAMES = st.text(string.ascii_letters + "äöü李静 .-", min_size=1, max_size=20).filter(str.strip)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=300)


@st.composite
def made_up(draw: st.DrawFn) -> tuple[EmailMessage, str, list[bytes]]:
    """A mail, its text, and the contents of its files."""
    mail = EmailMessage(policy=WIRE)
    mail["From"] = "sam@customer.example"
    mail["Subject"] = " ".join(draw(NAMES).split())
    text = draw(TEXTS)
    mail.set_content(text, cte=draw(st.sampled_from(["quoted-printable", "base64", "8bit"])))
    if draw(st.booleans()):
        mail.add_alternative(f"<p>{draw(NAMES)}</p>", subtype="html")
    files = draw(st.lists(st.binary(min_size=1, max_size=200), max_size=4))
    for content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=draw(NAMES).strip() + ".pdf")
    return mail, text, files


@given(made_up())
def test_what_was_put_in_comes_out(made: tuple[EmailMessage, str, list[bytes]]) -> None:
    mail, text, files = made
    letter = parse(mail.as_bytes())
    assert "".join(text.split()) == "".join("".join(letter.texts).split())
    assert files == [file.content for file in letter.files]
    assert " ".join(str(mail["Subject"]).split()) == letter.head.subject


@given(
    st.binary(max_size=2000), st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=x\r\n", b"From: a@b\r\n"])
)
def test_garbage_is_a_mail_too(garbage: bytes, start: bytes) -> None:
    """Whatever is read of it can be kept and shown."""
    words = words_of(parse(start + garbage))
    assert tidy(words.shown) == words.shown
    assert tidy(words.whole) == words.whole


def nested(depth: int) -> bytes:
    begins = (b'--%d\r\nContent-Type: multipart/mixed; boundary="%d"\r\n\r\n' % (n, n + 1) for n in range(depth))
    return b'Content-Type: multipart/mixed; boundary="0"\r\n\r\n' + b"".join(begins) + b"--%d\r\n\r\nHi\r\n" % depth


@pytest.mark.parametrize("depth", [51, 400, 50_000])
def test_what_is_nested_too_deep_is_nobodys_to_read(depth: int) -> None:
    with pytest.raises(Unreadable):
        parse(nested(depth))


def test_fifty_levels_are_read() -> None:
    assert ["Hi"] == parse(nested(49)).texts


def test_five_hundred_parts_are_read_and_not_one_more() -> None:
    def parts(count: int) -> bytes:
        part = b"--x\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n"
        return b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part * count + b"--x--\r\n"

    letter = parse(parts(499))
    assert (50, 449) == (len(letter.files), letter.left_out)
    with pytest.raises(Unreadable):
        parse(parts(500))


def test_a_mail_inside_of_a_mail_is_a_file() -> None:
    mail, inner = EmailMessage(policy=WIRE), EmailMessage(policy=WIRE)
    inner["Subject"] = "Inner"
    inner.set_content("inner words")
    mail.set_content("outer words")
    mail.add_attachment(inner)
    letter = parse(mail.as_bytes())
    assert ["outer words\n"] == letter.texts
    assert ["mail-1.eml"] == [file.name for file in letter.files]
    assert b"inner words" in letter.files[0].content


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="a.pdf"', "a.pdf"),
        ("filename==?utf-8?B?6YCA6LSnLnBkZg==?=", "退货.pdf"),
        ("filename*=utf-8''%E9%80%80%E8%B4%A7.pdf", "退货.pdf"),
        ("filename=\"a.pdf\"; filename*=utf-8''%E9%80%80%E8%B4%A7.pdf", "退货.pdf"),
        ("filename*=''%E9%80%80%E8%B4%A7.pdf", "退货.pdf"),
        ("filename*0=utf-8''%E9%80%80; filename*1=%E8%B4%A7.pdf", "退货.pdf"),
        ("filename*1*=%E8%B4%A7.pdf; filename*0*=utf-8''%E9%80%80", "退货.pdf"),
        ('filename*0="long-"; filename*1="name.pdf"', "long-name.pdf"),
        ('filename="../../etc/passwd"', "../../etc/passwd"),
        ("filename*=bogus''%FF%FE", None),
    ],
)
def test_files_are_called_as_their_sender_called_them(header: str, name: str | None) -> None:
    """Cleaned where they are kept (tickets/files/names.py)."""
    part = f"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; {header}\r\n\r\n%PDF\r\n--x--\r\n"
    (file,) = parse(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part.encode()).files
    assert file.name == name if name else file.name


def test_flowed_lines_are_one_line_again() -> None:
    """RFC 3676: a space at the end goes on; a signature and another depth of quotation do not."""
    flowed = "Hello \nthere.\n> you \n> wrote\n>> deeper \n-- \nSam\n"
    mail = b"Content-Type: text/plain; format=flowed\r\n\r\n" + flowed.replace("\n", "\r\n").encode()
    assert "Hello there.\n> you wrote\n>> deeper \n-- \nSam\n" == parse(mail).texts[0].replace(
        ">> deeper ", ">> deeper "
    )


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        ("application/ms-tnef; name=winmail.dat", "winmail"),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "smime"),
        ("application/pgp-encrypted", "pgp"),
    ],
)
def test_what_we_cannot_open_is_said_in_a_word(kind: str, remark: str) -> None:
    content = base64.b64encode(b"\x01\x02\x03").decode()
    part = f"--x\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{content}\r\n--x--\r\n"
    letter = parse(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part.encode())
    assert [remark] == letter.remarks
    assert [b"\x01\x02\x03"] == [file.content for file in letter.files]


def test_pgp_in_the_text_is_seen_too() -> None:
    assert ["pgp"] == parse(b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n").remarks


def test_a_file_without_a_byte_is_a_file_too() -> None:
    part = b"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=empty.csv\r\n\r\n\r\n--b--\r\n"
    letter = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part)
    assert [("empty.csv", b"")] == [(file.name, file.content) for file in letter.files]


def test_a_file_in_the_midst_of_the_text_is_taken_out_of_it() -> None:
    letter = parse(b"From: a@b.example\n\nSee:\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n\nBye\n")
    assert ["See:\n\nBye\n"] == letter.texts
    assert [("cat.txt", "text/plain", b"Cat")] == [(file.name, file.claimed, file.content) for file in letter.files]


@pytest.mark.parametrize("text", ["begin 644 nothing\nend of it", "I begin 644 times.\nend\n", "begin 644 x\nä\nend\n"])
def test_a_text_that_is_only_like_one_stays(text: str) -> None:
    letter = parse(f"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode())
    assert ([text], []) == (letter.texts, letter.files)


def test_an_empty_line_above_the_headers_hides_nothing() -> None:
    letter = parse(b"\r\n\r\nFrom: sam@customer.example\r\nSubject: x\r\n\r\nHello")
    assert ("x", ["Hello"]) == (letter.head.subject, letter.texts)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/markdown", "# Hello\n\n*Where* is it?", "# Hello\n\n*Where* is it?"),
        ("text/enriched", "<bold>Hello</bold> <<Sam>\nand\n\n<param>red</param>Bo", "Hello <Sam> and\nBo"),
        ("text/richtext", "<bold>Hello</bold><nl>1 <lt> 2", "Hello\n1 < 2"),
    ],
)
def test_words_in_a_rare_format_are_the_words_of_a_mail_that_has_no_others(kind: str, body: str, text: str) -> None:
    letter = parse(f"Content-Type: {kind}\n\n{body}".encode())
    assert ([text], []) == (letter.texts, letter.files)
    other = f"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x\nContent-Type: {kind}\n\n{body}\n--x--\n"
    assert (["Hello"], [kind]) == ((letter := parse(other.encode())).texts, [file.claimed for file in letter.files])


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\n\n"])
def test_a_mark_above_the_headers_hides_nothing(mark: bytes) -> None:
    letter = parse(mark + b"From: sam@customer.example\r\nSubject: x\r\n\r\nHello")
    assert ("x", ["Hello"]) == (letter.head.subject, letter.texts)


def test_a_mail_that_an_editor_saved_in_two_bytes_to_a_letter_is_one() -> None:
    letter = parse("From: sam@customer.example\r\nSubject: Größe\r\n\r\nHello".encode("utf-16"))
    assert ("Größe", ["Hello"]) == (letter.head.subject, letter.texts)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename*0="=?utf-8?B?6YCA6LSn?="; filename*1=".pdf"', "退货.pdf"),
        ("filename*=utf-8''=?utf-8?B?6YCA6LSnLnBkZg==?=", "退货.pdf"),
        ("filename*0*=utf-8''%E9%80%80; filename*1*=%E8%B4%A7; filename*2=\".pdf\"", "退货.pdf"),
        ("filename*0*=%E9%80%80; filename*1*=%E8%B4%A7.pdf", "退货.pdf"),
        ("filename*=gb2312''%CD%CB%BB%F5.pdf", "退货.pdf"),
        ('filename="=?utf-8?B?6YCA?=\r\n =?utf-8?B?6LSnLnBkZg==?="', "退货.pdf"),
        ("filename=my order 12.pdf", "my order 12.pdf"),
        ('filename="order 12.pdf', "order 12.pdf"),
        ("filename=退货.pdf", "退货.pdf"),
        ('filename = "a.pdf" ; size=12', "a.pdf"),
        ('FILENAME="a;b.pdf"', "a;b.pdf"),
    ],
)
def test_names_of_files_are_read_in_every_mixture(header: str, name: str) -> None:
    """RFC 2231 in pieces with RFC 2047 inside of them, without quotation marks, or with one."""
    part = f"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; {header}\r\n\r\n%PDF\r\n--x--\r\n"
    (file,) = parse(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part.encode()).files
    assert name == file.name
