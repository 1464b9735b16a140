"""Numbers that many events change: how many tickets are on each list, and each visitor's place in line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from chat.events import ChatEnded
from chat.places import place_frame
from routing import explained, told_waits, views, wait
from routing.callbacks import turning
from routing.events import (
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferRevoked,
    PresenceChanged,
    QueueChanged,
    WaitExplained,
    WaitsTold,
)
from routing.queues import Queue
from routing.sla.events import SlaBreached, SlaChanged, SlaWarned
from tickets import events
from tickets.live import Topic
from tickets.log import LogRow
from tickets.plain import listed
from tickets.rules import Rules
from tickets.statement import Statement
from tickets.ticket import Ticket
from widgets import labels
from widgets.deliveries import Delivery, Swap, replace, swaps, to_visitor
from widgets.drawing import REMEMBERED, render
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
        OfferMade,
        OfferDeclined,
        OfferExpired,
        OfferRevoked,
        PresenceChanged,
        QueueChanged,
        WaitExplained,
        WaitsTold,
    )
)
"""The kinds of event after which one of the numbers may be another."""


def may_be_other(row: LogRow) -> bool:
    """Whether one of the numbers may be another after this. Who waits already and writes more changes none."""
    return row.kind in COUNTED and not (isinstance(row.event, events.MessageReceived) and row.event.again)


class Beside(NamedTuple):
    """The numbers beside an agent's lists, by list: those that everybody has, and the agent's own.

    Above the lists that one of the agent's windows shows the same number stands again.
    """

    topic: Topic
    common: Mapping[str, int]
    own: Mapping[str, int]
    shown: frozenset[str] = frozenset()


def count(session: Session, topics: Collection[Topic], now: datetime, rules: Rules) -> list[Delivery]:
    """The numbers of everyone who follows them: three queries for all consoles, two for each queue with visitors."""
    return [*news(beside(session, topics), told={}), *elsewhere(session, topics, now, rules)]


def beside(session: Session, topics: Collection[Topic]) -> list[Beside]:
    """What the sidebars show."""
    followed = Followed.of(frozenset(topics))
    if not followed.agents:
        return []
    numbers, held, shown = views.counts(session, 0), _held(session), _shown(followed)
    names = [*views.NAMES, *(f"queue-{queue_id}" for queue_id in _queue_ids(session))]
    common = {name: numbers.get(name, 0) for name in names if name not in _OWN}
    return [
        Beside(topic, common, {"mine": held.get(agent_id, 0)}, frozenset(shown[agent_id]))
        for agent_id, theirs in followed.agents.items()
        for topic in theirs
    ]


def _shown(followed: Followed) -> Mapping[int, set[str]]:
    """By agent, the lists that their windows show."""
    shown: defaultdict[int, set[str]] = defaultdict(set)
    for topic, view in followed.views:
        shown[int(topic.name.rpartition(":")[2])].add(view.name)
    return shown


_OWN = {"mine", "resolved"}  # by agent; and by nobody: they only become more


def news(sidebars: Iterable[Beside], told: Mapping[Topic, Beside]) -> Iterator[Delivery]:
    """Only the numbers that are another than was told: there may be thousands, and most are as they were."""
    common: dict[tuple[str, int], tuple[Mapping[str, int], list[Swap]]] = {}  # once for all who were told the same
    for now in sidebars:
        before, language = told.get(now.topic, _NOTHING), now.topic.language
        key = (language, id(before.common))
        if key not in common:
            other = _other(before.common, now.common)
            common[key] = other, _drawn(language, "count", other)
        (other, counts), own = common[key], _other(before.own, now.own)
        above = {name: n for name in now.shown if (n := own.get(name, other.get(name))) is not None}
        found = [*_drawn(language, "count", own), *counts, *_drawn(language, "total", above)]
        if found:
            yield swaps(now.topic, found)


_NOTHING = Beside(Topic(""), {}, {})


def elsewhere(session: Session, topics: Collection[Topic], now: datetime, rules: Rules) -> list[Delivery]:
    """How many are on lists that stand in no sidebar, and visitors' places."""
    followed = Followed.of(frozenset(topics))
    return [*_of_parts(session, followed), *_places(session, followed, now, rules)]


def counts(session: Session, agent_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """For each agent how many tickets are on each list, by its name."""
    common = views.counts(session, 0)
    mine = _held(session)
    return {agent_id: {**common, "mine": mine.get(agent_id, 0)} for agent_id in agent_ids}


def _held(session: Session) -> dict[int, int]:
    return dict(_HELD.rows(session.connection()))


def _other(before: Mapping[str, int], now: Mapping[str, int]) -> Mapping[str, int]:
    return {name: n for name, n in now.items() if before.get(name) != n}


def _drawn(language: str, place: str, numbers: Mapping[str, int]) -> list[Swap]:
    return [_number(language, place, name, n) for name, n in numbers.items()]


@lru_cache(maxsize=REMEMBERED)
def _number(language: str, place: str, view: str, n: int) -> Swap:
    """As a screen takes it, beside a list's name ("count") or above the list ("total")."""
    return replace(f"{place}-{view}", render(f"console/_{place}.html", language, view=view, n=n))


def _of_parts(session: Session, followed: Followed) -> Iterator[Delivery]:
    """How many are on a list that stands in no sidebar, such as those that the wallboard opens."""
    counted: dict[str, int] = {}
    for topic, view in followed.views:
        if view.name in labels.PARTS or _is_narrower(view.name):
            if view.name not in counted:
                counted[view.name] = views.count(session, view)
            yield swaps(topic, _drawn(topic.language, "total", {view.name: counted[view.name]}))


def _is_narrower(view: str) -> bool:
    """A part of a list, and not all that is open in a queue, which stands in the sidebar."""
    part = views.part_of(view)
    return part is not None and (part.of, part.kind) != ("queue", "open")


def _places(session: Session, followed: Followed, now: datetime, rules: Rules) -> Iterator[Delivery]:
    """Everyone who waits live hears where they stand, and how long it may take where that can be said."""
    if not followed.chats:
        return
    for (queue_id,) in _THEIRS.rows(session.connection(), ids=followed.chats):
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
    return [queue_id for (queue_id,) in _QUEUES.rows(session.connection())]


_QUEUES = Statement(core_select(col(Queue.id)).where(col(Queue.archived).is_(False)))
_THEIRS = Statement(core_select(col(Ticket.queue_id)).where(listed(col(Ticket.id))).distinct())
_HELD = Statement(
    core_select(col(Ticket.agent_id), func.count())
    .where(views.view_of("open", 0).clause(), col(Ticket.agent_id).is_not(None))
    .group_by(col(Ticket.agent_id))
)
