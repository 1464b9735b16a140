"""When a mail says it was written, in whatever spelling: the RFC's, ISO's, that of old programs, of other languages."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tickets.email.charsets import BROKEN

_LONGEST = 120  # characters
_USUAL = re.compile(
    r"\s*(?:[A-Z][a-z]{2}, )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d "
    r"(?:[+-]\d{4}|GMT|UT)(?: \([A-Za-z ]{1,40}\))?\s*"
)
_COMMENT = re.compile(r"\([^()]*\)")
_TIME = re.compile(r"(?<![\d-])(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d{1,9})?)?(?![\d.])\s*([ap]m?\b)?", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4})(?!\d)")
_OFFSET = re.compile(r"(?:\b(?:gmt|utc?|z))?\s?([+-])\s?(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_MONTHS = [  # how they begin, in the languages of mail programs that write their own
    re.compile(rf"(?:{begins})", re.IGNORECASE)
    for begins in (
        *("jan|ene|gen|sty|led|янв", "feb|f[eé]v|lut|úno|фев", "m[aäe]r|mrz|maa|март?", "a[pvb]r|kwi|dub|апр"),
        *("ma[iyjg]|mei|kvě|ма[йя]", "ju[in]n?(?!l)|giu|cze|čer(?!venec)|июн", "jul|juil|lug|lip|červenec|июл"),
        *(
            "aug|ao[uû]|ago|sie|srp|авг",
            "sep|set|wrz|zář|сен",
            "o[ckt]t|paź|říj|окт",
            "nov|lis|ноя",
            "de[czs]|déc|dic|gru|pro|дек",
        ),
    )
]
_ZONES = {  # minutes east of Greenwich
    **dict.fromkeys(["ut", "utc", "gmt", "z", "wet"], 0),
    **dict.fromkeys(["cet", "mez", "met", "bst", "west"], 60),
    **dict.fromkeys(["cest", "mesz", "mest", "eet", "sast"], 120),
    **dict.fromkeys(["msk", "eest"], 180),
    **dict.fromkeys(["hkt", "sgt"], 480),
    **dict.fromkeys(["jst", "kst"], 540),
    **dict.fromkeys(["est", "cdt"], -300),
    **dict.fromkeys(["cst", "mdt"], -360),
    **dict.fromkeys(["mst", "pdt"], -420),
    **dict.fromkeys(["ast", "edt"], -240),
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    "adt": -180,
    "pst": -480,
}
_FARTHEST = 14 * 60  # from Greenwich


def moment(told: str) -> str:
    """ISO 8601 in UTC; empty where no day can be read in it. Without a zone, or with one nobody knows, it is UTC."""
    text = told[:_LONGEST]
    for read in (_by_the_book, _freely) if _USUAL.fullmatch(text) else (_freely, _by_the_book):
        with suppress(*BROKEN, OverflowError):
            return read(text).astimezone(UTC).isoformat()
    return ""


def _by_the_book(text: str) -> datetime:
    told = parsedate_to_datetime(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _freely(text: str) -> datetime:
    """Its time of day is looked for first, the zone behind that, and the day in what is left. Raises ValueError."""
    while (bare := _COMMENT.sub(" ", text)) != text:
        text = bare
    day, text = _in_figures(text)
    time = _TIME.search(text)
    if time is None:
        raise ValueError("no time of day")
    east, behind = _zone(text[time.end() :])
    return (
        (day or _in_words(f"{text[: time.start()]} {behind}"))
        + _since_midnight(*time.groups())
        - timedelta(minutes=east)
    )


def _in_figures(text: str) -> tuple[datetime | None, str]:
    """The day, and the rest of the text."""
    if found := _YEAR_FIRST.search(text):
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    elif found := _DAY_FIRST.search(text):
        first, second = int(found[1]), int(found[3])
        if found[2] == "/" and first <= 12 and second <= 12 and first != second:
            raise ValueError("nobody knows which of them is the month")
        month, first = (first, second) if second > 12 else (second, first)
        day = datetime(int(found[4]), month, first, tzinfo=UTC)
    else:
        return None, text
    return day, f"{text[: found.start()]} {text[found.end() :].lstrip('Tt')}"


def _in_words(text: str) -> datetime:
    """A month's name, with the day and the year on either side; before it may stand that of a day of the week."""
    words = [word for word in _WORD.findall(text) if len(word) > 2]
    months = [month for word in words for month, name in enumerate(_MONTHS, 1) if name.match(word)]
    month, numbers = months[-1] if months else 0, [*map(int, _NUMBER.findall(text))]
    if not month or len(numbers) != 2:
        raise ValueError("no day")
    day, year = numbers if numbers[0] <= 31 else reversed(numbers)
    return datetime(year + (0 if year > 999 else 1900 if year >= 50 else 2000), month, day, tzinfo=UTC)  # RFC 5322, 4.3


def _since_midnight(hour: str, minute: str, second: str | None, half: str | None) -> timedelta:
    """The day may end at 24:00, and with a second more than usual."""
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        raise ValueError("no time of day")
    return timedelta(hours=hours, minutes=minutes, seconds=min(seconds, 59))


def _zone(text: str) -> tuple[int, str]:
    """Minutes east of Greenwich, and what else stands there."""
    if found := _OFFSET.search(text):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours * 60 + minutes > _FARTHEST:
            raise ValueError("nobody lives there")
        east = (hours * 60 + minutes) * (-1 if found[1] == "-" else 1)
        return east, text[: found.start()] + text[found.end() :]
    word = next((word for word in _WORD.findall(text) if word.lower() in _ZONES), "")
    return _ZONES.get(word.lower(), 0), text.replace(word, " ", 1) if word else text
