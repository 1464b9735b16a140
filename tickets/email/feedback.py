"""What a provider reports of those who got a mail of ours: somebody marked it as spam, or something milder."""

from __future__ import annotations

import re

from tickets.email.daemons import is_by_a_machine, is_called_like_a_server
from tickets.email.head_block import head_block
from tickets.email.headers import Head
from tickets.email.mime import Part, leaves
from tickets.email.parts import kind_of_part
from tickets.email.people_words import ASKS, PERSON
from tickets.email.report_parts import feedback_parts, receipt_parts
from tickets.email.transfer import content_of
from tickets.text import one_line

_NO_COMPLAINTS = {"not-spam", "auth-failure", "dmarc"}  # RFC 6430, RFC 6591
_IN_OLD_WORDS = re.compile(
    r"(?:complaint about (?:a )?message|(?:e-?mail )?feedback report|(?:abuse|spam|junk mail) (?:report|complaint))"
    r".{0,40}\b(?:\d{1,3}\.){3}\d{1,3}\b",
    re.IGNORECASE,
)
_PROVIDERS = re.compile(
    r"(?:feedback|fbl|scomp|staff|complaints?|abuse|junkmail|arf|no-?reply)[^@]{0,40}@", re.IGNORECASE
)


def is_complaint(whole: Part, head: Head, text: str) -> bool:
    """Whether somebody marked a mail of ours as spam (RFC 5965, and what providers said before in a subject)."""
    reports = feedback_parts(whole, head, text)
    if reports:
        return _type(reports[0]) not in _NO_COMPLAINTS
    inside = any(kind_of_part(part) == "message/rfc822" for part in leaves(whole))
    return inside and bool(_IN_OLD_WORDS.match(head.subject)) and _is_a_providers(head, text)


def is_other_feedback(whole: Part, head: Head, text: str) -> bool:
    """Whether a provider tells that a mail was no spam after all, or that its sender could not be proved."""
    reports = feedback_parts(whole, head, text)
    return bool(reports) and _type(reports[0]) in _NO_COMPLAINTS


def is_receipt(whole: Part, head: Head, text: str) -> bool:
    """Whether a mail program says that a mail of ours was shown, or thrown away (RFC 8098)."""
    return bool(receipt_parts(whole, head, text))


def _is_a_providers(head: Head, text: str) -> bool:
    address = head.author[1] if head.author else ""
    if is_by_a_machine(head) or is_called_like_a_server(head):
        return True
    return bool(_PROVIDERS.match(address)) and not (PERSON.search(text) or ASKS.search(text))


def _type(report: Part) -> str:
    told = str(head_block(content_of(report).strip()).head.get("feedback-type", ""))
    return one_line(told.partition("(")[0], 40).lower()
