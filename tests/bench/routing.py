"""A full floor: how long it takes to place one ticket, however many wait, and whatever was settled long ago."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, insert, update
from sqlmodel import Session, SQLModel, col, select

import server.tables  # noqa: F401  (all tables, before any is made)
from routing import capacity, matching, offers, presence, sorts
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.events import WaitExplained
from routing.medium import Medium
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Delivery, Queue, QueueMember
from routing.reactions import REACTIONS
from routing.skills import Skill, TicketNeed
from routing.states import Takes
from routing.stays import Stay
from server.database import Database
from tests.bench.findings import Finding, Told, middle
from tests.cast import a_database
from tickets.batch import Batch
from tickets.change import Change
from tickets.grouped import table_of
from tickets.ids import Ids
from tickets.people import Agent, Customer
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.status import Channel, Status
from tickets.ticket import Ticket

WAITING, AGENTS, SETTLED = 10_000, 1_000, 1_000_000
PLACED = 60  # tickets in each measurement
MOST = 5.0  # milliseconds of the processor, in the middle
RULES = Rules()
_ALL = Reactions(REACTIONS)


def passes(told: Told) -> Iterable[Finding]:
    """In turn on a floor without a past and on one with a long one; each pass is a change with all that follows."""
    pasts = {"no past": 0, "a long past": min(SETTLED, told.messages)}
    floors = {name: a_floor(told.folder / f"passes-{n}", n) for name, n in pasts.items()}
    found: dict[tuple[str, str], list[float]] = {(what, past): [] for what in _PASSES for past in pasts}
    for number in range(told.rounds):
        for (what, past), rounds in found.items():
            rounds.append(_milliseconds(floors[past], _PASSES[what], number))
    for floor in floors.values():
        floor.close()
    for (what, past), rounds in found.items():
        name = f"placing one of {WAITING:,} among {AGENTS:,} agents, {what}, {pasts[past]:,} settled before"
        yield middle(name, rounds, "ms", goal=MOST, at_most=True)
    yield from _behind_others(told)
    yield from _somebody_goes(told)
    for what in _PASSES:
        without, with_past = (median(found[what, past]) for past in pasts)
        yield Finding(f"{what}: with a long past, for each without", with_past / without, "times", 1.3, at_most=True)


def _behind_others(told: Told) -> Iterable[Finding]:
    """All but the last of those who wait ask for what nobody there can do."""
    floor = a_floor(told.folder / "passes-behind-others", 0, only_the_last_fits=True)
    for what, place in _PASSES.items():
        rounds = [_milliseconds(floor, place, number, fits=WAITING) for number in range(told.rounds)]
        name = f"placing the last of {WAITING:,}, {what}, behind {WAITING - 1:,} that nobody there can do"
        yield middle(name, rounds, "ms", goal=MOST, at_most=True)
    floor.close()


def _somebody_goes(told: Told) -> Iterable[Finding]:
    """The first of those who are named as the reason goes to lunch: it is another for everybody who waits."""
    floor = a_floor(told.folder / "passes-somebody-goes", 0)
    rounds = [median(_going(floor)) for _ in range(told.rounds)]
    floor.close()
    yield middle(
        f"one of {AGENTS:,} agents goes to lunch while {WAITING:,} wait", rounds, "ms", goal=MOST, at_most=True
    )


def _going(database: Database) -> Iterator[float]:
    """Milliseconds of each in a transaction that is undone."""
    for _ in range(PLACED):
        with Session(database.writes, autoflush=False, expire_on_commit=False) as session:
            change = _a_change(session)
            began = time.thread_time()
            presence.set_intent(change, 1, Intent.LUNCH)
            _ALL.settle(change)
            change.write()
            yield (time.thread_time() - began) * 1000
            assert any(isinstance(event, WaitExplained) for _, event in change.events), "somebody else is named now"
            session.rollback()


def _a_change(session: Session) -> Change:
    ids = Ids()
    ids.refill(10_000_000, 11_000_000)
    return Change(Batch(session, ids), by="system", now=datetime.now(UTC), rules=RULES)


def a_floor(folder: Path, settled: int, *, only_the_last_fits: bool = False) -> Database:
    """Everybody is at their desk, has a mail in hand, and is full with a call. What waits is of all ages; what was
    settled, was that before, by Ada.
    """
    folder.mkdir(parents=True)
    database, now = a_database(folder), datetime.now(UTC)
    came, moment = now - timedelta(days=1), {"since": now, "seen_at": now, "idle_since": now}
    ages = {"queued_at": came, "line_at": came, "opened_at": came, "updated_at": came}
    ticket = {"channel": Channel.CHAT.value, "customer_id": 1, "queue_id": 1, **ages}
    first, last = WAITING + 1, WAITING + AGENTS + 1  # the first that is in hand, and the first that is settled
    mail = {"channel": Channel.EMAIL.value, "status": Status.OPEN.value, "agent_id": 1, "held_since": came}
    done = {"status": Status.RESOLVED.value, "resolved_at": came}
    held = {"agent_id": 1, "weight": RULES.email_weight, "live": False, "by_hand": False, "since": came}
    with database.writes.begin() as connection:
        floor = _Floor(connection)
        floor.has(Customer, id=1, name="Sam", notes="", created_at=now)
        floor.has(Queue, id=1, name="Support", delivery=Delivery.OFFER.value)
        floor.has(Agent, id=1, name="Ada", email="1@frontdesk.example", role="agent", created_at=now)
        floor.has(Presence, agent_id=1, intent=Intent.AVAILABLE.value, connected=True, **moment, **_TAKES)
        floor.has(Capacity, agent_id=1, pool=RULES.pool, used=RULES.pool, emails=RULES.email_weight)
        floor.has(QueueMember, queue_id=1, agent_id=1)
        floor.has(Ticket, id=1, number=1, live=True, fore=True, **ticket)
        floor.has_more(Agent, AGENTS, id="id + n", email="n || email", name="'Agent ' || n")
        floor.has_more(Presence, AGENTS, agent_id="agent_id + n", idle_since="idle_since - n * 1000000")
        floor.has_more(Capacity, AGENTS, agent_id="agent_id + n")
        floor.has_more(QueueMember, AGENTS, agent_id="agent_id + n")
        floor.has_more(Ticket, WAITING, **_NUMBERED, **{age: f"{age} + n * 1000000" for age in ages})
        floor.has(Ticket, id=first, number=first, **{**ticket, **mail})
        floor.has_more(Ticket, AGENTS, f"id = {first}", **_NUMBERED, agent_id="agent_id + n")
        floor.has(Assignment, id=first, ticket_id=first, medium=Medium.EMAIL.value, **held)
        floor.has_more(Assignment, AGENTS, id="id + n", ticket_id="ticket_id + n", agent_id="agent_id + n")
        if only_the_last_fits:
            floor.has(Skill, id=1, name="Bicycles")
            floor.has(TicketNeed, ticket_id=1, skill_id=1, level=1)
            floor.has(Stay, ticket_id=1, queue_id=1, began_at=came)
            for model in (TicketNeed, Stay):
                floor.has_more(model, WAITING - 1, ticket_id="ticket_id + n")
            connection.execute(update(Ticket).where(col(Ticket.id) < WAITING).values(asks=sorts.in_words([(1, 1)])))
        if settled:
            floor.has(Ticket, id=last, number=last, **ticket, **done)
            floor.has_more(Ticket, settled, f"id = {last}", **_NUMBERED)
            floor.has(Assignment, id=last, ticket_id=last, medium=Medium.CHAT.value, ended_at=now, **held)
            floor.has_more(Assignment, settled, f"id = {last}", id="id + n", ticket_id="ticket_id + n")
        connection.exec_driver_sql("analyze")
    _look_once(database)
    return database


def _look_once(database: Database) -> None:
    """As on every floor, those who wait have been looked for before, and why they wait is written down."""
    with Session(database.writes, autoflush=False, expire_on_commit=False) as session:
        change = _a_change(session)
        matching.match_queue(change, 1)
        change.write()
        session.commit()


class _Floor:
    """Fills tables: the first row of each as the desk would write it, then many that are like it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has(self, model: type[SQLModel], **values: object) -> None:
        self._connection.execute(insert(model), [values])

    def has_more(self, model: type[SQLModel], count: int, like: str = "1", **but: str) -> None:
        """Until there are so many like that one, but for these columns (SQL; `n` is 1 for the next)."""
        table, names = table_of(model), table_of(model).columns.keys()
        values = ", ".join(but.get(name, name) for name in names)
        numbers = f"with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count - 1})"
        into = f"insert into {table.name} ({', '.join(names)})"
        self._connection.exec_driver_sql(f"{numbers} {into} select {values} from {table.name}, numbers where {like}")


