"""Formatted mail made harmless: nothing in it runs, fetches or deceives, and doing it again changes nothing."""

from __future__ import annotations

import json
import re
import string
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import anew, within
from tests.elsewhere import elsewhere
from tickets.email.fitting import parted_to_fit
from tickets.email.html import SCHEMES, fetches_pictures, harmless

HOSTILE = 223
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b")
DANGEROUS = {"script", "style", "svg", "math", "iframe", "frame", "object", "embed", "form", "input", "button", "base"}
DANGEROUS |= {"link", "meta", "template", "noscript", "video", "audio", "source", "textarea", "select", "applet"}
_UNSEEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


class Faults(HTMLParser):
    """What stands in a text that should not."""

    def __init__(self, html: str, *, pictures: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._pictures = pictures
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in DANGEROUS else []
        for name, value in attributes:
            told = _UNSEEN.sub("", value or "").lower()
            scheme = re.match(r"([^:/?#]*):", told)
            if name.startswith("on") or name in {"srcset", "background", "action", "formaction", "id", "class", "name"}:
                self.found.append(f"{tag} {name}")
            elif name == "href" and (scheme is None or scheme[1] not in SCHEMES):
                self.found.append(f"{tag} {name}={told}")
            elif name == "src" and not self._may_show(told):
                self.found.append(f"{tag} {name}={told[:60]}")
            elif name == "style" and re.search(r"url|expression|@|\\|position|behavio", told):
                self.found.append(f"{tag} {name}={told}")

    def handle_comment(self, data: str) -> None:
        self.found.append("a comment")

    def _may_show(self, address: str) -> bool:
        drawn = address.startswith(("data:image/png;", "data:image/gif;", "data:image/jpeg;", "data:image/webp;"))
        return drawn or (self._pictures and address.startswith("https://"))


def hostile() -> list[str]:
    path = elsewhere("xss/payloads.json", cases=HOSTILE)
    return [case["payload"] for case in json.loads(path.read_text("utf-8"))]


def test_nothing_hostile_is_left() -> None:
    cases = hostile()
    assert HOSTILE == len(cases)
    for payload in cases:
        assert [] == Faults(harmless(payload)).found, payload
        assert [] == Faults(harmless(payload, remote="shown"), pictures=True).found, payload


def test_doing_it_again_changes_nothing_for_what_is_hostile() -> None:
    crossing = "<a href='javascript:x'><table><a href='javascript:x'>"
    for payload in [*hostile(), crossing]:
        for remote in ("blocked", "shown"):
            once = harmless(payload, remote=remote)
            assert once == harmless(once, remote=remote), payload


SCRAPS = [
    *(
        "<b>",
        "</b>",
        "<p style='color:red;background:url(x)'>",
        "<a href='javascript:x'>",
        "<a href=https://a.example/?q=1&r>",
    ),
    *(
        "<img src=cid:x>",
        "<img src='https://a.example/x.png' onerror=x>",
        "<table>",
        "<td>",
        "</table>",
        "<svg><style>",
    ),
    *(
        "<math><mi>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&lt;script&gt;",
        "&#0;",
        "<script>",
        "</script>",
        "<title>",
        "<textarea>",
    ),
    *("<noscript>", "<template>", "<style>", "<font color=red>", "<li value=3>", "<blockquote>", '"', "'", ">", "text"),
]


@given(st.lists(st.sampled_from(SCRAPS) | st.text(string.printable, max_size=8), max_size=30))
def test_doing_it_again_changes_nothing(scraps: list[str]) -> None:
    once = harmless("".join(scraps))
    assert once == harmless(once)
    assert [] == Faults(once).found


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u2028javascript:alert(1)",
            "\x01javascript:x",
        ),
        *(
            "java\u200bscript:x",
            "vbscript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.example",
            "/app",
            "?x",
            "blob:x",
        ),
        *("https:/app/logout", "https:../app/tickets/1/", "https:%35?pictures=yes", "https:?x", "https:#x", "https:a"),
        *(
            "https:",
            "https://",
            "https:\\app",
            "http:///",
            "https://?x",
            "https://:80/",
            "https://sam@/app",
            "ht\ttps:/x",
        ),
        *("&#106;avascript:x", "cid:x", "about:blank", "view-source:x", "intent://x", "ftp://x", ""),
    ],
)
def test_a_link_goes_to_an_address_on_the_web_or_nowhere(address: str) -> None:
    assert "href" not in harmless(f'<a href="{address}">here</a>')


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://shop.example/a?b=1&amp;c=2", "https://shop.example/a?b=1&amp;c=2"),
        ("HTTP://shop.example", "HTTP://shop.example"),
        ("mailto:sam@customer.example", "mailto:sam@customer.example"),
        ("tel:+43123", "tel:+43123"),
        (" https://shop.example ", "https://shop.example"),
        ("https:\\\\shop.example\\a?b\\c", "https://shop.example/a?b\\c"),
        ("https:/\\/shop.example", "https://shop.example"),
        ("ht\ttps:/\n/shop.example:444/a", "https://shop.example:444/a"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ],
)
def test_links_give_nothing_away(address: str, kept: str) -> None:
    found = harmless(f'<a href="{address}" target=_self rel=opener>here</a>')
    assert f'<a href="{kept}" rel="noopener noreferrer nofollow">here</a>' == found


