"""Tells a person's mail from a machine's, so that machines are not answered by machines (RFC 3834)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from tickets.email import free_reports
from tickets.email.bounces import Bounce
from tickets.email.headers import Head

PING_PONG = timedelta(minutes=2)
MOST_TURNS = 5  # in that time: nobody writes and reads so fast
FLOOD = timedelta(minutes=10)
MOST_TICKETS = 10  # that one sender opens in that time

_BULK = {"bulk", "junk", "list"}
_REPLIES = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-autoreply-from")
_TOLD = ("x-auto-response-suppress", "x-loop", "x-auto-generated", "x-cron-env")
_LISTED = ("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-mailing-list")


class Formed(Protocol):
    """A mail that was taken apart."""

    @property
    def bounce(self) -> Bounce | None: ...
    @property
    def complaint(self) -> bool: ...
    @property
    def receipt(self) -> bool: ...
    @property
    def by_itself(self) -> str: ...


def robot(head: Head, mail: Formed, *, sender: str, own: bool) -> str:
    """Why a machine wrote it; empty where a person seems to have.

    bounce, complaint: about a mail of ours. own: one of ours, come back. away, reply: by itself, to whatever came.
    list: to many. auto: anything else. `sender` is that of the envelope, empty for a null one.
    """
    signs = head.robot
    submitted = signs.get("auto-submitted", "no").replace(";", " ").replace("(", " ").split(maxsplit=1)
    precedence = signs.get("precedence", "").strip().replace("-", "_")
    if mail.complaint:
        return "complaint"
    if mail.bounce is not None or "x-failed-recipients" in signs or (not sender and free_reports.is_from_server(head)):
        return "bounce"
    if own:
        return "own"
    if mail.by_itself == "away" or "vacation" in signs.get("auto-submitted", ""):
        return "away"
    replied = submitted[:1] == ["auto-replied"] or precedence == "auto_reply" or mail.by_itself == "reply"
    if replied or any(name in signs for name in _REPLIES):
        return "reply"
    if submitted[:1] not in (["no"], []) or mail.receipt or any(name in signs for name in _TOLD):
        return "auto"
    if any(name in signs for name in _LISTED):
        return "list"
    nobody = not sender or free_reports.wants_no_answer(head) or free_reports.is_from_server(head)
    return "auto" if nobody or precedence in _BULK else ""


def is_ping_pong(turns: Sequence[tuple[datetime, bool]], now: datetime) -> bool:
    """Whether two machines answer each other. `turns` are times, and whether it was ours, oldest first."""
    near = [ours for at, ours in turns if at > now - PING_PONG]
    changes = sum(before != after for before, after in pairwise(near))
    return changes >= 2 * MOST_TURNS - 1
