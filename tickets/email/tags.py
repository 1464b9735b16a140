"""Formatted mail tag by tag, for what is too long or too deep to be cleaned: its time grows with its length alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import cache

_TAG = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]{0,40})|[!?]|/)")
# Up to the end of a tag, which may stand in the quoted value of an attribute too.
_REST = re.compile(r"(?:[^>=\"']++|=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[=\"'])*+>")
_COMMENT_END = re.compile(r"--!?>")
_NO_COMMENT = re.compile(r"<!--?-?>")

Token = tuple[str, str]
"""A tag in lower case, with a slash before it where it closes, and all of it; or nothing, and a text."""


def tags(html: str, dropped: frozenset[str]) -> Iterator[Token]:
    """Texts and tags in their order, without what stands inside of those to be dropped. What ends nowhere is text."""
    return _Scan(html, dropped).tokens()


def balanced(found: Iterable[Token], enclosing: Set[str]) -> Iterator[Token]:
    """With the ends of what is open inside before each end of those that enclose others; the end of nothing goes."""
    open_now: list[str] = []
    count = dict.fromkeys(enclosing, 0)
    for tag, whole in found:
        name = tag.removeprefix("/")
        if name not in enclosing:
            yield tag, whole
        elif tag == name:
            open_now.append(name)
            count[name] += 1
            yield tag, whole
        while tag != name and count.get(name):
            inner = open_now.pop()
            count[inner] -= 1
            yield f"/{inner}", ""
            if inner == name:
                break


class _Scan:
    def __init__(self, html: str, dropped: frozenset[str]) -> None:
        self._html = html
        self._dropped = dropped
        self._last = html.rfind(">")
        self._quoted = True  # until somebody forgets to close one
        self._endless: set[str] = set()

    def tokens(self) -> Iterator[Token]:
        at = 0
        while (found := _TAG.search(self._html, at)) and found.start() <= self._last:
            if found.start() > at:
                yield "", self._html[at : found.start()]
            tag = (found[2] or "").lower()
            at = self._end(found)
            if tag and not found[1] and tag in self._dropped:
                at = self._after(f"</{tag}", at)
            elif tag:
                yield f"{found[1]}{tag}", self._html[found.start() : at]
        yield "", self._html[at:]

    def _end(self, begin: re.Match[str]) -> int:
        """Behind the tag, or the comment, that begins there."""
        if begin[0] == "<!" and self._html.startswith("--", begin.end()):
            empty = _NO_COMMENT.match(self._html, begin.start())
            after = empty.end() if empty else self._after("--", begin.end() + 2)
            if empty or after > begin.end() + 2:
                return after
        if begin[2] and self._quoted:
            whole = _REST.match(self._html, begin.end())
            if whole is not None:
                return whole.end()
            self._quoted = False
        return self._html.find(">", begin.end()) + 1 or len(self._html)

    def _after(self, mark: str, at: int) -> int:
        """Behind the next end of that; here, where there is none any more."""
        found = None if mark in self._endless else _ending(mark).search(self._html, at)
        if found is None:
            self._endless.add(mark)
            return at
        return found.end()


@cache
def _ending(mark: str) -> re.Pattern[str]:
    return _COMMENT_END if mark == "--" else re.compile(rf"{mark}\b[^>]*>", re.IGNORECASE)
