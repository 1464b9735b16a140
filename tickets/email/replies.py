"""What a mail server's answer means for a mail, and how an agent reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tickets.email.outgoing import MailState
from tickets.email.sending import LONGEST_SAID, Verdict
from tickets.text import one_line

# Enhanced codes (RFC 3463) tell an agent nothing that the words after them do not.
_GONE = re.compile(r"^\s*5\.(1\.([1236]|10)|2\.1)\b", re.MULTILINE)
_SENDER = re.compile(
    r"sender|send ?as|sent from|from address|mail from|return[- ]path|not owned|not verified", re.IGNORECASE
)
_ENHANCED = re.compile(r"^\s*[245]\.\d{1,3}\.\d{1,3}\b[\s:-]*")


def verdict_of(code: int, text: str) -> Verdict:
    """2xx: it is theirs now. 5xx: never. 4xx, and whatever else is no answer at all: not now (RFC 5321 4.2.1)."""
    if 200 <= code < 300:
        return Verdict(MailState.SENT)
    return Verdict(MailState.FAILED if 500 <= code < 600 else MailState.RETRY, readable(text))


def about_recipient(code: int, text: str) -> Verdict:
    """The answer to RCPT. Only what speaks of the address itself says that it is gone (RFC 3463 3.2 and 3.3).

    A 550 without such a code may be about us: that we may not relay there, or stand on a list.
    """
    verdict = verdict_of(code, text)
    return replace(verdict, gone=verdict.state is MailState.FAILED and bool(_GONE.search(text)))


def blames(verdicts: Iterable[Verdict], sender: str) -> bool:
    """Whether nobody gets a mail, for a reason that is about whose it is: many servers say that late (RFC 5321 3.3)."""
    told = list(verdicts)
    final = all(one.state is MailState.FAILED and not one.gone for one in told)
    return bool(told and sender) and final and all(_SENDER.search(one.said) or sender in one.said for one in told)


def readable(text: str) -> str:
    """The server's words on one line, without the codes at the start of each of its lines."""
    return one_line(" ".join(_ENHANCED.sub("", line) for line in text.splitlines()), LONGEST_SAID)
