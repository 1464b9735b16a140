"""How long customers wait: how soon they were taken today, and whether what we said of waits was true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from routing.queues import queues
from routing.wait_honesty import WEEKS, honesty, week_of
from routing.wallboard.flow import flows
from routing.wallboard.speed import speeds
from routing.wallboard.today import as_of
from widgets import moments
from widgets.behind_board import behind
from widgets.labels import CHANNELS
from widgets.wallboard import meaning_of


def waits_page(session: Session, /, **reader: Any) -> str:
    """For each queue how soon chats were taken today, and how many were sent on; for each queue and channel how many
    promises held, week by week, the newest first.
    """
    now, language = reader["now"], reader["language"]
    today = as_of(session, now)
    all_queues = {queue.id: queue for queue in queues(session, archived=True)}
    began = [week_of(now) - timedelta(weeks=n) for n in range(WEEKS)]
    return behind(
        "console/waits.html",
        session,
        reader,
        speeds=speeds(session, today),
        flows=flows(session, today),
        kept=honesty(session, now),
        queues=all_queues,
        lasted=lambda seconds: moments.left(language, timedelta(seconds=seconds)),
        channels=CHANNELS,
        weeks=[moments.day(language, at.date()) for at in began],
        meaning=meaning_of,
    )
