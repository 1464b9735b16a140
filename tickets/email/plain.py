"""Formatted mail as plain text: paragraphs, lists, quotes and addresses stay, the looks go."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape, unescape

import nh3

from tickets.email.fitting import fits, without_data
from tickets.email.tags import balanced, tags

LONGEST_CLEANED = 1024 * 1024  # characters; what is longer, or has more tags, is read tag by tag
LONGEST = 4 * LONGEST_CLEANED  # characters that are read
_LONGEST_KEPT = 200_000
DEEPEST = 10  # quotations in quotations
_APART = {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}  # by empty lines
_BLOCKS = _APART | {"address", "article", "center", "dd", "div", "dt", "figure", "footer", "form", "header", "hr", "li"}
_BLOCKS |= {"main", "nav", "section", "tbody", "tfoot", "thead", "tr"}
_KEPT = _BLOCKS | {"a", "br", "td", "th"}
_DROPPED = frozenset({"head", "script", "select", "style", "svg", "template", "textarea", "title"})
_NO_WORDS = frozenset({"script", "style", "svg", "title"})
# What the cleaner has written is well-formed: a tag, or the text up to the next one.
_TOKEN = re.compile(r'<(?P<end>/?)(?P<tag>[a-z0-9]+)(?: [a-z]+="[^"]*")*>|(?P<text>[^<]+)')
_TOLD_OF = ("div", "pre", "table", "p")  # which mail programs say what they are
_SIGNATURE = "-- "  # RFC 3676, 4.3
_CITES = re.compile(r' class="[^"]*\bmoz-cite-prefix\b')  # "... wrote:" above a quotation, in whatever language
_SIGNS = re.compile(
    r' (class|id)="[^"]*\b(x_)?(gmail_signature|moz-signature|ms-outlook-mobile-signature|protonmail_signature_block|'
    r"ntes-pcmac-signature|Zm-_Id_-Sgn|_rc_sig|impComposeSignature|signature)\b",
    re.IGNORECASE,
)
_HREF = re.compile(r' href="([^"]*)"')
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_TOLD_HREF = re.compile(r"\shref\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto", "tel"}


def text_of(html: str) -> str:
    """Lines of text; as in plain mail a quotation is marked with "> " and a signature with "-- ", so that both can be
    told from what is new.
    """
    return _once(html) if len(html) <= _LONGEST_KEPT else _text_of(html)


@lru_cache(maxsize=4)
def _once(html: str) -> str:
    """A mail's words are asked for more than once while it is read."""
    return _text_of(html)


def _text_of(html: str) -> str:
    page = _Page()
    html = without_data(html)
    if fits(html, LONGEST_CLEANED):
        _read(page, _cleaner().clean(html))
    else:
        _read_tags(page, html[:LONGEST], _DROPPED - {"head"})
    text = "\n".join(page.lines()).strip("\n")
    return text if text.strip() else _forgotten(html[:LONGEST])


def _forgotten(html: str) -> str:
    """What stands where nothing would: the end of something was forgotten, or all of it is there to be typed over."""
    page = _Page()
    _read_tags(page, html, _NO_WORDS)
    return "\n".join(page.lines()).strip("\n")


def is_read_whole(html: str) -> bool:
    return len(html) <= LONGEST or len(without_data(html)) <= LONGEST


def _read(page: _Page, clean: str) -> None:
    for token in _TOKEN.finditer(clean):
        if token["text"] is not None:
            page.add(unescape(token["text"]))
        elif token["end"]:
            page.close(token["tag"])
        else:
            page.open(token["tag"], token[0])


def _read_tags(page: _Page, html: str, dropped: frozenset[str]) -> None:
    for tag, whole in balanced(tags(html, dropped), _BLOCKS - {"hr"}):
        if not tag:
            page.add(unescape(whole))
        elif tag.startswith("/"):
            page.close(tag[1:])
        elif tag in _KEPT:
            page.open(tag, f'<a href="{_address(whole)}">' if tag == "a" else whole)


