"""How long customers wait: how soon they were taken today, and whether what we said of waits was true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import Session, func, select

from routing.queues import Queue
from routing.wait_honesty import WEEKS, honesty, week_of
from routing.wallboard.flow import flows
from routing.wallboard.speed import Speed, speeds
from routing.wallboard.today import as_of
from tickets import log
from tickets.people import initials
from widgets import moments
from widgets.call_waits import called
from widgets.drawing import render
from widgets.labels import CHANNELS
from widgets.wallboard import WANTED, Watcher, meaning_of, script_facts


def waits_page(session: Session, /, *, days: int = 1, **reader: Any) -> str:
    """For each queue how soon chats were taken today, and how many were sent on; for each queue and channel how many
    promises held, week by week, the newest first. `days`: of how many the waits for calls are told.
    """
    watcher = Watcher(**{name: reader[name] for name in ("agent", "language", "csrf", "epoch", "now")})
    today = as_of(session, watcher.now)
    queues = dict(session.exec(select(Queue.id, Queue.name).order_by(func.lower(Queue.name))).all())
    began = [week_of(watcher.now) - timedelta(weeks=n) for n in range(WEEKS)]
    return render(
        "console/waits.html",
        watcher.language,
        reader=watcher,
        initials=initials(watcher.agent.name),
        here="wallboard",
        speeds=speeds(session, today),
        flows=flows(session, today),
        nobody=Speed(),
        wanted=WANTED,
        kept=honesty(session, watcher.now),
        queues=queues,
        called=called(session, queues, watcher.now, days),
        lasted=lambda seconds: moments.left(watcher.language, timedelta(seconds=seconds)),
        channels=CHANNELS,
        weeks=[moments.day(watcher.language, at.date()) for at in began],
        meaning=meaning_of,
        facts=script_facts(watcher, log.newest(session)),
    )
