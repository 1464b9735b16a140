"""What a mail server's answer means for a mail, and how an agent reads it."""

from __future__ import annotations

import re

from tickets.email.outgoing import MailState
from tickets.email.sending import LONGEST_SAID, Verdict
from tickets.text import one_line

# Enhanced codes (RFC 3463) tell an agent nothing that the words after them do not.
_ENHANCED = re.compile(r"^\s*[245]\.\d{1,3}\.\d{1,3}\b[\s:-]*")


def verdict_of(code: int, text: str) -> Verdict:
    """2xx: it is theirs now. 5xx: never. 4xx, and whatever else is no answer at all: not now (RFC 5321 4.2.1)."""
    if 200 <= code < 300:
        return Verdict(MailState.SENT)
    return Verdict(MailState.FAILED if 500 <= code < 600 else MailState.RETRY, readable(text))


def readable(text: str) -> str:
    """The server's words on one line, without the codes at the start of each of its lines."""
    return one_line(" ".join(_ENHANCED.sub("", line) for line in text.splitlines()), LONGEST_SAID)
