"""Two tickets turn out to be one matter: one of them is closed and goes on as the other, until that is undone."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from routing import line
from routing.callbacks.callback import AGAIN, Callback
from routing.callbacks.events import CallbackDue
from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.email.joining import join_people
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import MergeReceived, MergeUndone, StatusChanged, TicketMerged, TicketReopened
from tickets.log import LogRow
from tickets.merge import Merge
from tickets.merged import target_of
from tickets.status import Category, Channel, Status
from tickets.ticket import Ticket
from tickets.waiting import answered_at, oldest_unanswered


def merge(change: Change, ticket_id: int, number: int) -> Ticket:
    """The ticket goes on as the one with this number, and is closed. Returns that one.

    semantics.md parts 1 and 9: the target keeps its own clocks, whoever waits longer of both is the one who is owed an
    answer, and later mail to the one goes to the other. Messages stay where they were written, and a line on both
    tickets leads to the other. Refused where something would be lost by it, or somebody waits at the other end.
    """
    source, target = _both(change, ticket_id, number)
    _mergeable(change, source, target)
    since = source.waiting_since
    longer = since is not None and (target.waiting_since is None or since < target.waiting_since)
    target.waiting_since = since if longer else target.waiting_since
    place = _keep_place(source, target)
    join_people(change, source, target)
    change.write()
    change.add(Merge(ticket_id=source.id, target_id=target.id, at=change.now, by=change.by, since=since))
    change.record(TicketMerged(ticket=source.id, other=target.id, number=target.number))
    lent = since if longer else None
    change.record(MergeReceived(ticket=target.id, other=source.id, number=source.number, since=lent, place=place))
    if since is not None:
        _needs_us(change, target)
    source.set_status(change, Status.CLOSED)
    target.updated_at = change.now
    return target


def undo(change: Change, ticket_id: int) -> Ticket:
    """It was another matter after all: it is open again. What came since stays where it came to."""
    source, merged = change.take(Ticket, ticket_id), change.find(Merge, ticket_id)
    if merged is None:
        raise Conflict("This ticket is not merged any more.")
    target, since = change.take(Ticket, merged.target_id), merged.since
    place, stood = source.queued_at, source.resolved_at == merged.at
    change.remove(merged)
    change.write()  # whoever asks from here on finds it gone
    _give_place_back(change, target, place)
    change.record(MergeUndone(ticket=source.id, other=target.id, number=target.number))
    lent = _give_up(change, source, target, since)
    while lent and (onward := change.find(Merge, target.id)) is not None:
        target = change.take(Ticket, onward.target_id)
        lent = _waits_since(change, target) == since and _give_up(change, source, target, since)
    source.reopen(change, since=since)
    if stood:  # what was done before it was merged had left its line
        source.queued_at = place
        source.stand()
    return source


def keep_merged(change: Change, event: StatusChanged | TicketReopened) -> None:
    """What was merged stays closed: whoever has something to add does so where it goes on."""
    assert event.ticket is not None
    if isinstance(event, TicketReopened) or event.before == Status.CLOSED:
        merged = change.find(Merge, event.ticket)
        if merged is not None:
            raise _elsewhere(change.take(Ticket, merged.target_id))


def _both(change: Change, ticket_id: int, number: int) -> tuple[Ticket, Ticket]:
    """In the order of their ids, as all who take several rows: two who merge crosswise come one after the other."""
    target_id = change.one(select(Ticket.id).where(Ticket.number == number))
    if target_id is None:
        raise NotFound("There is no ticket with this number.", field="number")
    taken = {id: change.take(Ticket, id) for id in sorted({ticket_id, target_id})}
    return taken[ticket_id], taken[target_id]


def _mergeable(change: Change, source: Ticket, target: Ticket) -> None:
    if source.id == target.id:
        raise Refused("This is the ticket itself. Choose another one.", field="number")
    gone_on = change.take(Ticket, target_of(change, source.id))
    if gone_on.id != source.id:
        raise _elsewhere(gone_on)
    gone_on = change.take(Ticket, target_of(change, target.id))
    if gone_on.id != target.id:
        told = {"number": target.number, "other": gone_on.number}
        raise Refused("#{number} was itself merged into #{other}. Choose that one.", field="number", **told)
    if target.done:
        says = "#{number} is done. Reopen it first, or merge it into this one."
        raise Refused(says, field="number", number=target.number)
    _nothing_is_lost(change, source)


def _nothing_is_lost(change: Change, source: Ticket) -> None:
    """What only this ticket can bring to its end keeps it from ending."""
    if source.live:
        raise Refused("Somebody waits in this chat. Merge the other one into it, or wait until the chat has ended.")
    if source.channel == Channel.COMPLAINT:
        raise Refused("A complaint keeps its own file. Merge the other one into it.")
    callback = change.find(Callback, source.id)
    if callback is not None and callback.open:
        raise Refused("The customer waits for a call here. Merge the other one into it, or cancel the call first.")
    told = change.find(Correspondence, source.id)
    if told is not None and told.planned:
        raise Refused("An answer waits to be sent here. Send it or take it back first.")


def _keep_place(source: Ticket, target: Ticket) -> datetime | None:
    """Who has stood in line for longer is not set back by it. Since when the target had, if it gets another place."""
    if not (line.waits(source) and line.waits(target) and source.queued_at < target.queued_at):
        return None
    before, target.queued_at = target.queued_at, source.queued_at
    target.stand()
    return before


def _give_place_back(change: Change, target: Ticket, lent: datetime) -> None:
    """Whoever stands where the other one had stood goes back to their own place, or to that of another still in it."""
    if target.done or target.queued_at != lent:
        return
    kinds = [MergeReceived.__name__, TicketReopened.__name__]
    told = select(LogRow).where(LogRow.ticket_id == target.id, col(LogRow.kind).in_(kinds))
    mine, others = None, list[int]()
    for event in (row.event for row in change.rows(told.order_by(col(LogRow.pos)))):
        if isinstance(event, TicketReopened):  # it had a new place from then on
            mine, others = None, []
        elif isinstance(event, MergeReceived) and event.place is not None:
            mine, others = mine or event.place, [*others, event.other]
    if mine is not None:
        there = [
            id for id in others if (merged := change.find(Merge, id)) is not None and merged.target_id == target.id
        ]
        target.queued_at = min([mine, *(change.take(Ticket, id).queued_at for id in there)])
        target.stand()


def _give_up(change: Change, source: Ticket, target: Ticket, since: datetime | None) -> bool:
    """What is in the target counts without the source. Whether who waited in it had asked there."""
    onward, owed = change.find(Merge, target.id), since
    if since is not None and _waits_since(change, target) == since:
        owed = min((at for at in (oldest_unanswered(change, target), _due(change, target)) if at), default=None)
    lent = owed != since
    if lent and onward is not None:
        onward.since = owed
    elif lent:
        target.waiting_since = owed
        _sleep_on(change, target)
    told = lent and onward is None
    since = owed if told else None
    change.record(MergeUndone(ticket=target.id, other=source.id, number=source.number, lent=told, since=since))
    return lent


def _due(change: Change, ticket: Ticket) -> datetime | None:
    """Since when whoever is to be rung now has waited for that; None where nobody is."""
    callback = change.find(Callback, ticket.id) if ticket.to_call else None
    if callback is None:
        return None
    mine = select(LogRow.at).where(LogRow.ticket_id == ticket.id, LogRow.kind == CallbackDue.__name__)
    answered = answered_at(change, ticket)
    since = callback.asked_at if answered is None else max(callback.asked_at, answered)
    return change.one(mine.where(LogRow.at >= since).order_by(col(LogRow.pos))) or callback.not_before


def _sleep_on(change: Change, target: Ticket) -> None:
    """A call whose time is still to come stands in no line before that, where nobody waits for anything else."""
    callback = change.find(Callback, target.id)
    idle = target.waiting_since is None and target.agent_id is None and target.snoozed_until is None
    if callback is not None and callback.waits and idle and not target.done and callback.not_before > change.now:
        target.snooze(change, callback.not_before, why=AGAIN)


def _waits_since(change: Change, ticket: Ticket) -> datetime | None:
    """Since when somebody waits in it or, where it was merged itself, did then."""
    onward = change.find(Merge, ticket.id)
    return ticket.waiting_since if onward is None else onward.since


def _needs_us(change: Change, target: Ticket) -> None:
    """Whoever waited for us still does."""
    target.wake(change)
    if target.category_of_status is not Category.OPEN:
        target.set_status(change, Status.OPEN)


def _elsewhere(target: Ticket) -> Conflict:
    return Conflict("This was merged into #{number}. Go on there.", number=target.number)
