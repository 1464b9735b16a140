"""Whoever can take one waiting ticket can take any other of its sort: lines are looked through sort by sort."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, TextClause, bindparam, literal, literal_column, text
from sqlalchemy import select as core_select
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlmodel import col

from routing.medium import Medium, medium_of
from routing.queues import Queue
from tickets.change import Change
from tickets.plain import listed
from tickets.sorting import SORT_IN_WORDS, WAITS_IN_WORDS
from tickets.ticket import Ticket


class Sort(NamedTuple):
    """As what it comes, which skills it asks for and how well ({skill: level} in pairs), and which queues help."""

    medium: Medium
    needs: tuple[tuple[int, int], ...]
    helpers: tuple[int, ...] = ()

    @classmethod
    def of(cls, words: str) -> Sort:
        """From the words of an index: "email 12:3 15:1 +7"."""
        medium, *asked = words.split()
        pairs = (one.split(":") for one in asked if ":" in one)
        helpers = tuple(int(one) for one in asked if one.startswith("+"))
        return cls(Medium(medium), tuple((int(skill), int(level)) for skill, level in pairs), helpers)

    def is_for(self, skills: Mapping[int, int]) -> bool:
        """Whether somebody with these skills, {skill: level}, can do it."""
        return all(skills.get(skill, 0) >= level for skill, level in self.needs)


def in_words(needs: Iterable[tuple[int, int]], helpers: Collection[int] = ()) -> str:
    """What a ticket asks of an agent, as it stands on the ticket: skills with their levels, and whose members help."""
    asked = [f"{skill}:{level}" for skill, level in sorted(needs)] + [f"+{queue}" for queue in sorted(helpers)]
    return "".join(f" {word}" for word in asked)


def without(asks: str, skill_id: int) -> str:
    """The same, once nobody can ask for that skill any more."""
    return "".join(f" {word}" for word in asks.split() if not word.startswith(f"{skill_id}:"))


def in_lines(change: Change, queue_ids: Collection[int]) -> Sequence[tuple[int, bool, str]]:
    """Which sorts wait in these queues: (queue, among those who wait live, words). However many wait of each."""
    found = change.tuples(_IN_LINES, queues=queue_ids)
    return [(queue_id, bool(fore), words) for queue_id, fore, words in found]


def waits() -> TextClause:
    """In the words of the indexes by sort, so that SQLite sees that they apply; of no other table than tickets."""
    return text(WAITS_IN_WORDS)


def sort_of(ticket: Ticket) -> str:
    """Its words."""
    return f"{medium_of(ticket)}{ticket.asks}"


def words() -> ColumnElement[str]:
    """The same, asked of the database."""
    return literal_column(SORT_IN_WORDS)


def is_bound() -> ColumnElement[bool]:
    """That it is of the sort given as "sort"."""
    return words() == bindparam("sort")


# How


def _first(queue_id: Any, fore: Any, *after: Any) -> Any:
    """The first sort of such a line; an index leads from one to the next."""
    mine = core_select(words()).select_from(Ticket).where(col(Ticket.queue_id) == queue_id, col(Ticket.fore) == fore)
    mine = mine.where(waits(), *(words() > one for one in after))
    return mine.order_by(words()).limit(1).correlate_except(Ticket).scalar_subquery()


def _both_parts() -> Any:
    def part(*, fore: bool) -> Any:
        query: Any = core_select(col(Queue.id).label("queue_id"), literal(fore).label("fore"))
        return query.where(listed(col(Queue.id), "queues"))

    return part(fore=True).union_all(part(fore=False))


def _step_by_step() -> Any:
    part = _both_parts().subquery("parts_of_queues")
    first = _first(part.c.queue_id, part.c.fore).label("sort")
    found = core_select(part.c.queue_id, part.c.fore, first).cte("sorts_of_queues", recursive=True)
    after: KeyedColumnElement[Any] = found.c.sort
    onward = core_select(found.c.queue_id, found.c.fore, _first(found.c.queue_id, found.c.fore, after))
    every = found.union_all(onward.where(after.is_not(None)))
    return core_select(every.c.queue_id, every.c.fore, every.c.sort).where(every.c.sort.is_not(None))


_IN_LINES = _step_by_step()
