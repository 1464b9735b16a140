"""The agent's own corner: whether they are there, how much they hold, and who else is."""

from __future__ import annotations

from sqlmodel import Session

from routing import capacity, presence
from widgets.drawing import render
from widgets.labels import INTENTS, REASONS


def presence_box(session: Session, agent_id: int, language: str) -> str:
    """What the agent intends, and how full their hands are."""
    held = capacity.capacity_of(session, agent_id)
    pool, used = (held.pool, held.used) if held else (100, 0)
    own = presence.presence_of(session, agent_id)
    return render(
        "console/_presence.html",
        language,
        intent=own.intent if own else "away",
        reason=own.reason if own else "",
        intents=INTENTS,
        reasons=REASONS,
        used=used,
        pool=pool,
    )


def colleagues(session: Session, language: str) -> str:
    """Everyone who works here, with what they intend right now."""
    people = [(agent, _state(row)) for agent, row in presence.presences(session)]
    order = {"available": 0, "away": 1, "offline": 2}
    people.sort(key=lambda one: (order[one[1]], one[0].name.casefold()))
    return render("console/_people.html", language, people=people, intents=INTENTS)


def _state(row: presence.Presence | None) -> str:
    if row is None or not row.connected:
        return "offline"
    return row.intent
