"""Rich text that Outlook packed is words and a page again, whatever stands in it; nothing of it fails or takes long."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.compressed_rtf import unpacked
from tickets.email.rtf import words_of

HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
ROUND = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
PAGE = r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset134 SimSun;}}"


def plain(text: str | bytes) -> bytes:
    """Rich text as it travels, not packed."""
    content = text if isinstance(text, bytes) else text.encode("ascii")
    return struct.pack("<IIII", len(content) + 12, len(content), 0x414C454D, 0) + content


def packed(content: bytes) -> bytes:
    """Packed as Outlook might, with whatever it repeats of its own last bytes."""
    items: list[bytes | tuple[int, int]] = []
    at = 0
    while at < len(content):
        length = next((n for n in (17, 9, 4, 2) if at >= n and content[at - n : at] == content[at : at + n]), 0)
        items.append((at - length, length) if length else content[at : at + 1])
        at += length or 1
    items.append((at, 2))  # the end
    body = b""
    for begin in range(0, len(items), 8):
        eight = items[begin : begin + 8]
        body += bytes([sum(1 << n for n, item in enumerate(eight) if isinstance(item, tuple))])
        for item in eight:
            body += item if isinstance(item, bytes) else struct.pack(">H", (207 + item[0]) % 4096 << 4 | item[1] - 2)
    return struct.pack("<IIII", len(body) + 12, len(content), 0x75465A4C, zlib.crc32(body)) + body


def escaped(text: str) -> str:
    """As it stands in rich text: in units of UTF-16, with a ? for those who do not know them."""
    units = text.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    return "".join(
        rf"\u{number}?" if not 32 <= number < 127 or chr(number) in "\\{}" else chr(number) for number in numbers
    )


def test_the_examples_of_the_specification() -> None:
    """MS-OXRTFCP 4.1 and 4.2: a plain one, and one that repeats what it is about to write."""
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" == unpacked(HELLO)
    assert b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" == unpacked(ROUND)
    assert ("hello world", "") == words_of(HELLO)


@given(st.binary(max_size=200), st.integers(1, 60))
def test_what_was_packed_is_unpacked(content: bytes, times: int) -> None:
    assert content * times == unpacked(packed(content * times))


def test_the_page_that_was_hidden_in_it_is_found() -> None:
    """MS-OXRTFEX 4: what is said in rich text only is left out, what is said in tags only is not."""
    rich = (
        PAGE
        + r"{\*\htmltag19 <html>}\htmlrtf {\htmlrtf0 {\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 Hello "
        + r"{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 \'e9t\'e9{\*\mhtmltag84 <i>}\htmlrtf\par}\htmlrtf0"
        + r"{\*\htmltag72 </p>\par}{\f1\htmlrtf\f1\htmlrtf0 \'c4\'e3\'ba\'c3}{\*\htmltag27 </html>}}}"
    )
    assert ("", "<html><p>Hello &lt;\u00e9t\u00e9</p>\n你好</html>") == words_of(plain(rich))


def test_rich_text_without_a_page_is_its_words() -> None:
    rich = r"{\rtf1\ansi{\fonttbl{\f0\fcharset204 Arial;}}{\info{\title x}}\f0 \'cf\'f0\par"
    rich += r"{\pict\bin3 }}}}\tab\lquote a\rquote\~b\{\}}"
    assert ("Пр\n\t‘a’\u00a0b{}", "") == words_of(plain(rich))


def test_letters_for_those_who_do_not_know_unicode_are_left_out() -> None:
    assert ("é中x😀.", "") == words_of(plain(r"{\rtf1\uc2\u233 \'41B{\uc0\u20013}x\uc1\u-10179?\u-8704?.}"))


@given(st.lists(st.tuples(st.sampled_from(["<p>", "</p>", "<b>", "&amp;"]), st.text(max_size=30)), max_size=20))
def test_every_page_comes_back_as_it_was(parts: list[tuple[str, str]]) -> None:
    told = [(tag, text.encode("utf-16-le", "replace").decode("utf-16-le")) for tag, text in parts]
    told = [(tag, "".join(char for char in text if char not in "\r\n\0")) for tag, text in told]
    body = "".join(rf"{{\*\htmltag1 {tag}}}\htmlrtf \b x\htmlrtf0 {escaped(text)}" for tag, text in told)
    assert "".join(tag + text for tag, text in told) == words_of(packed((PAGE + body + "}").encode()))[1]


@given(st.binary(max_size=400))
def test_nothing_makes_it_fail(content: bytes) -> None:
    for told in (plain(b"{\\rtf1" + content), packed(b"{\\rtf1\\fromhtml1" + content)):
        assert 2 == len(words_of(told))
    for head in (b"", HELLO[:16], ROUND[:12]):
        try:
            words_of(head + content)
        except ValueError:
            continue


@pytest.mark.parametrize("content", [b"", b"\0" * 16, plain("<html>"), plain("")])
def test_what_is_no_rich_text_is_said(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"short|no known way|no rich text"):
        words_of(content)


@pytest.mark.parametrize("rich", ["{" * 200_000, r"\u20013?" * 60_000, r"{\*\x" * 60_000, r"\'41" * 100_000])
def test_nothing_makes_it_deep(rich: str) -> None:
    assert 2 == len(words_of(plain(r"{\rtf1" + rich)))