def test_pictures_from_elsewhere_wait_until_they_are_asked_for() -> None:
    """And then come over https only: nobody hears of a mail that is read."""
    html = '<img src="https://a.example/x.png"><img src="http://a.example/y.png"><img src="//a.example/z.png">'
    assert "<img><img><img>" == harmless(html)
    assert '<img src="https://a.example/x.png"><img><img>' == harmless(html, remote="shown")
    assert fetches_pictures(html)
    assert not fetches_pictures('<img src="cid:x"><a href="https://a.example/x.png">')


def test_pictures_inside_of_the_mail_are_drawn_into_it() -> None:
    html = '<img src="cid:logo"><img src="CID:svg"><img src="cid:other">'
    inside = {"logo": PIXEL, "svg": b"<svg onload=x>", "large": PIXEL + b"\0" * 3_000_000}
    found = harmless(html, inside=inside)
    assert found.startswith('<img src="data:image/gif;base64,')
    assert found.endswith("<img><img>")
    assert "<img>" == harmless('<img src="cid:large">', inside=inside)


def test_looks_are_kept_where_they_are_only_looks() -> None:
    """CVE-2026-40497: no style sheet, no selector, nothing that fetches or covers what is below it."""
    style = "color: RED; font-family: 'Segoe UI', \"微软雅黑\"; position:fixed; margin:0 -5px; "
    style += "background:url(https://a.example)"
    found = harmless(f"<p style='{style.replace(chr(39), '&#39;')}'>x</p><style>p{{color:red}}</style>")
    assert "<p style=\"color:RED;font-family:'Segoe UI', &quot;微软雅黑&quot;;margin:0 -5px\">x</p>" == found


@pytest.mark.parametrize("scrap", ["<div>", "<b>", "<table>", "<blockquote>", '<a href="', "<!--", "&", "<svg><p>"])
def test_a_mail_of_nothing_but_one_tag_takes_no_longer_than_a_few_seconds(scrap: str) -> None:
    within(10, lambda: harmless(anew(scrap * (200_000 // len(scrap)))))


@pytest.mark.parametrize(
    ("html", "marks"), [("x" * 99, 0), ("<p>" * 30_000, 12_000), ("<b>" * 30_000, 200), ("a&" * 200_000, 100_000)]
)
def test_what_is_too_long_to_be_cleaned_at_once_is_parted_and_all_there(html: str, marks: int) -> None:
    begin, rest = parted_to_fit(html, 10**6 if marks else 10)
    assert (html, marks or 10) == (begin + rest, begin.count("<") + begin.count("&") if marks else len(begin))


def test_of_a_text_without_end_the_rest_stands_below_in_plain_words() -> None:
    row = "<tr><td>{}</td><td>a &lt;lamp&gt;</td></tr>"
    found = harmless("<table>" + "".join(row.format(n) for n in range(6_000)) + '<tr><td onclick="x">last</table>')
    assert found.count("<td>") < 12_000
    assert "5999 a &lt;lamp&gt;\nlast</div>" in found
    assert [] == Faults(found).found
