"""A mail is cut into its parts however badly the lines between them are drawn, and however long it is, soon."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial

import pytest

from tests.effort import least
from tickets.email.mime import Part, Unreadable, leaves, split
from tickets.email.parse import parse
from tickets.email.transfer import content_of

MB = 1_000_000


def mixed(body: str, boundary: str = "b", kind: str = "mixed") -> bytes:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}'.encode()


def held(content: bytes) -> list[str]:
    """What each leaf holds, by the order."""
    return [content_of(leaf).decode() for leaf in leaves(split(content))]


def shape(part: Part) -> object:
    return content_of(part).decode() if part.inside is None else [shape(one) for one in part.inside]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("before\n--b\n\none\n--b\n\ntwo\n--b--\nafter", ["one", "two"]),
        ("--b \t\n\none\n--b and more\n\ntwo\n--b-- \nafter", ["one", "two"]),
        ("--b\r\n\r\none\r\n--b\n\ntwo\n\n--b--", ["one", "two\n"]),
        ("--b\n\none\n--b\n\ntwo\n", ["one", "two"]),
        ("--b\n\none\n--b", ["one"]),
        ("--b\n\none--b--\n", ["one"]),
        ("--b\n--b\n\n--b--", ["", ""]),
        ("--b\n\nsays --b in a line\n --b\n--b--", ["says --b in a line\n --b"]),
        ("nothing begins", ["nothing begins"]),
        ("no part\n--b--\nafter", ["no part"]),
    ],
    ids=["plain", "blanks", "endings", "open", "cut", "glued", "empty", "within", "none", "closed"],
)
def test_the_lines_between_parts(body: str, expected: list[str]) -> None:
    assert expected == held(mixed(body))


@pytest.mark.parametrize("boundary", ["x" * 71, "a b  ", "--=_1", "'()+_,-./:=?"])
def test_a_boundary_may_be_longer_and_odder_than_the_rfc_allows(boundary: str) -> None:
    assert ["one", "two"] == held(mixed(f"--{boundary}\n\none\n--{boundary}\n\ntwo\n--{boundary}--\n", boundary))


@pytest.mark.parametrize(
    "header", ["multipart/mixed; boundary=b", "multipart/mixed\n boundary=b", 'Multipart/X;Boundary="b"']
)
def test_a_boundary_is_found_wherever_it_is_told(header: str) -> None:
    assert ["one"] == held(f"Content-Type: {header}\n\n--b\n\none\n--b--\n".encode())


def test_without_a_boundary_it_is_text() -> None:
    content = b"Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n"
    assert ["--b\n\none\n--b--\n"] == parse(content).texts


@pytest.mark.parametrize(("outer", "inner"), [("b", "b-1"), ("b-1", "b"), ("b", "b"), ("b", "c")])
def test_boundaries_may_begin_alike(outer: str, inner: str) -> None:
    nested = mixed(f"--{inner}\n\none\n--{inner}\n\ntwo\n--{inner}--\n", inner).decode()
    content = mixed(f"--{outer}\n{nested}--{outer}\n\nthree\n--{outer}--\n", outer)
    assert [["one", "two"], "three"] == shape(split(content))


@pytest.mark.parametrize(("inside", "expected"), [("--c\n\none\n", [["one"], "two"]), ("one\n", ["one", "two"])])
def test_a_boundary_further_out_ends_what_is_open_inside(inside: str, expected: list[object]) -> None:
    """RFC 2046, 5.1.2."""
    assert expected == shape(split(mixed(f"--b\n{mixed(inside, 'c').decode()}--b\n\ntwo\n--b--\n")))


def test_the_parts_of_a_digest_are_mails() -> None:
    whole = split(mixed("--b\n\nSubject: inner\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n", kind="digest"))
    assert ["message/rfc822", "text/plain"] == [leaf.head.get_content_type() for leaf in leaves(whole)]


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_a_mail_inside_is_kept_byte_by_byte(encoding: str) -> None:
    inner = b"Subject : odd\nfrom:  sam@customer.example \n\n\xe4  \nx"
    carried = base64.encodebytes(inner) if encoding == "base64" else inner
    head = f"--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    (file,) = parse(mixed("") + head + carried + b"\n--b--\n").files
    assert inner == file.content


@pytest.mark.parametrize(
    ("encoding", "carried", "expected"),
    [
        ("base64", "SGVs\nbG8=", "Hello"),
        ("BASE64 ; x", "SGVsbG8", "Hello"),
        ("base64", "SGVsbG8=\n\nIHRoZXJl", "Hello there"),
        ("base64", "SGVsbG8= that is all\nIHRoZXJl", "Hello there"),
        ("base64", "S\x01GVsbG8gdGhlcmUsIFNhbSwgaG93IGFyZSB5b3U/", "Hello there, Sam, how are you?"),
        ("base64", "not encoded at all, who would do that?!", "not encoded at all, who would do that?!"),
        ("quoted-printable", "caf=C3=A9 =ZZ soft=\n ware =", "café =ZZ soft ware "),
        ("x-uuencode", "begin 644 a.txt\n#0V%T\n`\nend", "Cat"),
        ("x-uuencode", "nothing begins", "nothing begins"),
        ("binary", "\x00 as it is", "\x00 as it is"),
        ("unheard-of", "as it is", "as it is"),
    ],
)
def test_what_travelled_in_an_encoding(encoding: str, carried: str, expected: str) -> None:
    content = f"Content-Type: application/x; name=a\nContent-Transfer-Encoding: {encoding}\n\n{carried}"
    assert [expected] == held(content.encode())


@pytest.mark.parametrize(
    ("content", "subject", "text"),
    [
        ("Subject: Hi\n \nDear team,\nNote: no parcel\nSam\n", "Hi", "Dear team,\nNote: no parcel\nSam\n"),
        ("Subject: Hi\nDear team,\nNote: no parcel\n\nSam\n", "Hi", "Dear team,\nNote: no parcel\n\nSam\n"),
        ("From sam Mon Nov 23\nSubject: Hi\n\nSam\n", "Hi", "Sam\n"),
        ("X-Spam: no\nbroken line\nSubject: Hi\n\nSam\n", "Hi", "Sam\n"),
        ("Only words here.\nNothing else.\n", "", "Only words here.\nNothing else.\n"),
    ],
    ids=["blank", "forgotten", "folder", "broken", "words"],
)
def test_words_among_the_headers_are_not_lost(content: str, subject: str, text: str) -> None:
    letter = parse(content.encode())
    assert (subject, [text]) == (letter.head.subject, letter.texts)


def test_who_forgets_the_empty_line_above_the_first_part_is_understood() -> None:
    content = b"Subject: Hi\nContent-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/plain\n\none\n--b--\n"
    assert ["one"] == held(content)


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "hyphens": lambda size: mixed("--b\n\n" + "--\n" * (size // 3)),
    "a line": lambda size: mixed("--b\n\n" + "-" * size),
    "deep": lambda size: nested() + b"--m\n" * (size // 4),
    "headers": lambda size: b"X-A: b\n" * (size // 7) + b"\nx",
    "strays": lambda size: b"Content-Type: multipart/mixed; boundary=b\n" + b"--stray\n" * (size // 8) + b"\nx",
    "folds": lambda size: b"X-A: b\n" + b" \n" * (size // 2) + b"\nx",
    "a boundary": lambda size: mixed("--" + "b" * (size // 2), "b" * (size // 2)),
    "paddings": lambda size: b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * (size // 4),
    "empty lines": lambda size: b"Content-Type: message/delivery-status\n\n" + b"\n" * size + b"x",
}


def nested(depth: int = 45) -> bytes:
    """Multiparts in multiparts, of which none ends."""
    return mixed("", "m0") + b"".join(f"--m{n}\n".encode() + mixed("", f"m{n + 1}") for n in range(depth))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_ten_times_as_long_takes_no_hundred_times_as_long(name: str) -> None:
    """Of CPU time. A square would take a hundred times as long; what is over in a moment proves nothing and is fine."""
    short, long = (least(partial(parse, HOSTILE[name](size))) for size in (MB // 10, MB))
    assert long < max(40 * short, 0.2)


def test_thousands_of_parts_are_given_up_early() -> None:
    with pytest.raises(Unreadable, match="more than 500 parts"):
        split(mixed("--b\n\na\n" * 100_000))
