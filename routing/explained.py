"""Why tickets wait: what came of looking for somebody, written once for all of a line that ask for the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Column, Index, bindparam, exists, type_coerce
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, col, select

from routing import asking, line, offers, skills, sorts
from routing.choosing import MOST_PASSED
from routing.events import WaitExplained
from routing.medium import Medium
from routing.offers import Offer
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from routing.sorts import Sort
from routing.stays import Stay
from tickets.change import Change
from tickets.moment import Moment
from tickets.plain import listed
from tickets.statement import Statement
from tickets.table import Swift
from tickets.ticket import Ticket

MOST_EARLIER = 4  # outcomes before the present one that are kept
MOST_NEEDS = 5  # skills that are named
ENOUGH = 30  # events of one change: what is then still to be handed out, or to be said, is left to the next


class Why(StrEnum):
    """What stands between a ticket and somebody, said in one word: the nearest of all that were looked at."""

    BUSY = "full"
    EARLY = "early"
    REFUSED = "refused"
    SKILL = "skill"
    AWAY = "away"  # nobody who answers this queue is available


_NEAREST = (Why.BUSY, Why.EARLY, Why.REFUSED, Why.SKILL)


class LineLook(Swift, table=True):
    """One for each sort of a line of which somebody waits in vain: it holds for the first of them and for the last.

    `found` is {"why": Why, "here": how many are available, "named": [{"agent": id, "why": "skill" or "full", "delay":
    seconds}], "others": {why: how many}, "delays": [[seconds, how many of those others who can]], "needs": [[skill,
    level]]}; `earlier` is [{"at": ISO time, "why": Why}], the newest first. What it means to one ticket: see `seen_by`.
    """

    __tablename__ = "line_look"
    __table_args__ = (Index("ix_line_look_queue", "queue_id"),)

    line: str = Field(primary_key=True)  # see `_line`
    queue_id: int = Field(foreign_key="queue.id")
    sort: str  # in words: see routing.sorts
    at: datetime = Field(sa_type=Moment)  # since when it is so
    found: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    earlier: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class Told(NamedTuple):
    """Of one ticket. `since`: None where it is another than what its line says."""

    found: Mapping[str, Any]
    since: datetime | None
    next_at: datetime | None  # when it asks for less, or others may see it

    @property
    def why(self) -> str:
        return str(self.found["why"])


# Verbs


def note(change: Change, queue: Queue, ticket: Ticket) -> None:
    """Nobody can take it. Whatever keeps it waiting is found out, unless it is known of others of its sort."""
    words = sorts.sort_of(ticket)
    if change.find(LineLook, _line(queue.id, words)) is None and len(change.events) < ENOUGH:
        _keep(change, queue, words, _There(change, queue, [words]).found(words))


def look_through(change: Change, queue: Queue, waiting: Iterable[str] = (), *, counted: bool = False) -> None:
    """Find out anew what keeps each sort of this line waiting of which that was said, and these, which wait in vain.

    Of a sort that stands there no longer, nothing is kept. `counted`: it is also told where only the number of those
    who are not named is another, which changes all the time.
    """
    known = {one.sort: one for one in change.peek(LineLook, _OF_QUEUE, queue=queue.id)}
    if wanted := {*known, *waiting}:
        standing = {words for _, _, words in sorts.in_lines(change, [queue.id]) if _is_handed_out(queue, words)}
        for gone in known.keys() - standing:
            change.remove(known[gone])
        there = _There(change, queue, wanted & standing)
        for words in sorted(wanted & standing):
            if len(change.events) >= ENOUGH:
                queue.drain_due = change.now
                break
            _keep(change, queue, words, there.found(words), counted=counted)
        if standing:
            queue.look_again(change)


# What others ask


def lines_of(change: Change, agent_id: int) -> Sequence[int]:
    """Queues that this agent answers and in which somebody waits in vain."""
    return [queue_id for (queue_id,) in change.tuples(_LINES_OF, agent=agent_id)]


def told(session: Session, ticket_ids: Collection[int]) -> dict[int, Told]:
    """What stands between each of these tickets and somebody; without those at which nothing does."""
    if not ticket_ids:
        return {}
    connection = session.connection()
    tickets = _WAITING.rows(connection, ids=ticket_ids)
    queues = {queue_id for _, queue_id, *_ in tickets}
    lines = {(queue, words): (found, at) for queue, words, found, at in _LINES.rows(connection, ids=queues)}
    refused: dict[int, set[int]] = {}
    for ticket_id, agent_id in _REFUSED.rows(connection, ids=ticket_ids):
        refused.setdefault(ticket_id, set()).add(agent_id)
    known: dict[int, Told] = {}
    for ticket_id, queue_id, words, next_at, age in tickets:
        if (queue_id, words) in lines:
            found, at = lines[queue_id, words]
            its = seen_by(found, refused.get(ticket_id, ()), None if age is None else age / 1_000_000)
            known[ticket_id] = Told(its, at if its is found else None, next_at)
    return known


def whys(session: Session, ticket_ids: Collection[int]) -> dict[int, str]:
    """The same in one word for each: see Why."""
    return {ticket_id: one.why for ticket_id, one in told(session, ticket_ids).items()}


def seen_by(found: Mapping[str, Any], refused: Collection[int], age: float | None) -> Mapping[str, Any]:
    """What was found for a sort, as it is for one ticket of it: one that these agents refused, and that nobody sees as
    yet who sees only what is so many seconds old, or older. None: everybody sees it.
    """
    some_come_later = found["delays"] or any(one["delay"] for one in found["named"])
    if not refused and (age is None or not some_come_later):
        return found
    named = [{**one, "why": _why(one, refused, age)} for one in found["named"]]
    others, can = Counter[str](found["others"]), found["others"].get(Why.BUSY, 0)
    said_no = min(can, len(set(refused) - {one["agent"] for one in named}))
    early = min(can - said_no, sum(n for delay, n in found["delays"] if age is not None and delay >= age))
    others.update({Why.REFUSED.value: said_no, Why.EARLY.value: early, Why.BUSY.value: -said_no - early})
    left = {why: n for why, n in sorted(others.items()) if n > 0}
    return {**found, "why": _nearest({*left, *(one["why"] for one in named)}), "named": named, "others": left}


# How


class _There:
    """Whoever is there for a line, and what they can do: looked up once for all sorts of it."""

    def __init__(self, change: Change, queue: Queue, every: Collection[str]) -> None:
        self._change = change
        self._queue = queue
        needs = {skill_id for words in every for skill_id, _ in Sort.of(words).needs}
        self._levels = skills.levels_in(change, needs)
        self._names = skills.names_of(change, needs)
        self._members: dict[tuple[Medium, frozenset[int]], dict[int, float]] = {}

    def found(self, words: str) -> dict[str, Any]:
        """What keeps this sort of it waiting: whoever is there and can do it has no room."""
        sort = Sort.of(words)
        delays = self._delays(sort)
        able = self._able(sort, delays)
        why = {
            agent_id: (Why.BUSY if agent_id in able else Why.SKILL).value for agent_id in islice(delays, MOST_PASSED)
        }
        named = Counter(why.values())
        others = {Why.BUSY.value: len(able), Why.SKILL.value: len(delays) - len(able)}
        others = {why: left for why, n in others.items() if (left := n - named[why])}
        late = Counter(delay for one, delay in delays.items() if delay and one in able and one not in why)
        return {
            "why": _nearest({*others, *named}),
            "here": len(delays),
            "named": [{"agent": one, "why": why, "delay": delays[one]} for one, why in why.items()],
            "others": others,
            "delays": [[delay, n] for delay, n in sorted(late.items())],
            "needs": [[self._names[skill], level] for skill, level in sort.needs[:MOST_NEEDS]],
        }

    def _delays(self, sort: Sort) -> dict[int, float]:
        queue = self._queue
        overflow = [queue.overflow_to] if queue.overflows and queue.overflow_to is not None else []
        which = sort.medium, frozenset({*sort.helpers, *overflow})
        if which not in self._members:
            self._members[which] = asking.members(self._change, queue.id, *which)
        return self._members[which]

    def _able(self, sort: Sort, there: Collection[int]) -> Collection[int]:
        """Those of them who can do all that it asks for."""
        each = [
            {agent_id for agent_id, known in self._levels[skill_id].items() if known >= level}
            for skill_id, level in sort.needs
        ]
        return set(there).intersection(*each) if each else there


def _keep(change: Change, queue: Queue, words: str, found: dict[str, Any], *, counted: bool = False) -> None:
    look = change.find(LineLook, _line(queue.id, words))
    if look is None:
        line_, now = _line(queue.id, words), change.now
        change.add(LineLook(line=line_, queue_id=queue.id, sort=words, at=now, found=found, earlier=[]))
    elif _outcome(look.found) == _outcome(found):
        if not counted or look.found == found:
            return
        look.found = found
    else:
        if look.found["why"] != found["why"]:
            before = {"at": look.at.isoformat(), "why": look.found["why"]}
            look.earlier = [before, *look.earlier][:MOST_EARLIER]
        look.found, look.at = found, change.now
    change.record(WaitExplained(queue=queue.id, why=found["why"]))


def _outcome(found: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes it another, but for how many the others are."""
    delays = [delay for delay, _ in found["delays"]]
    return found["why"], found["named"], found["needs"], delays, sorted(found["others"])


