"""What our own mail server found out about who sent a mail (RFC 8601). Nobody else's word on it counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

METHODS = ("spf", "dkim", "dmarc")
Checks = Mapping[str, str]
"""What each method said, in its own word: {"spf": "pass", "dmarc": "fail"}."""

_METHOD = re.compile(r"\s*(dmarc|spf|dkim)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)


def checks_of(results: Sequence[Sequence[str]], trusted: str) -> Checks:
    """What our server says of a mail; empty where nobody whom we trust has looked.

    `results` are the Authentication-Results, newest first, those between two Received together; `trusted` is the name
    that our server puts into its own. Each of its programs writes one of them: together they say what all have found
    out. None above the first Received can be a sender's, who writes nothing there. Further down the newest is ours (RFC
    8601, 5); the others may be a sender's where our server removes none: nobody is believed more because of them.
    """
    for depth, stretch in enumerate(results):
        mine = [value for value in stretch if trusted and _named(value) == trusted.lower()]
        if mine:
            newest, together = _joined(mine[:1]), _joined(mine)
            return together if depth == 0 or _belief(together) <= _belief(newest) else newest
    return {}


def _joined(results: Sequence[str]) -> Checks:
    """Of several signatures one that holds is enough (RFC 6376, 6.1); of everything else one that fails is.

    Else what was said first stands: the newest word, which only one that says nothing gives way to.
    """
    said: dict[str, str] = {}
    for part in (part for value in results for part in _bare(value).split(";")[1:]):
        found = _METHOD.match(part)
        if found is not None:
            method, verdict = found[1].lower(), found[2].lower()
            if method not in said or _weight(method, verdict) > _weight(method, said[method]):
                said[method] = verdict
    return said


def _weight(method: str, verdict: str) -> int:
    decides = "pass" if method == "dkim" else "fail"
    return {decides: 2, "none": 0}.get(verdict, 1)


def _belief(checks: Checks) -> int:
    return {False: 0, None: 1, True: 2}[sender_holds(checks)]


def sender_holds(checks: Checks) -> bool | None:
    """Whether the sender is who it claims to be; None where nothing can be said."""
    if checks.get("dmarc") in {"pass", "fail"}:
        return checks["dmarc"] == "pass"
    if checks.get("dkim") == "pass":
        return None  # signed, but nothing says by whom it should be
    return False if checks.get("spf") == "fail" else None


def _bare(value: str) -> str:
    """Without what a sender may have chosen: quoted words and comments (RFC 5322, 3.2.2 and 3.2.4)."""
    kept, depth, quoted, escaped = [], 0, False, False
    for letter in value:
        inside = depth > 0 or quoted
        if inside and (escaped or letter == "\\"):
            escaped = not escaped
        elif depth:
            depth += {"(": 1, ")": -1}.get(letter, 0)
        elif letter == '"':
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth = 1
        elif not quoted:
            kept.append(letter)
    return "".join(kept)


def _named(value: str) -> str:
    """The server that says so: what stands before the first semicolon, without a version."""
    return _bare(value).partition(";")[0].strip().partition(" ")[0].lower()
