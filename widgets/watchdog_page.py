"""Everyone who waits, and what happens to each of them next: the supervisor's page on which nobody is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from routing import watchdog
from routing.watchdog import Next
from widgets.behind_board import behind
from widgets.names import Names
from widgets.waiting_card import FREES, PULL, WHY


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


NEXT: Mapping[Next, str] = {
    Next.RINGS_OUT: _("The offer rings out"),
    Next.STEP: _("It asks for less, or others may see it"),
    Next.LOOK: _("Its line is looked through"),
    Next.NOTHING: _("Nothing: it was forgotten"),
}


def watchdog_page(session: Session, /, **reader: Any) -> str:
    """Those whose next action is missing or late come first, in red."""
    now = reader["now"]
    found, (total, unwatched) = watchdog.all_waiting(session), watchdog.counted(session)
    return behind(
        "console/watchdog.html",
        session,
        reader,
        names=Names(session),
        lines=sorted(found, key=lambda one: (not one.forgotten(now), one.since)),
        total=total,
        unwatched=max(unwatched, sum(one.forgotten(now) for one in found)),
        why=WHY,
        pull=FREES[PULL],
        next=NEXT,
    )
