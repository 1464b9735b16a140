"""Whether what we said of waits was true: the supervisor's page behind the wallboard's estimates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from routing.queues import Queue
from routing.wait_honesty import WEEKS, honesty, week_of
from tickets import log
from tickets.people import initials
from widgets import moments
from widgets.drawing import render
from widgets.labels import CHANNELS
from widgets.wallboard import Watcher, meaning_of, script_facts


def waits_page(session: Session, /, **reader: Any) -> str:
    """For each queue and channel how many promises held, week by week, the newest first."""
    watcher = Watcher(**{name: reader[name] for name in ("agent", "language", "csrf", "epoch", "now")})
    began = [week_of(watcher.now) - timedelta(weeks=n) for n in range(WEEKS)]
    return render(
        "console/waits.html",
        watcher.language,
        reader=watcher,
        initials=initials(watcher.agent.name),
        here="wallboard",
        kept=honesty(session, watcher.now),
        queues=dict(session.exec(select(Queue.id, Queue.name)).all()),
        channels=CHANNELS,
        weeks=[moments.day(watcher.language, at.date()) for at in began],
        meaning=meaning_of,
        facts=script_facts(watcher, log.newest(session)),
    )
