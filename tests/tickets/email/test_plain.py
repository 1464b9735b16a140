"""Formatted mail as text: what it says, without how it looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import anew, within
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


@pytest.mark.parametrize("count", [20_000, 300_000])
def test_words_below_any_heap_of_tags_are_there(count: int) -> None:
    """What is too deep to be cleaned is read tag by tag; 12 000 tags were all that was read, and nothing said so."""
    assert "Here I am" == within(5, lambda: text_of(anew("<div>" * count + "Here <b>I</b> am")))


def test_looks_that_are_never_closed_take_no_time() -> None:
    text = within(5, lambda: text_of(anew("".join(f"<p><font color={n}>line {n}" for n in range(5_500)))))
    assert (5_500, "line 5499") == (len(text.split("\n\n")), text.rpartition("\n")[2])


def test_pictures_that_are_written_out_hide_nothing_behind_them() -> None:
    picture = '<img src="data:image/png;base64,' + "A" * 5_000_000 + '">'
    assert "before\n\nbehind" == text_of(f"<p>before</p>{picture}<p>behind</p>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Sam</b>,</p><p>how are\nyou?</p>", "Hello Sam,\n\nhow are you?"),
        ("<style>p{}</style><title>t</title><!-- <p>no</p> --><!><p>only this</p>", "only this"),
        (
            '<a title="a > b" href=https://shop.example/?a=1&amp;b=2>our shop</a>',
            "our shop <https://shop.example/?a=1&b=2>",
        ),
        ("<a href='javascript:x'>here</a> 1 < 2 &lt;b&gt;", "here 1 < 2 <b>"),
        ("<p>a</p><blockquote>b<blockquote>c</blockquote></blockquote><p>d</p>", "a\n\n> b\n>\n> > c\n\nd"),
        ("<style>p{} <p>an end was forgotten</p>", "p{}\n\nan end was forgotten"),
        ('<p title="forgotten>one</p><p>two</p>', "one\n\ntwo"),
    ],
)
def test_tag_by_tag_it_says_the_same(html: str, text: str) -> None:
    assert f"{text}\n\nend" == text_of(html + "<p>" * 13_000 + "end")


@pytest.mark.parametrize(
    "scrap", ["<", "<a ", '<a b="', "<!--", "<style>", "</x", "<td>a", "<a href='", "<p>", "=\"'>"]
)
def test_its_time_grows_with_its_length_alone(scrap: str) -> None:
    within(5, lambda: text_of(anew(scrap * (1_000_000 // len(scrap)) + ">")))


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>Hello<body><p>Where is it?</p></body></html>",
        "<textarea>Where is it?</textarea>",
        "<style>p { color: red } </style><select><option>Where is it?</select>",
    ],
)
def test_words_that_a_browser_would_hide_are_told_where_there_are_no_others(html: str) -> None:
    assert text_of(html).endswith("Where is it?")
    assert "" == text_of("<style>p{}</style><script>x()</script><title>x</title>")