def _address(tag: str) -> str:
    """Of a link, if it is one that mails have."""
    found = _TOLD_HREF.search(tag[:4000])
    told = unescape(found[1] or found[2] or found[3]).strip() if found else ""
    return escape(told) if told.partition(":")[0].lower() in _SCHEMES else ""


class _Page:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._gap = False  # an empty line is due before the next text
        self._depth = self._depth_before = 0  # of quotations: here, and in the line before
        self._raw = 0  # inside of pre
        self._within: list[int] = []  # for each open block how many quotations it is
        self._signs = 0  # how many blocks are open where a signature began of which no word has come
        self._link: tuple[str, int] | None = None  # where the open one goes, and where its words begin

    def lines(self) -> list[str]:
        self._end_line()
        return self._lines

    def add(self, text: str) -> None:
        if self._raw:
            first, *more = text.split("\n")
            self._put(first)
            for line in more:
                self._end_line(keep=True)
                self._put(line)
        else:
            words = _SPACE.sub(" ", text)
            self._put(words if self._is_in_word() else words.lstrip())

    def open(self, tag: str, whole: str) -> None:
        if tag == "br":
            self._end_line(keep=True)
        elif tag in {"td", "th"}:
            self._line += [" "] * self._is_in_word()
        elif tag == "a":
            self._end_link()
            found = _HREF.search(whole)
            self._link = (unescape(found[1]) if found else "", len(self._line))
        elif tag in _BLOCKS:
            self._begin_block(tag, whole)

    def close(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _BLOCKS:
            self._end_line()
            self._gap |= tag in _APART
            self._depth -= self._within.pop() if tag != "hr" and self._within else 0
            self._raw -= tag == "pre" and self._raw > 0
            self._signs = self._signs if self._signs <= len(self._within) else 0

    def _begin_block(self, tag: str, whole: str) -> None:
        self._end_line()
        self._gap |= tag in _APART
        quotes = int(tag == "blockquote" or _CITES.search(whole) is not None)
        self._within += [quotes] if tag != "hr" else []
        self._depth += quotes
        self._raw += tag == "pre"
        self._signs = len(self._within) if _SIGNS.search(whole) else self._signs
        if tag == "li":
            self._put("- ")
        elif tag == "hr":
            self._put("-" * 32)
            self._end_line()

    def _end_link(self) -> None:
        """The address stands behind its words, unless they are the address."""
        address, start = self._link or ("", 0)
        shown = "".join(self._line[start:]).strip() if address else ""
        bare = address.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
        if shown and bare not in {shown, f"http://{shown}", f"https://{shown}"} and len(address) < 500:
            self._put(f" <{address}>")
        self._link = None

    def _is_in_word(self) -> bool:
        return bool(self._line) and not self._line[-1].endswith(" ")

    def _put(self, text: str) -> None:
        if self._gap and text.strip():
            if self._lines and self._lines[-1].strip("> "):
                self._lines.append(self._mark(min(self._depth, self._depth_before)).rstrip())
            self._gap = False
        if self._signs and text.strip():
            self._lines += [] if text.lstrip().startswith("--") else [self._mark(self._depth) + _SIGNATURE]
            self._signs = 0
        if text:
            self._line.append(text)

    def _end_line(self, *, keep: bool = False) -> None:
        told = "".join(self._line)
        line = told if self._raw else told.strip()
        if told == _SIGNATURE:
            self._lines.append(self._mark(self._depth) + _SIGNATURE)
        elif line.strip() or keep:
            self._lines.append((self._mark(self._depth) + line).rstrip())
            self._depth_before = self._depth
        self._line.clear()
        if self._link:
            self._link = (self._link[0], 0)

    def _mark(self, depth: int) -> str:
        return "> " * min(depth, DEEPEST)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_KEPT,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, **{tag: {"class", "id"} for tag in _TOLD_OF}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )
