"""An answer that waits before it goes: a few seconds, so that it can be taken back, or until a time that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, false
from sqlmodel import Field, Session, SQLModel, col, select

from tickets import by_hand
from tickets.by_hand import Shown
from tickets.change import Change
from tickets.chores import NOW, Chore, Due
from tickets.email.correspondence import Correspondence
from tickets.email.events import AnswerPlanned, PlanEnded, PlanOvertaken
from tickets.email.outbox import post_to_staff
from tickets.email.outgoing import UNSENT
from tickets.errors import Conflict, Refused
from tickets.events import Event, MessageReceived
from tickets.files.attachment import reserve
from tickets.message import Message, MessageKind, sent_before
from tickets.moment import Moment
from tickets.people import Agent
from tickets.reactions import Reaction
from tickets.status import Status
from tickets.text import clean_text, is_blank
from tickets.ticket import Ticket

LONGEST = timedelta(days=366)  # that an answer can be planned ahead
SPARE = timedelta(days=7)  # for which its files are kept beyond its time: the desk may have been down


class Planned(SQLModel, table=True):
    """Not said yet: nothing of the ticket changes until its time has come, and then all does at once."""

    __tablename__ = "planned_answer"
    __table_args__ = (
        UniqueConstraint("agent_id", "client_id", name="uq_planned_answer_client_id"),
        Index("ix_planned_answer_due", "due_at"),
        Index("ix_planned_answer_ticket", "ticket_id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ticket_id: int = Field(foreign_key="ticket.id")
    agent_id: int = Field(foreign_key="agent.id")  # who wrote it
    client_id: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    files: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    held: bool  # only for a moment, to be taken back; else it has a time of its own
    resolves: bool = False  # the ticket is resolved with it
    alone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # nobody gets a copy
    written_at: datetime = Field(sa_type=Moment)
    after_seq: int  # the newest message when it was written
    due_at: datetime = Field(sa_type=Moment)


@dataclass(frozen=True)
class TakenBack:
    """What goes into the composer again. `files` are (id, name), and none where another agent had added them."""

    ticket: int
    text: str
    files: Sequence[tuple[int, str]]
    alone: bool = False


def answer(
    change: Change,
    ticket_id: int,
    *,
    text: str,
    client_id: str,
    files: Sequence[int] = (),
    shown: Shown | None = None,
    resolves: bool = False,
    alone: bool = False,
    at: datetime | None = None,
) -> Message | Planned:
    """Answer at once, or where it goes by mail in a moment, or `at` a time to come. Refuses as `by_hand.reply` does.

    The same `client_id` again finds what became of the first one.
    """
    ticket, agent = change.take(Ticket, ticket_id), by_hand.acting(change)
    by_mail = by_hand.goes_by_mail(change, ticket)
    if at is None and not (by_mail and change.rules.undo_seconds):
        said: dict[str, Any] = {"text": text, "client_id": client_id, "files": files, "shown": shown, "alone": alone}
        return by_hand.reply(change, ticket_id, **said)
    earlier = sent_before(change, MessageKind.OUT, client_id, text) or _planned_before(change, agent, client_id)
    if earlier is not None:
        return earlier
    by_hand.still_as_shown(change, ticket, agent, shown or Shown())
    _can_wait(change, text, files, at, by_mail=by_mail)
    due_at = at or change.now + timedelta(seconds=change.rules.undo_seconds)
    reserve(change, files, until=due_at + SPARE)
    plan = change.add(
        Planned(
            id=change.new_id(),
            ticket_id=ticket.id,
            agent_id=agent.id,
            client_id=client_id,
            text=clean_text(text),
            files=[*files],
            held=at is None,
            resolves=resolves,
            alone=alone,
            written_at=change.now,
            after_seq=ticket.last_seq,
            due_at=due_at,
        )
    )
    _count(change, ticket.id, 1)
    change.record(AnswerPlanned(ticket=ticket.id, planned=plan.id, held=plan.held, at=due_at))
    return plan


def waiting_under(change: Change, client_id: str) -> Planned | None:
    """What whoever acts has written under this id, and waits."""
    return _planned_before(change, by_hand.acting(change), client_id)


def take_back(change: Change, planned_id: int) -> TakenBack:
    """It does not go; its words are whoever's again who took it back."""
    plan = _waiting(change, planned_id)
    mine = plan.agent_id == by_hand.acting(change).id
    files = reserve(change, plan.files, until=change.now + SPARE) if mine else ()
    _end(change, plan, sent=False)
    return TakenBack(plan.ticket_id, plan.text, [(file.id, file.name) for file in files], plan.alone)


