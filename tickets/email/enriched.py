"""Text with the marks of old or plain formats, as its words: text/enriched (RFC 1896), text/richtext (RFC 1341)."""

from __future__ import annotations

import re

_PARAM = re.compile(r"<param>.{0,200}?</param>", re.IGNORECASE | re.DOTALL)
_BREAKS = re.compile(r"\n+")
_MARK = re.compile(r"<(<|/?[A-Za-z0-9-]{1,60}>)")
_ENDS_LINE = {"nl>", "np>", "/paragraph>"}


def words_of(text: str, kind: str) -> str:
    """Markdown is made to be read as it stands."""
    if kind == "text/enriched":
        return _MARK.sub(_meant, _PARAM.sub("", _BREAKS.sub(lambda found: found[0][1:] or " ", text)))
    if kind == "text/richtext":
        return _MARK.sub(_meant, _PARAM.sub("", text.replace("\n", " ").replace("<lt>", "<<")))
    return text


def _meant(found: re.Match[str]) -> str:
    """Two brackets are one that is meant."""
    return "<" if found[1] == "<" else "\n" * (found[1].lower() in _ENDS_LINE)
