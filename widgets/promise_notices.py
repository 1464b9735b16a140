"""What an agent is told of promises and has not seen yet: above what rings, until they have looked."""

from __future__ import annotations

from sqlmodel import Session

from routing.sla import notices
from widgets.drawing import render
from widgets.sla import METRICS


def notices_box(session: Session, agent_id: int, language: str) -> str:
    """Empty, and hidden, where there is nothing."""
    found, total = notices.unseen(session, agent_id)
    return render("console/_notices.html", language, notices=found, total=total, metrics=METRICS)
