"""Who works here, what queues, hours and statuses are called: read when one of them changed, not for every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, literal, union_all
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from routing.entitlements import Entitlement
from routing.events import CalendarChanged, EntitlementsChanged, QueueChanged, TiersChanged
from routing.hours import Calendar
from routing.queues import Queue
from routing.sla.versions import PolicyVersion
from routing.tiers import Tier
from tickets import log
from tickets.events import AgentChanged, StatusNamesChanged
from tickets.log import LogRow
from tickets.people import Agent, initials
from tickets.plain import Plain, plain, spelled
from tickets.statement import Statement
from tickets.status_names import StatusName, status_names

RENAMED = (AgentChanged, CalendarChanged, EntitlementsChanged, QueueChanged, StatusNamesChanged, TiersChanged)
"""After these, and no others, one of the names may be another."""
_FAR = 2000  # events: to read the names again costs less than to look through more of the log


class Person(NamedTuple):
    name: str
    initials: str


class Known(NamedTuple):
    """All names as of a place in the log."""

    at: int
    agents: dict[int, Person]
    queues: dict[int, Queue]
    statuses: dict[int, StatusName]
    calendars: dict[int, str]
    tiers: dict[int, str]
    entitlements: dict[int, str]
    policies: dict[tuple[int, int], str]  # by number and version, as they were asked for: a version is never renamed


class Names:
    """Looked up by id; somebody or something that is gone has no name. `at`: the newest event that a page has seen."""

    def __init__(self, session: Session, at: int | None = None) -> None:
        self._session = session
        self._at = at

    @cached_property
    def _known(self) -> Known:
        return _as_of(self._session, log.newest(self._session) if self._at is None else self._at)

    @property
    def agents(self) -> dict[int, Person]:
        return self._known.agents

    @property
    def queues(self) -> dict[int, Queue]:
        return self._known.queues

    @property
    def statuses(self) -> dict[int, StatusName]:
        """Own names of statuses, in the order in which a menu lists them."""
        return self._known.statuses

    @property
    def calendars(self) -> dict[int, str]:
        return self._known.calendars

    def agent(self, agent_id: int | None) -> str:
        found = self.agents.get(agent_id) if agent_id is not None else None
        return found.name if found else ""

    def queue(self, queue_id: int | None) -> str:
        found = self.queues.get(queue_id) if queue_id is not None else None
        return found.name if found else ""

    def calendar(self, calendar_id: int | None) -> str:
        return self.calendars.get(calendar_id, "") if calendar_id is not None else ""

    def tier(self, tier_id: int) -> str:
        return self._known.tiers.get(tier_id, "")

    def entitlement(self, entitlement_id: int) -> str:
        return self._known.entitlements.get(entitlement_id, "")

    def policy(self, policy_id: int | None, version: int) -> str:
        """What it was called in that version."""
        if policy_id is None:
            return ""
        found = self._known.policies.get((policy_id, version))
        if found is None:
            mine = select(PolicyVersion.terms).where(PolicyVersion.policy_id == policy_id)
            terms = self._session.exec(mine.where(PolicyVersion.version == version)).first() or {}
            found = self._known.policies[policy_id, version] = str(terms.get("name", ""))
        return found

    def status(self, name_id: int | None) -> str:
        """The own name that a status goes by; empty where it has its usual one, which is a word of ours."""
        found = self.statuses.get(name_id) if name_id is not None else None
        return found.name if found else ""

    def of(self, actor: str) -> str:
        """The agent behind "agent:7"; empty for customers and the house itself."""
        kind, _, number = actor.partition(":")
        return self.agent(int(number)) if kind == "agent" and number.isdigit() else ""


_kept: WeakKeyDictionary[Engine, Known] = WeakKeyDictionary()  # by database


def _as_of(session: Session, at: int) -> Known:
    """What is kept, where nothing was renamed between its place in the log and this one; else it is read again."""
    database = session.get_bind().engine
    kept = _kept.get(database)
    if kept is None or at - kept.at > _FAR or _renamed(session, kept.at, at):
        kept = _kept[database] = _read(session, at)
    elif kept.at < at:
        kept = _kept[database] = kept._replace(at=at)
    return kept


def heard(session: Session, rows: Sequence[LogRow]) -> None:
    """A stretch of the log in which nobody was renamed: what is kept is as good at its end as at its beginning."""
    database = session.get_bind().engine
    kept = _kept.get(database)
    if kept is None or not rows[0].pos - 1 <= kept.at < rows[-1].pos:
        return
    if _KINDS.isdisjoint(row.kind for row in rows):
        _kept[database] = kept._replace(at=rows[-1].pos)


def _renamed(session: Session, after: int, upto: int) -> bool:
    if upto <= after:
        return False
    return bool(_RENAMINGS.rows(session.connection(), after=after, upto=upto))


_KINDS = frozenset(kind.__name__ for kind in RENAMED)
_RENAMINGS = Statement(
    core_select(col(LogRow.pos))
    .where(
        col(LogRow.pos) > bindparam("after"),
        col(LogRow.pos) <= bindparam("upto"),
        col(LogRow.kind).in_(spelled(sorted(_KINDS))),
    )
    .limit(1)
)
_QUEUES = Plain(Queue, plain(Queue))
_AGENTS = select(Agent.id, Agent.name)
_CALLED = union_all(
    core_select(literal("calendar"), col(Calendar.id), col(Calendar.name)),
    core_select(literal("tier"), col(Tier.id), col(Tier.name)),
    core_select(literal("entitlement"), col(Entitlement.id), col(Entitlement.name)),
)


def _read(session: Session, at: int) -> Known:
    called: dict[str, dict[int, str]] = defaultdict(dict)
    for table, id, name in session.execute(_CALLED):
        called[table][id] = name
    return Known(
        at,
        agents={id: Person(name, initials(name)) for id, name in session.exec(_AGENTS)},
        queues={queue.id: queue for queue in _QUEUES.all(session)},
        statuses={one.id: one for one in status_names(session)},
        calendars=called["calendar"],
        tiers=called["tier"],
        entitlements=called["entitlement"],
        policies={},
    )
