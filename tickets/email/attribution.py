"""The line above a quotation that says who wrote it and when, in whatever language: "On ... somebody wrote:".

No list of languages would be long enough, so what counts is what such a line is made of: an address as mail programs
write it, a day and a time, a word for writing. Any two of them will do where a colon follows, and one where marked
lines stand below. Who speaks of themselves or of others in it ("your colleague wrote at 10:12:") is a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.email.mail_words import CAPITAL_OF_PEOPLE, OF_PEOPLE, OF_PROGRAMS, UNSPACED_OF_PEOPLE

_LONGEST = 400  # characters, which may be spread over four lines
_MOST_LINES = 4
_MOST_EMPTY = 2  # lines between it and what is marked
_LONGEST_WORD = 30  # for writing, with what may follow it

ADDRESS = re.compile(r"[^\s<>()\"]{1,64}@[^\s<>()\"]{1,255}")  # or what looks like one
_ANGLED = re.compile(rf"[<‹＜\[(] ?(mailto:)?{ADDRESS.pattern} ?(<mailto:[^\s<>]{{1,320}}>)? ?[>›＞\])]")
_ADDRESS_LAST = re.compile(rf"[<(\[]? ?{ADDRESS.pattern} ?[>)\]]*\s*[:：]$")
_DAY = re.compile(r"\b\d{1,2}\b")
_DATE = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}")
_TIME = re.compile(r"(?<![\d.])\d{1,2}[:.h]\d{2}(?!\d|\.\d)|\d{1,2}[点點시時]|\d{1,2} h \d{2}")
_BEGINS = re.compile(
    r"[\"“>(*]?\s*(\d|on\b|at\b|le\b|il\b|in data\b|am\b|op\b|em\b|no dia\b|el\b|den\b|w dniu\b|dnia\b|"
    r"from\b|[a-z]+day\b|"
    r"på\b|pe\b|în\b|σ?στις\b|[^\W\d_]{2,4}\.?,? +\d|在|于|於|-{2,}\s*on\b)",
    re.IGNORECASE,
)
_WROTE = (
    r"wrote|writes|said|quoting|excerpts from|zitat von|citando|citation de|"
    r"schrieb|geschrieben|schreef|geschreven|a écrit|écrivait|écrit|ha scritto|"
    r"ha escrit|scrive|"
    r"escreveu|escribió|escribio|napisał|napisała|napisał\(a\)|pisze|napisana|skrev|skriver|kirjoitti|írta|"
    r"написал|написала|написал\(а\)|пишет|писал|писала|писал\(а\)|написав|пише|написа|napsal|"
    r"napsala|napsal\(a\)|"
    r"napísal|napísala|napisao|napisala|yazdı|yazmış|a scris|έγραψε|כתב|כתבה|ציטוט|كتب|كتابة|đã viết|viết|menulis|"
    r"kirjutas|rašė|rakstīja"
)
_WROTE_UNSPACED = r"写道|寫道|写到|提到|書きました|のメール|작성|쓴 글|님의 말|썼습니다"
_WRITES = re.compile(rf"(?<![^\W_])({_WROTE})(?![^\W_])|{_WROTE_UNSPACED}", re.IGNORECASE)
_WRITES_LAST = re.compile(rf"((?<![^\W_])({_WROTE})|{_WROTE_UNSPACED})\s*(:|：|-{{2,}}|$)\s*-*\s*$", re.IGNORECASE)
_OF_ONES_OWN = re.compile(
    r"\b(I|we) wrote|wrote to\b|(schrieb|schrieben) (ich|wir)\b|schreef ik\b|skrev (jeg|jag|vi)\b|я писал|"
    r"我[写寫]道",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：][\s*_-]*$")
_ALONE = re.compile(rf"[\s*]*(\"[^\"<>]{{1,80}}\"|[^\"<>@]{{1,80}})?\s*{_ANGLED.pattern}\s*")
_NAMED = re.compile(rf"<[^<>]*>|\"[^\"]*\"|“[^“”]*”|«[^«»]*»|\bI\.|{ADDRESS.pattern}")
_WORD = re.compile(r"[^\W\d_]+")
_FEW_WORDS = 3  # "You wrote:"
_FEW_UNKNOWN, _MANY_UNKNOWN = 0, 3  # small words of a line that no program is known to write
_UNSPACED = re.compile("|".join(UNSPACED_OF_PEOPLE.split()))
_RULED = re.compile(r"\s*-{2,} ?[^\n-][^\n]{0,120}? ?-{2,}\s*")
_WITHOUT_COLON = re.compile(rf"(?:{_DATE.pattern})[\d/. -]{{0,7}} [^<>@]{{0,80}}{_ANGLED.pattern}")
_GLUED = re.compile(rf"(.{{10,250}}?({_WROTE}) ?:)\s{{2,}}\S", re.IGNORECASE)  # Yahoo's phones break no line there
_MERELY_WHEN = re.compile(r"[\d\s./:,-]{8,24}(AM|PM)?\s*", re.IGNORECASE)


def below_attribution(lines: Sequence[str], at: int) -> int:
    """The line after the one that begins here, which may be broken into several; `at` where none begins."""
    joined = ""
    if ":  " in lines[at] and _is_glued(lines[at]):
        return at + 1
    begins = _BEGINS.match(lines[at].strip()) is not None
    for below in range(at, min(at + _MOST_LINES, len(lines))):
        line = lines[below].strip()
        if not line:
            break
        if below == at + 1 and _ALONE.fullmatch(joined) and _MERELY_WHEN.fullmatch(line):
            return below + 1  # as Notes writes it
        joined = f"{joined} {line}".strip()
        if len(joined) > _LONGEST:
            break
        if _ends_so(joined, begins=begins) and _says_who_wrote(joined, marked=_stands_above_marks(lines, below)):
            return at if _begins_later(lines, at, below) else below + 1
        if _COLON.search(joined):
            break
    return at


def _is_glued(line: str) -> bool:
    """What is quoted follows on the same line."""
    found = _GLUED.match(line)
    return found is not None and _ANGLED.search(found[1]) is not None and _says_who_wrote(found[1].strip())


def says_that_it_was_written(lines: Sequence[str]) -> bool:
    """With a word, as a record of somebody's own does not: "2024-03-05 10:12 Error <bo@shop.example>:"."""
    return _WRITES.search(" ".join(line.strip() for line in lines)) is not None


