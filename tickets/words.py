"""How text is cut into searchable words, in every script: the same way when it is stored and when it is sought."""

import re
import unicodedata
from typing import NamedTuple

# Scripts written without spaces: Han with its extensions, kana, Hangul, and the iteration marks between them.
_CJK = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_ASCII_RUN = re.compile(r"[a-z0-9]+")  # the same in a text of no other letters, and found sooner
_IS_CJK = re.compile(rf"[{_CJK}]")
LONGEST_WORD = 64


def runs(text: str) -> list[str]:
    """Runs of letters and digits, folded for comparison; a CJK run is one run, whatever stands beside it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return [run[:LONGEST_WORD] for run in _ASCII_RUN.findall(folded)]
    return [run[:LONGEST_WORD] if not _IS_CJK.match(run) else run for run in _RUN.findall(folded)]


def words(text: str) -> list[str]:
    """What is stored: words as they are; CJK runs as overlapping pairs and their last character.

    Pairs find two-character words, which most Chinese words are; the last character lets a search for one character,
    which is a search for pairs that begin with it, find it at the end of a run too.
    """
    found: list[str] = []
    for run in runs(text):
        found.extend([run] if run.isascii() or not _IS_CJK.match(run) else [*_pairs(run), run[-1]])
    return found


class Run(NamedTuple):
    """Words that must stand one after the other; the only one of them may be `unfinished`."""

    words: list[str]
    unfinished: bool


def sought(text: str) -> list[Run]:
    """What must occur where `text` is found, all of it: words may be unfinished, and single characters of CJK."""
    return [
        Run(_pairs(run), unfinished=False) if _IS_CJK.match(run) and len(run) > 1 else Run([run], unfinished=True)
        for run in runs(text)
    ]


def match(text: str) -> str:
    """The same text as a full-text query of SQLite. Empty: nothing to seek."""
    return " ".join(f'"{" ".join(run.words)}"' + ("*" if run.unfinished else "") for run in sought(text))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]
