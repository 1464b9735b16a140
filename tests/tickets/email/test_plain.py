"""Formatted mail as text: what it says, without how it looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.plain import text_of
from tickets.email.quotes import newly_written


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Sam</b>,</p><p>how are\nyou?</p>", "Hello Sam,\n\nhow are you?"),
        ("one<br>two<div>three</div>four", "one\ntwo\nthree\nfour"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ('<a href="https://shop.example/x">our shop</a>', "our shop <https://shop.example/x>"),
        ('<a href="https://shop.example">https://shop.example</a>', "https://shop.example"),
        ('<a href="mailto:sam@customer.example">sam@customer.example</a>', "sam@customer.example"),
        ('<a href="javascript:x">here</a>', "here"),
        ("&lt;b&gt; &amp; &nbsp; &#20320;", "<b> & 你"),
        ("<style>p{}</style><script>x</script><title>t</title><p>only this</p>", "only this"),
        ("<p>a</p><blockquote>b<blockquote>c</blockquote></blockquote><p>d</p>", "a\n\n> b\n>\n> > c\n\nd"),
        ("", ""),
    ],
)
def test_what_it_says(html: str, text: str) -> None:
    assert text == text_of(html)


def test_a_quotation_can_be_told_from_what_is_new() -> None:
    html = '<div>Thanks!</div><div class="gmail_quote">On Mon, 23 Nov 2026 at 09:00, Bo &lt;bo@shop.example&gt; wrote:'
    html += "<blockquote>Dear Sam,<br>it comes today.</blockquote></div>"
    assert "Thanks!" == newly_written(text_of(html))


@given(st.text(alphabet="<>/=\"' abpdivtrbr!-&;#x", max_size=300))
def test_nothing_is_too_odd(html: str) -> None:
    assert "\r" not in text_of(html)