def _ends_so(line: str, *, begins: bool) -> bool:
    if line[-1] in ":：-*_":
        return True
    if not begins:
        return False
    return _WITHOUT_COLON.fullmatch(line) is not None or _WRITES_LAST.search(line[-_LONGEST_WORD:]) is not None


def _says_who_wrote(line: str, *, marked: bool = False) -> bool:
    address, wrote = _ANGLED.search(line), _WRITES.search(line)
    dated, timed = _DATE.search(line), _TIME.search(line)
    if _OF_ONES_OWN.search(line) and not address:
        return False
    sure = bool(address and address[0][0] in "<‹＜" and dated and timed)
    named = sure and wrote is not None
    if not (marked and (dated or timed)) and not (named and _BEGINS.match(line)):
        most = _MANY_UNKNOWN if sure else _FEW_UNKNOWN
        if _is_sentence(line, named=named, most=most) and not (marked and len(line.split()) <= _FEW_WORDS):
            return False
    if wrote and _RULED.fullmatch(line):
        return True
    with_address = address and (dated or timed or (wrote and address[0][0] != "(") or marked)
    with_verb = wrote and ((dated and timed) or marked)
    with_marks = marked and dated and timed and not _is_sentence(line, named=False, most=_MANY_UNKNOWN)
    if _COLON.search(line) and (with_address or with_verb or with_marks):
        return True
    return (marked and _WITHOUT_COLON.fullmatch(line) is not None) or _begins_as_one(
        line, sure=bool(marked or address or timed)
    )


def _is_sentence(line: str, *, named: bool, most: int) -> bool:
    """A person's words: of themselves or of others, or more of them than a program needs."""
    bare = _WRITES.sub(" ", _NAMED.sub(" ", line))
    words = _WORD.findall(bare)
    begins_so = len(words) > 1 and words[0].lower() in OF_PEOPLE and words[1].islower()
    if begins_so or _UNSPACED.search(bare) or not OF_PEOPLE.isdisjoint(words):
        return True
    if named:
        return False
    unknown = sum(len(word) > 1 and word.islower() and word not in OF_PROGRAMS for word in words)
    return unknown > most or not CAPITAL_OF_PEOPLE.isdisjoint(words)


def _begins_as_one(line: str, *, sure: bool) -> bool:
    """It begins with a day, or with a word that stands before one, and ends with who wrote or that they wrote."""
    if not _BEGINS.match(line):
        return False
    wrote, when = _WRITES_LAST.search(line[-_LONGEST_WORD:]), _DATE.search(line) or _TIME.search(line)
    if sure and when and (wrote or _ADDRESS_LAST.search(line)):
        return True
    return bool(wrote and _DAY.search(line) and ADDRESS.search(line))


def _stands_above_marks(lines: Sequence[str], at: int) -> bool:
    """Right below, or after empty lines."""
    below = next((line for line in lines[at + 1 : at + 2 + _MOST_EMPTY] if line.strip()), "")
    return below.lstrip().startswith(">")


def _begins_later(lines: Sequence[str], at: int, below: int) -> bool:
    """The first line is somebody's own, and the mark is whole without it."""
    first = lines[at].strip()
    if first.endswith(",") and _BEGINS.match(first):
        return False
    marked = _stands_above_marks(lines, below)
    rests = (" ".join(line.strip() for line in lines[later : below + 1]) for later in range(at + 1, below + 1))
    return any(_is_whole(rest, first) and _says_who_wrote(rest, marked=marked) for rest in rests)


def _is_whole(rest: str, first: str) -> bool:
    if re.match(r"[<\[]|\((?!\d)", rest) or first.endswith(("<", "(")) or (_BEGINS.match(first) and rest[:1].isdigit()):
        return False
    named = _WORD.search(_WRITES.sub(" ", rest)) is not None
    return bool(_DATE.search(rest)) or (named and not _DATE.search(first))
