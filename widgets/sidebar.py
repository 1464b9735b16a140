"""The agent's own corner: whether they are there, how much they hold, and who else is."""

from __future__ import annotations

from sqlmodel import Session

from routing import capacity, presence, wrapping
from tickets.people import Agent
from widgets import states
from widgets.drawing import render
from widgets.labels import REASONS


def presence_box(session: Session, agent_id: int, language: str) -> str:
    """What the agent intends now and next, and how full their hands are."""
    held = capacity.capacity_of(session, agent_id)
    pool, used = (held.pool, held.used) if held else (100, 0)
    own = presence.presence_of(session, agent_id)
    setter = session.get(Agent, own.set_by) if own is not None and own.set_by is not None else None
    return render(
        "console/_presence.html",
        language,
        look=states.look(session, own.key if own else "away"),
        reason=own.reason if own else "",
        next=states.look(session, own.next_state) if own is not None and own.next_state else None,
        setter=setter.name if setter is not None else "",
        wraps=wrapping.under_way(session, agent_id),
        talking=presence.is_talking(session, agent_id),
        reasons=REASONS,
        used=used,
        pool=pool,
    )


def colleagues(session: Session, language: str) -> str:
    """Everyone who works here, with what they intend right now."""
    everyone = presence.presences(session)
    looks = states.shown(session, [row for _, row in everyone])
    people = [(agent, look) for (agent, _), look in zip(everyone, looks, strict=True)]
    order = [*states.looks(session, archived=True)]
    people.sort(key=lambda one: (order.index(one[1].key), one[0].name.casefold()))
    return render("console/_people.html", language, people=people)