def _why(one: Mapping[str, Any], refused: Collection[int], age: float | None) -> str:
    if one["why"] != Why.BUSY:
        return str(one["why"])
    if one["agent"] in refused:
        return Why.REFUSED.value
    return (Why.EARLY if age is not None and one["delay"] and one["delay"] >= age else Why.BUSY).value


def _nearest(reasons: Collection[str]) -> str:
    return next((why for why in _NEAREST if why in reasons), Why.AWAY).value


def _line(queue_id: int, words: str) -> str:
    return f"{queue_id} {words}"


def _is_handed_out(queue: Queue, words: str) -> bool:
    """Where agents ask for work, nobody is looked for but for who waits live."""
    return queue.delivery != Delivery.PULL or Sort.of(words).medium is Medium.CHAT


_OF_QUEUE = select(LineLook).where(col(LineLook.queue_id) == bindparam("queue"))
_LINES_OF = (
    core_select(col(LineLook.queue_id))
    .join(QueueMember, col(QueueMember.queue_id) == col(LineLook.queue_id))
    .where(col(QueueMember.agent_id) == bindparam("agent"))
    .distinct()
    .order_by(col(LineLook.queue_id))
)
_rings = exists().where(col(Offer.ticket_id) == col(Ticket.id), offers.is_live())
_seen_from = type_coerce(col(Stay.look_due), BigInteger) - type_coerce(col(Ticket.queued_at), BigInteger)
"""Microseconds. Nobody sees it as yet who sees only what is older than it is when it is looked at next."""
_WAITING = Statement(
    core_select(col(Ticket.id), col(Ticket.queue_id), sorts.words(), col(Stay.look_due), _seen_from)
    .outerjoin(Stay, col(Stay.ticket_id) == col(Ticket.id))
    .where(listed(col(Ticket.id)), line.waiting(), ~_rings)
)
_LINES = Statement(
    core_select(col(LineLook.queue_id), col(LineLook.sort), col(LineLook.found), col(LineLook.at)).where(
        listed(col(LineLook.queue_id))
    )
)
_REFUSED = Statement(core_select(col(Refusal.ticket_id), col(Refusal.agent_id)).where(listed(col(Refusal.ticket_id))))
