"""Tells a person's mail from a machine's, so that machines are not answered by machines (RFC 3834)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tickets.email.bounces import Bounce
from tickets.email.headers import Head

PING_PONG = timedelta(minutes=2)
MOST_TURNS = 5  # in that time: nobody writes and reads so fast
FLOOD = timedelta(minutes=10)
MOST_TICKETS = 10  # that one sender opens in that time

_DAEMONS = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
_AWAY = re.compile(
    r"\s{0,4}(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office|autoreply|abwesenheitsnotiz|"
    r"automatische antwort|abwesend|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|"
    r"risposta automatica|fuori sede|resposta automática|automatisch antwoord|autosvar|automaattinen vastaus|"
    r"autoodpowiedź|автоответ|自动回复|自動回覆|自动答复|不在オフィス|自動応答|자동 회신)\s{0,4}($|[:：(\-–])",
    re.IGNORECASE,
)
_BULK = {"bulk", "junk", "list", "auto_reply"}
_TOLD = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-response-suppress", "x-loop")
_LISTED = ("list-id", "list-unsubscribe", "list-post")


def robot(head: Head, *, sender: str, bounce: Bounce | None, own: bool) -> str:
    """Why a machine wrote it: bounce, own, away, auto or list; empty where a person seems to have.

    `sender` is that of the envelope, empty for a null one; `own` says that the mail is one of ours, come back.
    """
    signs = head.robot
    submitted = signs.get("auto-submitted", "no").replace(";", " ").replace("(", " ").split(maxsplit=1)
    if bounce is not None or "x-failed-recipients" in signs or (not sender and _from_a_daemon(head)):
        return "bounce"
    if own:
        return "own"
    if submitted[:1] == ["auto-replied"] or _AWAY.match(head.subject):
        return "away"
    if submitted[:1] not in (["no"], []) or any(name in signs for name in _TOLD):
        return "auto"
    if any(name in signs for name in _LISTED):
        return "list"
    nobody = not sender or signs.get("return-path", "").strip() == "<>"
    return "auto" if nobody or signs.get("precedence", "").strip() in _BULK else ""


def is_ping_pong(turns: Sequence[tuple[datetime, bool]], now: datetime) -> bool:
    """Whether two machines answer each other. `turns` are times, and whether it was ours, oldest first."""
    near = [ours for at, ours in turns if at > now - PING_PONG]
    changes = sum(before != after for before, after in pairwise(near))
    return changes >= 2 * MOST_TURNS - 1


def _from_a_daemon(head: Head) -> bool:
    return head.author is not None and bool(_DAEMONS.match(head.author[1]))
