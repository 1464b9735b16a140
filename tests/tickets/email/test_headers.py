"""What the headers say, however they are written; a bad one spoils no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.email.addresses import Person, as_usual, by_whole_grammar
from tickets.email.headers import LONGEST_LIST, MOST_IDS, MOST_PEOPLE, Head, sane
from tickets.email.parse import parse

SEND = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def head(*lines: str | bytes) -> Head:
    raw = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return parse(raw + b"\r\n\r\nHello").head


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("From: Sam Okafor <sam@customer.example>", ("Sam Okafor", "sam@customer.example")),
        ("from: sam@customer.example", ("", "sam@customer.example")),
        ("From: =?utf-8?B?5p2O6Z2Z?= <li@mail.example>", ("李静", "li@mail.example")),
        ('From: "Okafor, Sam" <sam@customer.example>', ("Okafor, Sam", "sam@customer.example")),
        ("From: 李静 <li@mail.example>", ("李静", "li@mail.example")),
        ("From: sam@customer.example (Sam)", ("Sam", "sam@customer.example")),
        ("From: sam@customer.example (Sam (The Man) Okafor)", ("Sam (The Man) Okafor", "sam@customer.example")),
        ("From: [Shop] Sam <sam@customer.example>", ("[Shop] Sam", "sam@customer.example")),
        ("From: Sam @ Shop <sam@customer.example>", ("Sam @ Shop", "sam@customer.example")),
        ("From: Sam <mailto:sam@customer.example>", ("Sam", "sam@customer.example")),
        ("From: Okafor, Sam ‹sam@customer.example›", ("Okafor, Sam", "sam@customer.example")),
        ("From: =?gb2312?B?s8LpRrv5?= <c@mail.example>", ("陈镕基", "c@mail.example")),
        ("From: =?utf-8?Q?Okafor=2C_Sam?= <sam@customer.example>", ("Okafor, Sam", "sam@customer.example")),
        ('From: "=?utf-8?B?5p2O6Z2Z?=" <li@mail.example>', ("李静", "li@mail.example")),
        ("From: Sam\r\n Okafor\r\n\t<sam@customer.example>", ("Sam Okafor", "sam@customer.example")),
        ("From: a@b.example, c@d.example", None),
        ("From: a@b.example\r\nFrom: c@d.example", None),
        ("From: <>", None),
        ("From: Sam", None),
        ("From: @", None),
        ("From: undisclosed-recipients:;", None),
        ("From: \x00\x01", None),
        ("X-From: a@b.example", None),
    ],
)
def test_an_author_is_one_address_in_one_header(line: str, author: tuple[str, str] | None) -> None:
    """CVE-2023-27043: a crafted header must not be read as the address that stands inside of a name."""
    assert author == head(line).author


def test_an_address_inside_of_a_name_is_a_name() -> None:
    found = head('From: "boss@shop.example" <eve@evil.example>').author
    assert ("boss@shop.example", "eve@evil.example") == found


def test_ids_are_read_from_all_kinds_of_lines() -> None:
    found = head(
        "Message-ID:  <a@x>",
        "In-Reply-To: Your message of Monday <b@x> (was: <c@x>)",
        "References: <1@x>\r\n <2@x>\t<3@x> garbage <4@x",
    )
    assert ("<a@x>", ["<b@x>", "<c@x>"], ["<1@x>", "<2@x>", "<3@x>"]) == (
        found.message_id,
        found.in_reply_to,
        found.references,
    )
    assert "<bare@x>" == head("Message-ID: bare@x").message_id
    assert "<apart@x>" == head("Message-ID: < apart@x >").message_id
    assert "" == head("Message-ID: not an id").message_id


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("Mon, 23 Nov 2026 10:00:00 +0100", "2026-11-23T09:00:00+00:00"),
        ("23 Nov 2026 09:00 -0000", "2026-11-23T09:00:00+00:00"),
        ("yesterday", ""),
        ("Mon, 99 Nov 2026 10:00:00 +0100", ""),
        ("Mon, 23 Nov 99999 10:00:00 +9999", ""),
        ("", ""),
    ],
)
def test_dates_are_read_or_left(told: str, read: str) -> None:
    found = head(f"Date: {told}")
    assert (read, told) == (found.date, found.told_date)


@pytest.mark.parametrize(
    ("ago", "is_sane"), [(0, True), (9 * 86400, True), (-3600, True), (-2 * 86400, False), (1e9, False)]
)
def test_a_mail_is_not_written_long_before_or_after_it_came(ago: float, is_sane: bool) -> None:
    assert is_sane == sane((SEND - timedelta(seconds=ago)).isoformat(), SEND)


NAMES = st.sampled_from(["From", "To", "Cc", "Subject", "Date", "Message-ID", "References"])


@given(st.lists(st.tuples(NAMES, st.text(max_size=60))))
def test_no_header_is_too_odd(lines: list[tuple[str, str]]) -> None:
    found = head(*(f"{name}: {value}" for name, value in lines))
    assert "\n" not in found.subject


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("Sam Okafor <sam@customer.example>", [("Sam Okafor", "sam@customer.example")]),
        (
            '"Okafor, Sam" <sam@customer.example>, li.j@mail.example',
            [("Okafor, Sam", "sam@customer.example"), ("", "li.j@mail.example")],
        ),
        ("=?utf-8?q?Sam?= <sam@customer.example>", None),
        ("Sam (of the shop) <sam@customer.example>", None),
        ("Friends: sam@customer.example;", None),
        ("Sam <sam@customer.example> Okafor", None),
    ],
)
def test_only_what_is_written_as_usual_is_read_without_the_grammar(value: str, people: list[Person] | None) -> None:
    assert people == as_usual(value)


PIECES = st.sampled_from(
    [*'@<>.,;:"()[]\\ \té-', "Sam", "x@y.z", " <x@y.z>", '"Okafor, S."', ", ", "=?", "?=", "J. D."]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_the_short_way_to_read_people_says_what_the_whole_grammar_does(value: str) -> None:
    usual = as_usual(value)
    assert usual is None or list(by_whole_grammar(value)) == usual


def test_a_header_of_a_megabyte_takes_no_time() -> None:
    """Each address takes half a millisecond: of a list of people only the beginning is read."""
    found = head("To: " + ", ".join(f"a{n}@b.example" for n in range(50_000)), "Subject: " + "x" * 1_000_000)
    assert (MOST_PEOPLE, ["to"]) == (len(found.to), found.cut)
    assert len(found.subject) <= 16 * 1024


RARE = "龘靐"  # in no list of daily characters, and no statistics know it from two of them


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ("Content-Type: text/plain; charset=gb2312", b"ok"),
        ("From: =?gb18030?B?1cXI/Q==?= <zhang@customer.example>", b"ok"),
        ("X-More: none", "您好，我的包裹还没有到，请帮我查一下。谢谢！".encode("gbk")),
        ("Content-Type: text/plain; charset=us-ascii", "您好，我的包裹还没有到，请帮我查一下。谢谢！".encode("gbk")),
    ],
)
def test_bytes_in_a_header_are_read_as_what_stands_beside_them(more: str, body: bytes) -> None:
    """The text's own charset, another header's, or what the bytes of all of them look like."""
    mail = f"{more}\r\nSubject: ".encode() + RARE.encode("gbk") + b"\r\n\r\n" + body
    assert RARE == parse(mail).head.subject


@pytest.mark.parametrize(
    "name", ["", '"Doe, Jane <x@y.example>, and others" ', "=?utf-8?q?M=C3=BCller,_J=C3=BCrgen?= ", f'"{"N" * 400}" ']
)
def test_a_long_list_is_cut_between_two_who_are_named(name: str) -> None:
    """Nobody is half there: an address that lost its end is another's. Where some are left out, that is known."""
    for most in (60, 1000):
        everybody = [f"p{n}@a-long-department-of-things.example.org" for n in range(most)]
        found = head("To: " + ",\r\n ".join(f"{name}<{one}>" for one in everybody))
        told = [address for _, address in found.to]
        assert everybody[: len(told)] == told
        assert (len(told) < most) == (["to"] == found.cut)
        assert len(told) in {most, MOST_PEOPLE} or most == 1000


def test_what_is_cut_within_a_letter_or_a_name_is_left_out_whole() -> None:
    """One who is named beyond all measure takes no place from the others."""
    long = "\u674e" * (LONGEST_LIST // 2)
    found = head(f'Cc: a@b.example, "{long}" <c@d.example>, "{long}, x@y.example" <e@f.example>'.encode())
    assert ([("", "a@b.example")], ["cc"]) == (found.cc, found.cut)


@pytest.mark.parametrize(("most", "cut"), [(MOST_IDS, []), (MOST_IDS + 1, ["references"]), (9000, ["references"])])
def test_of_too_many_references_the_first_and_the_newest_stay(most: int, cut: list[str]) -> None:
    """The first names the thread, the newest are what it answers (RFC 5322, 3.6.4)."""
    ids = [f"<r{n}@x.example>" for n in range(most)]
    found = head("References: " + "\r\n ".join(ids))
    assert ([ids[0], *ids[1 - MOST_IDS :]], cut) == (found.references, found.cut)
