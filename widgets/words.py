"""What the house says, in the reader's language: an English sentence is its own key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


def translate(language: str, msgid: str, **facts: object) -> str:
    """The sentence in `language` with its {placeholders} filled; in English where nobody has translated it."""
    said = catalogue(language).get(msgid, msgid)
    return said.format(**facts) if facts else said


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every translated sentence of a language, by its English one; empty for English and languages we do not speak."""
    if language not in languages():
        return {}
    with (LOCALE / language / "LC_MESSAGES" / "frontdesk.po").open("rb") as file:
        messages = read_po(file, locale=language)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string
    }


@cache
def languages() -> frozenset[str]:
    """The languages that have a catalogue, by their folder; English needs none."""
    return frozenset(found.parent.parent.name for found in LOCALE.glob("*/LC_MESSAGES/frontdesk.po"))
