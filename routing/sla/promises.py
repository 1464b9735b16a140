"""By when a customer was promised to hear of their complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from routing.sla.clock import SlaClock
from routing.sla.metrics import OF_COMPLAINTS


def promises(session: Session, ticket_id: int) -> Mapping[str, datetime]:
    """{"complaint_ack": ..., "complaint_final": ...}, those that were made; kept, broken or still to come."""
    told = [metric.value for metric in OF_COMPLAINTS]
    mine = select(SlaClock).where(SlaClock.ticket_id == ticket_id, col(SlaClock.metric).in_(told))
    return {clock.metric: clock.due_at for clock in session.exec(mine) if clock.due_at is not None}
