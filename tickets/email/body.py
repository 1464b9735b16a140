"""The words of a mail: what somebody newly wrote, short enough to be read at once, and all of it beside."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.email.parse import Letter
from tickets.email.plain import text_of
from tickets.email.quotes import newly_written
from tickets.text import is_blank, tidy

LONGEST = 8_000  # characters that stand in the conversation
LONGEST_WHOLE = 200_000  # that can be unfolded there; what is longer is in the mail as it came


@dataclass(frozen=True)
class Words:
    shown: str  # empty where the mail has no words
    whole: str  # empty where `shown` is all of it


def words_of(letter: Letter) -> Words:
    """What was newly written, and the whole where that is more."""
    whole = chosen_text(letter).strip("\n")
    if is_blank(whole):
        return Words("", "")
    shown = _shortened(newly_written(whole))
    return Words(shown, "" if shown == whole else whole[:LONGEST_WHOLE])


def chosen_text(letter: Letter) -> str:
    """Its plain text if there is any, else the formatted one as text."""
    text = tidy("\n".join(letter.texts))
    return tidy("\n\n".join(map(text_of, letter.htmls))) if is_blank(text) else text


def _shortened(text: str) -> str:
    """Cut between words, where there are any."""
    if len(text) <= LONGEST:
        return text
    cut = text[:LONGEST]
    at = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:at] if at > LONGEST - 500 else cut).rstrip()
