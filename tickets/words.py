"""How text is cut into searchable words, in every script: the same way when it is stored and when it is sought."""

import re
import unicodedata

# Scripts written without spaces: Han with its extensions, kana, Hangul, and the iteration marks between them.
_CJK = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
LONGEST_WORD = 64


def runs(text: str) -> list[str]:
    """Runs of letters and digits, folded for comparison; a CJK run is one run, whatever stands beside it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [run[:LONGEST_WORD] if not _IS_CJK.match(run) else run for run in _RUN.findall(folded)]


def words(text: str) -> list[str]:
    """What is stored: words as they are; CJK runs as overlapping pairs and their last character.

    Pairs find two-character words, which most Chinese words are; the last character lets a search for one character,
    which is a search for pairs that begin with it, find it at the end of a run too.
    """
    found: list[str] = []
    for run in runs(text):
        found.extend([*_pairs(run), run[-1]] if _IS_CJK.match(run) else [run])
    return found


def match(text: str) -> str:
    """The same text as a full-text query: every run must occur, words may be unfinished. Empty: nothing to seek."""
    parts = []
    for run in runs(text):
        if not _IS_CJK.match(run) or len(run) == 1:
            parts.append(f'"{run}"*')
        else:
            parts.append('"' + " ".join(_pairs(run)) + '"')
    return " ".join(parts)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]
