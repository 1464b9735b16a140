"""What our own mail server found out about who sent a mail (RFC 8601). Nobody else's word on it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

_METHOD = re.compile(r"(?:^|[;\s])(dmarc|spf|dkim)\s?=\s?([a-z]+)", re.IGNORECASE)


def sender_holds(results: Sequence[str], trusted: str) -> bool | None:
    """Whether the sender is who it claims to be; None where nobody whom we trust has looked.

    `results` are the Authentication-Results, newest first; `trusted` is the name that our server puts into its own.
    """
    if not trusted:
        return None
    mine = next((value for value in results if _named(value) == trusted.lower()), None)
    if mine is None:
        return None
    said: dict[str, set[str]] = {}
    for method, verdict in _METHOD.findall(mine):
        said.setdefault(method.lower(), set()).add(verdict.lower())
    return _verdict(said)


def _verdict(said: dict[str, set[str]]) -> bool | None:
    dmarc = said.get("dmarc", set())
    if dmarc & {"pass", "fail"}:
        return "fail" not in dmarc
    if "pass" in said.get("dkim", set()):
        return None  # signed, but nothing says by whom it should be
    return False if "fail" in said.get("spf", set()) else None


def _named(value: str) -> str:
    """The server that says so: what stands before the first semicolon, without a version."""
    return value.partition(";")[0].strip().partition(" ")[0].lower()
