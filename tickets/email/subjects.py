"""What a mail is about, without what programs put before it: Re, Fwd and their like in any language, marks of gates."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 500  # characters that are looked at

# What mail programs write before the subject of an answer, and of what is passed on, in the languages of their users.
# Behind the second row of each, which somebody may have meant as a word of their own, a space has to follow the colon.
_ANSWERED = (
    "re ｒｅ aw antw antwort odp odg ynt res rif rép απ vá válasz vast ats atb отв ответ відп відповідь отг одг "
    "回复 回覆 答复 答覆 回信 返信 답장 회신 השב תגובה رد پاسخ ตอบกลับ trả_lời",
    "r sv vs bls на ha er",
)
_PASSED = (
    "fw fwd ｆｗ ｆｗｄ wg weitergeleitet doorst enc reenv i̇lt ılt πρθ σχετ tovább továbbítás пересл переслано "
    "пересылка препр prosl preposlané 转发 轉寄 轉發 转寄 転送 전달 הועבר إعادة_توجيه هدایت ส่งต่อ chuyển_tiếp",
    "i tr rv vl vb vs fs pd trs ilt yml",
)
_COUNT = r"\.?(?:\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})|-?\d{1,2})?"  # Odp.: Re[2]: Re(2): Re^2: Re2:


def _before(free: str, spaced: str) -> re.Pattern[str]:
    free, spaced = ("|".join(words.split()).replace("_", r"\s") for words in (free, spaced))
    behind = rf"{_COUNT}\s{{0,2}}"
    return re.compile(rf"\s*(?:(?:{free}){behind}[:：]|(?:{spaced}){behind}(?::(?=\s|\Z)|：))", re.IGNORECASE)


_ANSWER, _PASSED_ON = _before(*_ANSWERED), _before(*_PASSED)
# What gates on the way write there of mail from outside, or that looks like spam; nothing else may stand beside it.
_WARNING = (
    r"(?:(?:suspected|potential|possible|probable|caution|warning|achtung)[\s:!-]{0,3})?"
    r"(?:ext(?:ern(?:al|e|er|es|o|a|i)?)?|spam|bulk|junk|phish(?:ing)?|virus|disarmed|unverified|marketing|外部|外网|垃圾)"
    r"(?:[\s:!?_.,()/-]|\d|e-?mail|mail|message|nachricht|sender|absender|source|detected|low|high|邮件|郵件|来信){0,8}"
)
_GATE = re.compile(
    rf"\s*(?:\[[\s*]{{0,8}}{_WARNING}[\s*]{{0,8}}\]|\{{{_WARNING}\}}|<{_WARNING}>|\({_WARNING}\)|【{_WARNING}】"
    rf"|\*{{2,8}}\s?{_WARNING}\*{{2,8}}|(?-i:EXT|EXTERNAL|SPAM)\s?:(?=\s)):?",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*((?:\[[^\[\]]{1,60}\]\s*){1,4})")  # by mailing lists
_BEHIND = re.compile(r"\s*\(fwd?\)\s*\Z", re.IGNORECASE)  # as old programs passed on (RFC 5256, 2.1)
_TAG = re.compile(r"\[#\d{1,12}\]")


def without_answers(subject: str) -> str:
    """Without any Re: before it, nor what gates wrote there."""
    while found := _ANSWER.match(subject) or _beside(_GATE, subject):
        subject = subject[found.end() :]
    return subject.strip()


def same_subject(subject: str, others: Iterable[str]) -> bool:
    """Whether it is one of these, whatever stands before it. One that says nothing is no other subject.

    Names in brackets that only one of both has were put there by a mailing list on the way.
    """
    told, names = _bare(subject)
    return not told or any(
        told == other and (not names or not its or names == its) for other, its in map(_bare, others)
    )


def _bare(subject: str) -> tuple[str, str]:
    """What it says, and the names in brackets before that."""
    subject, names = _TAG.sub(" ", subject[:_LONGEST]), ""
    while found := _put_before(subject):
        names += found[1] if found.re is _LISTED else ""
        subject = subject[found.end() :]
    return _plain(_BEHIND.sub("", subject)), _plain(names)


def _put_before(subject: str) -> re.Match[str] | None:
    answered = _ANSWER.match(subject) or _PASSED_ON.match(subject)
    return answered or _beside(_GATE, subject) or _beside(_LISTED, subject)


def _beside(mark: re.Pattern[str], subject: str) -> re.Match[str] | None:
    """What stands before the words; where there are no others, it is the words."""
    found = mark.match(subject)
    return found if found and subject[found.end() :].strip() else None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