def send_now(change: Change, planned_id: int) -> Message:
    """It goes at once, as the answer of whoever wrote it."""
    return _send(change, _waiting(change, planned_id))


def send_due(change: Change, planned_id: int) -> Message | None:
    """Its time has come. None where somebody else sent it or took it back or changed its time, and where it is spam."""
    plan = change.find(Planned, planned_id)
    if plan is None or plan.due_at > change.now:
        return None
    if change.take(Ticket, plan.ticket_id).status == Status.SPAM:
        _keep_back(change, plan)
        return None
    return _send(change, plan)


def planned_on(session: Session, ticket_id: int) -> Sequence[Planned]:
    """What waits on a ticket, the next to go first."""
    query = select(Planned).where(Planned.ticket_id == ticket_id)
    return session.exec(query.order_by(col(Planned.due_at), col(Planned.id))).all()


def overtake(change: Change, event: MessageReceived) -> None:
    """The customer wrote while an answer waits: whoever planned it may want to look again."""
    assert event.ticket is not None
    if not change.take(Ticket, event.ticket).live:
        told = change.find(Correspondence, event.ticket)
        if told is not None and told.planned:
            change.record(PlanOvertaken(ticket=event.ticket))


due = Due(select(Planned.id).where(Planned.due_at <= NOW).order_by(col(Planned.due_at)).limit(100))


CHORES = (Chore("answers whose time has come", due, send_due),)
REACTIONS: tuple[tuple[type[Event], Reaction], ...] = ((MessageReceived, overtake),)


def _can_wait(change: Change, text: str, files: Sequence[int], at: datetime | None, *, by_mail: bool) -> None:
    if is_blank(clean_text(text)) and not files:
        raise Refused("The message is empty.", field="text")
    if not by_mail:
        raise Refused("Only an answer by email can be sent later.", field="at")
    if at is not None and not change.now < at <= change.now + LONGEST:
        raise Refused("Choose a time that is still to come.", field="at")


def _planned_before(change: Change, agent: Agent, client_id: str) -> Planned | None:
    return change.one(select(Planned).where(Planned.agent_id == agent.id, Planned.client_id == client_id))


def _waiting(change: Change, planned_id: int) -> Planned:
    plan = change.find(Planned, planned_id)
    if plan is None:
        raise Conflict("This answer has been sent already, or was taken back.")
    return plan


def _send(change: Change, plan: Planned) -> Message:
    ticket, agent = change.take(Ticket, plan.ticket_id), change.take(Agent, plan.agent_id)
    _end(change, plan, sent=True)
    with change.acting_as(agent.actor):
        said: dict[str, Any] = {
            "text": plan.text,
            "client_id": plan.client_id,
            "files": plan.files,
            "alone": plan.alone,
        }
        message = by_hand.reply(change, ticket.id, **said)
        if plan.resolves:
            ticket.resolve(change)
    return message


def _keep_back(change: Change, plan: Planned) -> None:
    """Somebody found meanwhile that this is spam: it gets no answer. Nothing is lost, and whoever wrote it is told."""
    ticket, agent = change.take(Ticket, plan.ticket_id), change.take(Agent, plan.agent_id)
    _end(change, plan, sent=False, spam=True)
    with change.acting_as(agent.actor):
        by_hand.note(change, ticket.id, text=plan.text, client_id=plan.client_id, files=plan.files)
    if agent.active:
        facts = {"number": ticket.number, "link": f"/app/tickets/{ticket.number}"}
        post_to_staff(change, ticket, agent, notice=UNSENT, facts=facts)


def _end(change: Change, plan: Planned, *, sent: bool, spam: bool = False) -> None:
    change.remove(plan)
    _count(change, plan.ticket_id, -1)
    change.record(PlanEnded(ticket=plan.ticket_id, planned=plan.id, held=plan.held, sent=sent, spam=spam))


def _count(change: Change, ticket_id: int, more: int) -> None:
    told = change.take(Correspondence, ticket_id)
    told.planned = max(0, told.planned + more)
