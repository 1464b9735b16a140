"""Which language somebody reads: what they chose, else what their browser says."""

from __future__ import annotations

from collections.abc import Iterator

LANGUAGES = {"en": "English", "zh": "简体中文"}
USUAL = "en"
COOKIE = "frontdesk-language"


def chosen(*wishes: str) -> str | None:
    """The first of these that we speak."""
    return next((wish for wish in wishes if wish in LANGUAGES), None)


def negotiated(accept_language: str) -> str:
    """The best of an Accept-Language header (RFC 9110, 12.5.4): by weight, then by order; "zh-TW" is served "zh"."""
    return next((tag for tag in _by_weight(accept_language[:500]) if tag in LANGUAGES), USUAL)


def _by_weight(header: str) -> Iterator[str]:
    wishes: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        wishes.append((_weight(parameter), tag.strip().lower().partition("-")[0]))
    for weight, tag in sorted(wishes, key=lambda wish: -wish[0]):
        if weight > 0:
            yield tag


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    digits = value.strip()
    return float(digits) if digits.replace(".", "", 1).isascii() and digits.replace(".", "", 1).isdigit() else 0.0
