"""What people type comes back as they meant it, and what nobody can show does no harm (bad input, rows 1-5 and 51)."""

import json
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.cast import a_change, a_database, a_desk, a_ticket
from tests.elsewhere import elsewhere
from tickets.change import Change
from tickets.errors import Refused
from tickets.message import Message
from tickets.people import clean_name
from tickets.text import LONGEST, clean_text, is_blank, one_line
from tickets.ticket import Ticket

ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates too


def test_too_long_says_by_how_much() -> None:
    """Row 2."""
    assert "x" * LONGEST == clean_text("x" * LONGEST)
    with pytest.raises(Refused) as refused:
        clean_text("x" * (LONGEST + 3))

    assert "The message is longer than it can be, by 3." == str(refused.value)
    assert ("text", {"n": 3}) == (refused.value.field, refused.value.facts)


def test_length_is_counted_in_characters_as_a_person_would() -> None:
    """An accented letter is one, however it was typed; so is an emoji."""
    assert "é" * LONGEST == clean_text("e\u0301" * LONGEST)
    assert "👋" * LONGEST == clean_text("👋" * LONGEST)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud83db", "a\ufffdb"),
        ("\x1b[31mred\x7f", "\ufffd[31mred\ufffd"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
    ],
)
def test_what_no_screen_can_show_is_marked(typed: str, kept: str) -> None:
    """Row 3."""
    assert kept == clean_text(typed)


@pytest.mark.parametrize(
    "text",
    [
        "\u202egnp.exe",  # row 4: bidi marks stay; screens isolate
        "z" + "\u0335\u0321" * 1000,  # row 5: 2 000 combining marks
        "👨‍👩‍👧 مرحبا 你好 Ω",  # row 51
    ],
)
def test_what_is_only_odd_is_kept_as_sent(text: str) -> None:
    assert unicodedata.normalize("NFC", text) == clean_text(text)


@given(ANYTHING)
def test_cleaning_is_final_and_leaves_what_can_be_stored(text: str) -> None:
    once = clean_text(text)

    assert once == clean_text(once)
    assert once == unicodedata.normalize("NFC", once)
    assert once == once.encode().decode()
    assert not any(c in once for c in "\x00\r\x1b\x7f")


@given(ANYTHING, st.integers(1, 40))
def test_one_line_is_one_line_within_its_limit(text: str, longest: int) -> None:
    line = one_line(text, longest)

    assert len(line) <= longest
    assert line == line.strip() == one_line(line, longest)
    assert [line] == (line.splitlines() or [""])
    assert line == line.encode().decode()


@given(st.text(st.sampled_from(" \t\n\r\u00a0\u200b\u200c\u200d\u2060\ufeff\u3164\u2800\ufe0f\u034f\u00ad")))
def test_blank_is_what_nobody_sees(text: str) -> None:
    """Row 1."""
    assert is_blank(text)
    assert not is_blank(text + "."), "one visible character is a message"


@pytest.mark.parametrize("text", ["0", "好", "👍", "❤️", "\u202ea", "é", "\ufffd"])
def test_one_character_is_enough(text: str) -> None:
    assert not is_blank(text)


def test_a_name_is_one_short_line() -> None:
    assert "李静" == clean_name(" 李静\u2028")
    assert "<img src=x onerror=alert(1)>" == clean_name("<img src=x\nonerror=alert(1)>")  # row 12: text, escaped later
    assert 100 == len(clean_name("x" * 300))


async def test_naughty_strings_come_back_equal_after_nfc(tmp_path: Path) -> None:
    """As text, subject and name: through the verbs, a real file, and out again on another connection."""
    strings = json.loads(elsewhere("strings/blns.json", cases=515).read_text("utf-8"))
    sendable = [s for s in strings if not is_blank(clean_text(s))]
    assert len(sendable) > 490

    def told(change: Change, ticket_id: int, text: str) -> int:
        ticket = change.take(Ticket, ticket_id)
        ticket.subject = one_line(text, 200) or ticket.subject
        return ticket.receive(change, text, client_id=f"c-{ticket.last_seq}", name=clean_name(text)).seq

    def texts(session: Session, ticket_id: int) -> list[str]:
        return list(session.exec(select(Message.text).where(Message.ticket_id == ticket_id).order_by(Message.seq)))  # type: ignore[arg-type]

    with closing(a_database(tmp_path)) as database:
        async with a_desk(database) as desk:
            ticket_id = (await desk.change(a_ticket, by="customer:91")).id
            for text in sendable:
                await desk.change(told, ticket_id, text, by="customer:91")
            read_back = await desk.read(texts, ticket_id)

    assert [clean_text(s) for s in sendable] == read_back
    plain = [s for s in sendable if not any(unicodedata.category(c) in {"Cc", "Cs"} for c in s)]
    assert len(plain) > 450
    assert all(unicodedata.normalize("NFC", s) == clean_text(s) for s in plain)


def test_every_naughty_string_that_shows_nothing_is_refused_kindly() -> None:
    strings = json.loads(elsewhere("strings/blns.json", cases=515).read_text("utf-8"))
    change = a_change(by="customer:91")
    ticket: Ticket = a_ticket(change)

    for text in filter(is_blank, map(clean_text, strings)):
        with pytest.raises(Refused, match="empty"):
            ticket.receive(change, text, client_id="1")
