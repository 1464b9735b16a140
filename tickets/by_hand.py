"""What an agent does with a ticket from the console: the ticket's verbs, with what the agent saw when they acted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.errors import Conflict, Refused
from tickets.files.attachment import attach
from tickets.message import Message
from tickets.people import Agent
from tickets.status import Channel, Priority, Status
from tickets.status_names import called, choice
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Shown:
    """The state on the agent's screen when they pressed the button; None where the page did not say."""

    agent: int | None = None  # who held it; 0 for nobody
    status: str | None = None


def reply(
    change: Change,
    ticket_id: int,
    *,
    text: str,
    client_id: str,
    files: Sequence[int] = (),
    shown: Shown | None = None,
    alone: bool = False,
) -> Message:
    """Answer the customer. Whoever answers what nobody holds takes it. The agent's text is theirs until it is sent.

    `alone`: where it goes by mail, whoever stands in copy on the ticket does not get this one.
    """
    ticket, agent = change.take(Ticket, ticket_id), acting(change)
    if change.said(change.by, client_id) is None:
        still_as_shown(change, ticket, agent, shown or Shown())
    by_mail = goes_by_mail(change, ticket)
    if not by_mail and not ticket.live and ticket.channel == Channel.EMAIL:
        raise Refused("Nobody knows yet where to answer this. Set an address first.")
    message = ticket.reply(
        change,
        text,
        client_id=client_id,
        name=agent.name,
        files=len(files),
        channel=Channel.EMAIL.value if by_mail else "",
    )
    if alone and by_mail:
        change.take(Correspondence, ticket.id).uncopied = message.id
    attach(change, message, files)
    if ticket.agent_id is None and agent.active:
        ticket.assign(change, agent)
    return message


def note(change: Change, ticket_id: int, *, text: str, client_id: str, files: Sequence[int] = ()) -> Message:
    ticket, agent = change.take(Ticket, ticket_id), acting(change)
    message = ticket.note(change, text, client_id=client_id, name=agent.name, files=len(files))
    attach(change, message, files)
    return message


def set_priority(change: Change, ticket_id: int, priority: Priority, *, shown: str | None = None) -> None:
    ticket = change.take(Ticket, ticket_id)
    _unchanged(shown, ticket.priority, priority.value, says=Priority)
    ticket.set_priority(change, priority)


def set_status(
    change: Change, ticket_id: int, status: Status, name_id: int | None = None, *, shown: str | None = None
) -> None:
    """`shown` is a choice as `status_names.choice` writes it: which status, and under which name."""
    ticket = change.take(Ticket, ticket_id)
    now, wanted = choice(ticket.status, ticket.status_name_id), choice(status, name_id)
    _unchanged(shown, now, wanted, says=partial(called, change))
    ticket.set_status(change, status, name_id)


def set_subject(change: Change, ticket_id: int, subject: str, *, shown: str | None = None) -> None:
    ticket = change.take(Ticket, ticket_id)
    _unchanged(shown, ticket.subject, subject)
    ticket.set_subject(change, subject)


def snooze(change: Change, ticket_id: int, until: datetime) -> None:
    change.take(Ticket, ticket_id).snooze(change, until)


def wake(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).wake(change)


def resolve(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).resolve(change)


def reopen(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).reopen(change)


def see(change: Change, ticket_id: int, seq: int) -> None:
    change.take(Ticket, ticket_id).see(change, "agent", seq)


def goes_by_mail(change: Change, ticket: Ticket) -> bool:
    """Whether what is answered now goes by mail: there is an address, and nobody is there live."""
    return not ticket.live and change.find(Correspondence, ticket.id) is not None


def acting(change: Change) -> Agent:
    """Who acts: only for what agents do."""
    return change.take(Agent, int(change.by.removeprefix("agent:")))


def still_as_shown(change: Change, ticket: Ticket, agent: Agent, shown: Shown) -> None:
    """Nobody answers over a colleague who was quicker, or into a ticket that was closed meanwhile."""
    if ticket.agent_id not in {None, agent.id} and shown.agent is not None and shown.agent != ticket.agent_id:
        holder = change.take(Agent, ticket.agent_id or 0)
        raise Conflict("{name} took this meanwhile. Your text is kept.", name=holder.name)
    if ticket.done and shown.status is not None and Status(shown.status).category is not ticket.category_of_status:
        raise Conflict("This ticket was closed meanwhile. Your text is kept.")


def _unchanged(shown: str | None, now: str, wanted: str, *, says: Callable[[str], str] = str) -> None:
    if shown is not None and shown != now and wanted != now:
        raise Conflict("Changed meanwhile: it is now {now}, you chose {wanted}.", now=says(now), wanted=says(wanted))
