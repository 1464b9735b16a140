"""What a mail is about, without what mail programs put before it: Re, Fwd, and their like in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Re, and what other languages' mail programs write for it.
_ANSWER = re.compile(r"\s*(re|aw|sv|antw|odp|vs|rif|回复|答复|回覆|答覆|返信)\s*(\[\d{1,3}\])?\s*[:：]", re.IGNORECASE)
_PASSED_ON = re.compile(r"\s*(fwd?|wg|tr|rv|i|enc|转发|轉寄|轉發|転送)\s*[:：]", re.IGNORECASE)
_TAG = re.compile(r"\[#\d{1,12}\]")


def without_answers(subject: str) -> str:
    """Without any Re: before it."""
    while found := _ANSWER.match(subject):
        subject = subject[found.end() :]
    return subject.strip()


def same_subject(subject: str, others: Iterable[str]) -> bool:
    """Whether it is one of these, whatever stands before it. One that says nothing is no other subject."""
    told = _bare(subject)
    return not told or told in {_bare(other) for other in others}


def _bare(subject: str) -> str:
    subject = _TAG.sub(" ", subject[:500])
    while found := _ANSWER.match(subject) or _PASSED_ON.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.split()).casefold()
