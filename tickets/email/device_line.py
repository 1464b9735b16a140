"""What a phone or a mail program puts below a mail to say what it was written with: "Sent from my iPhone".

Such a line is a word for sending with a small word beside it ("sent from", "... dan gönderildi") and the name of what
it was sent with. A line of somebody's own ("I have sent it by mail") lacks one of them.
"""

from __future__ import annotations

import re

from tickets.email.device_words import (
    FREE_OF_VIRUSES,
    GET_FIRST,
    GET_LAST,
    LAST_WORDS,
    MY,
    MY_UNSPACED,
    NAMES,
    SENT,
    SENT_ALONE,
    SENT_LAST,
    THINGS,
)

_LONGEST = 110  # characters
_MOST_WORDS = 15
_FEWEST_WORDS, _FEW_WORDS, _MANY_WORDS = 3, 5, 8


def _one_of(table: str) -> str:
    return "|".join(table.split())


_NAME = re.compile(_one_of(NAMES), re.IGNORECASE)
_THING = re.compile(_one_of(THINGS), re.IGNORECASE)
_CLAUSE = re.compile(r"[,;.，。、] ?")
_PLATFORM = re.compile(r"android|(?<![a-z])ios(?![a-z])|iphone|ipad|windows|\bmac\b", re.IGNORECASE)
_MINE = re.compile(rf"\b({_one_of(MY)})\b|{_one_of(MY_UNSPACED)}", re.IGNORECASE)
_SENT_FROM = "|".join(rf"({sent}) ({_one_of(small)})(?![^\W_])" for sent, small in SENT)
_BEGINS = re.compile(rf"({_SENT_FROM}|{SENT_ALONE})", re.IGNORECASE)
_ENDS = re.compile(rf"({'|'.join(SENT_LAST)})[.。]?$", re.IGNORECASE)
_GET = re.compile(rf"^({GET_FIRST})(?![^\W_]|$)|^({GET_FIRST})[ A-Z适]|({GET_LAST})[.。]?\s*$", re.IGNORECASE)
_FIRST_PERSON = re.compile(
    r"(i|we|ich|wir|ik|jeg|jag|je|j['’]|nous|yo|he|hemos|ho|eu|я|мы|我们|我)(?![^\W_])", re.IGNORECASE
)
_SOME_THING = re.compile(r"(?i:sent from (my \S+|a mobile))( (phone|device|tablet|[A-Z0-9]\S*)){0,4}")
_NAMED_THING = re.compile(r"(?i:sent from my)( [A-Z0-9]\S*){1,5}")
_SLOGAN = re.compile(rf"yahoo mail: \w+(, \w+){{1,3}}|({FREE_OF_VIRUSES})\W.{{0,60}}", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]]{0,80})\]\([^)\s]{0,300}\)|<https?://[^>\s]{1,300}>|\((https?://|www\.)[^)\s]{1,300}\)")


def is_device_line(line: str) -> bool:
    line, links = _LINK.subn(r"\1", line[:600])
    line = line.strip().strip("*_[]|-–— ")
    if not 4 <= len(line) <= _LONGEST or len(line.split()) > _MOST_WORDS or line.endswith(("?", "？", "!", ":")):
        return False
    if _SLOGAN.fullmatch(line) or _SOME_THING.fullmatch(line):
        return True
    if _FIRST_PERSON.match(line):
        return False
    if _BEGINS.match(line):
        return names_a_product(line) or _is_mine(line) or (bool(links) and len(line.split()) <= _FEW_WORDS)
    if line.rstrip(".。").endswith(LAST_WORDS) and _ENDS.search(line):  # the first is quick: there are many lines
        return names_a_product(line)
    return len(line.split()) <= _MANY_WORDS and _names_a_program(line) and bool(_GET.search(line))


def names_a_product(line: str) -> bool:
    """One of those that we know; of what many speak of only somebody's own, or that and little else."""
    if _NAME.search(line) or _NAMED_THING.fullmatch(line.strip()):
        return True
    line = _CLAUSE.split(line, maxsplit=1)[0]
    return bool(_THING.search(line)) and (bool(_MINE.search(line)) or len(line.split()) <= _FEWEST_WORDS)


def _is_mine(line: str) -> bool:
    return bool(_MINE.search(line)) and _FEWEST_WORDS <= len(line.split()) <= _FEW_WORDS


def _names_a_program(line: str) -> bool:
    """And where it runs: "Get Outlook for Android"."""
    small = line.lower()
    return ("mail" in small or "outlook" in small) and _PLATFORM.search(line) is not None
