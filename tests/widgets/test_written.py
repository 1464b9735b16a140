"""What people wrote is shown as they wrote it, and does nothing."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from tests.effort import within
from widgets.written import excerpt, linked, marked, size


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<img onerror=alert(1)>", "&lt;img onerror=alert(1)&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
        ("\u2028javascript:alert(1)", "\u2028javascript:alert(1)"),
        ("a & b", "a &amp; b"),
    ],
)
def test_markup_and_odd_addresses_are_text(text: str, html: str) -> None:
    assert html == linked(text)


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("see https://shop.example.com/a?b=1&c=2.", "https://shop.example.com/a?b=1&amp;c=2", "."),
        ("(http://shop.example.com)", "http://shop.example.com", ")"),
        ("见 https://shop.example.com/订单，谢谢", "https://shop.example.com/订单", "，谢谢"),
    ],
)
def test_a_web_address_is_a_link_that_ends_where_it_ends(text: str, address: str, rest: str) -> None:
    shown = linked(text)
    assert f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>{rest}' in shown


def test_an_address_cannot_leave_its_attribute() -> None:
    assert "onmouseover=" not in linked('https://x.example/"onmouseover="alert(1)').split("</a>")[0]


@pytest.mark.parametrize("text", ["https://" * 8000, "http://a" + "." * 60000, "https://x.example/" + "(" * 60000])
def test_no_text_takes_long(text: str) -> None:
    within(1.0, lambda: (linked(text), excerpt(text, ["https", "((("])))


def test_a_name_that_turns_the_line_around_shows_how() -> None:
    assert "invoice[RLO]gpj.exe" == marked("invoice\u202egpj.exe")
    assert "שלום" == marked("שלום")


def test_an_excerpt_begins_near_the_first_hit_and_marks_every_one() -> None:
    shown = excerpt("x " * 100 + "My Parcel, the parcel", ["parcel"])
    assert shown.startswith("…")
    assert "My <mark>Parcel</mark>, the <mark>parcel</mark>" in shown


def test_an_excerpt_escapes_what_it_marks() -> None:
    assert Markup("&lt;b&gt;<mark>bold</mark>&lt;/b&gt;") == excerpt("<b>bold</b>", ["bold"])
    assert "退款" in excerpt("我要退款", ["退款"])


@pytest.mark.parametrize(("count", "says"), [(812, "812 B"), (214_300, "214 KB"), (3_440_000, "3.4 MB")])
def test_a_size_is_said_in_one_unit(count: int, says: str) -> None:
    assert says == size("en", count)
