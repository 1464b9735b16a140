"""A file's name can neither climb, hide, nor be mistaken; and people still recognise it."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.elsewhere import elsewhere
from tickets.files.names import LONGEST, clean_file_name, disposition, original_name


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("bill.pdf", "bill.pdf"),
        ("账单 2026.pdf", "账单 2026.pdf"),
        ("../../etc/x", "x"),
        (r"C:\Users\sam\bill.pdf", "bill.pdf"),
        ("\u200b.htaccess", "htaccess"),
        (".\u200b.\u200b/x", "x"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("LPT1.png", "_LPT1.png"),
        ("console.txt", "console.txt"),
        ('a<b>:"c|d?*.txt', "a_b___c_d__.txt"),
        ("bill.pdf. . .", "bill.pdf"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("\0\n", "file"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_is_made_safe(name: str, clean: str) -> None:
    assert clean == clean_file_name(name)


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_do_no_harm(name: str) -> None:
    clean = clean_file_name(name)
    assert 0 < len(clean) <= LONGEST
    assert not set(clean) & set('/\\<>:"|?*\0')
    assert not clean.startswith((".", " "))
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in clean)
    assert clean == clean_file_name(clean)


@given(st.text(max_size=100))
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(clean_file_name(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_both_spellings_of_a_name_are_given() -> None:
    assert "attachment; filename=\"__ 1.pdf\"; filename*=UTF-8''%E8%B4%A6%E5%8D%95%201.pdf" == disposition("账单 1.pdf")


def test_naughty_names_are_remembered_as_they_were() -> None:
    """big-list-of-naughty-strings: the original is kept, equal after NFC; the name in use is harmless."""
    strings = json.loads(elsewhere("strings/blns.json", cases=515).read_text())
    kept = [string for string in strings if len(string) <= 1000]
    assert [unicodedata.normalize("NFC", s) for s in kept] == [original_name(s) for s in kept]
    assert all(0 < len(clean_file_name(string)) <= LONGEST for string in strings)