def _milliseconds(database: Database, place: Callable[[Change, int], object], number: int, *, fits: int = 1) -> float:
    """The middle one of many, each in a transaction that is undone."""
    took = []
    for n in range(PLACED):
        agent = 1 + (number * PLACED + n * 7) % AGENTS
        with Session(database.writes, autoflush=False, expire_on_commit=False) as session:
            change = _a_change(session)
            change.take(Capacity, agent).used -= RULES.chat_weight
            change.write()
            began = time.thread_time()
            place(change, agent)
            _ALL.settle(change)
            change.write()
            took.append((time.thread_time() - began) * 1000)
            (offer,) = change.rows(select(Offer).where(offers.is_live()))
            assert (agent, fits) == (offer.agent_id, offer.ticket_id), "what waited longest rings at whoever has room"
            session.rollback()
    return median(took)


def _gets_room(change: Change, agent_id: int) -> None:
    capacity.free(change, agent_id, 1)


def _is_looked_through(change: Change, _: int) -> None:
    matching.match_queue(change, 1)


_TAKES = {f"takes_{medium}": Takes.NEW.value for medium in Medium}
_NUMBERED = {"id": "id + n", "number": "number + n"}
_PASSES = {"an agent gets room": _gets_room, "the line is looked through": _is_looked_through}
