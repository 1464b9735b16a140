"""Numbers that many events change: how many tickets are on each list, and each visitor's place in line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlmodel import Session, col, func, select

from chat.events import ChatEnded
from chat.places import place_frame
from routing import explained, told_waits, views, wait
from routing.callbacks import turning
from routing.events import PresenceChanged, QueueChanged, WaitsTold
from routing.queues import queues
from routing.sla.events import SlaBreached, SlaChanged, SlaWarned
from tickets import events
from tickets.live import Topic
from tickets.rules import Rules
from tickets.ticket import Ticket
from widgets import labels
from widgets.deliveries import Delivery, replace, swaps, to_visitor
from widgets.drawing import redraw, render
from widgets.fragments import Followed

COUNTED = frozenset(
    kind.__name__
    for kind in (
        events.TicketOpened,
        events.MessageReceived,
        events.AsideReceived,
        events.MessageSent,
        events.TicketAssigned,
        events.TicketReleased,
        events.TicketMoved,
        events.PriorityChanged,
        events.StatusChanged,
        events.TicketSnoozed,
        events.TicketWoken,
        events.TicketResolved,
        events.TicketReopened,
        events.LiveBegan,
        events.LiveEnded,
        ChatEnded,
        SlaWarned,
        SlaBreached,
        SlaChanged,
        PresenceChanged,
        QueueChanged,
        WaitsTold,
    )
)
"""The kinds of event after which one of the numbers may be another."""


def count(session: Session, topics: Collection[Topic], now: datetime, rules: Rules) -> list[Delivery]:
    """The numbers of everyone who follows them: three queries for all consoles, two for each queue with visitors."""
    followed = Followed.of(frozenset(topics))
    return [*_beside_views(session, followed), *_of_parts(session, followed), *_places(session, followed, now, rules)]


def counts(session: Session, agent_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """For each agent how many tickets are on each list, by its name."""
    common = views.counts(session, 0)
    held = select(Ticket.agent_id, func.count()).where(views.view_of("open", 0).clause())
    mine = dict(session.exec(held.where(col(Ticket.agent_id).is_not(None)).group_by(col(Ticket.agent_id))).all())
    return {agent_id: {**common, "mine": mine.get(agent_id, 0)} for agent_id in agent_ids}


def _beside_views(session: Session, followed: Followed) -> Iterator[Delivery]:
    if not followed.agents:
        return
    names = [*views.NAMES, *(f"queue-{queue_id}" for queue_id in _queue_ids(session))]
    for agent_id, numbers in counts(session, followed.agents.keys()).items():
        for topic in followed.agents[agent_id]:
            drawn = [(name, {"view": name, "n": numbers.get(name, 0)}) for name in names if name != "resolved"]
            yield swaps(
                topic,
                [replace(f"count-{name}", redraw("console/_count.html", topic.language, **n)) for name, n in drawn]
                + [replace(f"total-{name}", redraw("console/_total.html", topic.language, **n)) for name, n in drawn],
            )


def _of_parts(session: Session, followed: Followed) -> Iterator[Delivery]:
    """How many are on a list that stands in no sidebar, such as those that the wallboard opens."""
    counted: dict[str, int] = {}
    for topic, view in followed.views:
        if view.name in labels.PARTS or _is_narrower(view.name):
            if view.name not in counted:
                counted[view.name] = views.count(session, view)
            html = render("console/_total.html", topic.language, view=view.name, n=counted[view.name])
            yield swaps(topic, [replace(f"total-{view.name}", html)])


def _is_narrower(view: str) -> bool:
    """A part of a list, and not all that is open in a queue, which stands in the sidebar."""
    part = views.part_of(view)
    return part is not None and (part.of, part.kind) != ("queue", "open")


def _places(session: Session, followed: Followed, now: datetime, rules: Rules) -> Iterator[Delivery]:
    """Everyone who waits live hears where they stand, and how long it may take where that can be said."""
    if not followed.chats:
        return
    theirs = select(Ticket.queue_id).where(col(Ticket.id).in_(followed.chats)).distinct()
    for queue_id in session.exec(theirs):
        if queue_id is None:
            continue
        waiting = {id: place for id, place in wait.positions(session, queue_id).items() if id in followed.chats}
        bands, whys = told_waits.told(session, waiting), explained.whys(session, waiting)
        called = turning.offering(session, queue_id, now, rules) if waiting else None
        for ticket_id, place in waiting.items():
            assert called is not None
            seal = turning.seal(rules.seals, ticket_id, now)
            frame = {"place": place_frame(place, bands.get(ticket_id), called, seal, whys.get(ticket_id, ""))}
            yield from to_visitor(followed.chats[ticket_id], [frame])


def _queue_ids(session: Session) -> list[int]:
    return [queue.id for queue in queues(session)]
