"""Keeps every clock of a ticket in step with what happens to it, and the ticket's chip in step with its clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from routing.queues import Queue
from routing.sla import running
from routing.sla.choosing import Facts, Promise, choose, promise
from routing.sla.clock import Metric, SlaClock, State
from routing.sla.events import SlaChanged
from routing.sla.history import is_new, just_wrote, past_of
from routing.sla.ledger import stretches_of
from routing.sla.policy import SlaPolicy, in_force
from routing.sla.running import Source
from routing.sla.timing import NEVER, Stretch, going_on
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.message import MessageKind
from tickets.status import Status
from tickets.ticket import Ticket

_OF_COMPLAINTS = (Metric.COMPLAINT_ACK, Metric.COMPLAINT_FINAL)
_REPLIES = (Metric.FIRST_REPLY, Metric.NEXT_REPLY)
Clocks = dict[str, SlaClock]


# What the house calls


def touch(change: Change, ticket: Ticket, *, say: bool = False) -> None:
    """Something may be another for this ticket's promises: its policy, its priority, its status, who waits.

    Does what is needed and no more, so that it may be called at any time. `say` records that the chip changed, where
    no other event of the change tells screens to draw the ticket anew.
    """
    policy = _apply_policy(change, ticket)
    clocks = open_clocks(change, ticket)
    if ticket.done and ticket.status != Status.SPAM:
        ticket.sla_cycle = max(ticket.sla_cycle, 1)  # settled without an answer: the first reply is over for good
    wants = _wants(change, ticket, policy)
    for metric in [metric for metric in clocks if metric not in wants]:
        if metric != Metric.CALLBACK_WINDOW or ticket.done:
            running.end(change, clocks.pop(metric), _how_it_ends(ticket, metric))
    for metric, paused in wants.items():
        _hold(change, ticket, clocks, policy, metric, paused=paused)
    show(change, ticket, clocks, say=say)


def turn(change: Change, ticket: Ticket, *, say: bool = False) -> None:
    """The customer wrote. Only the first of several unanswered messages matters; the others cost nothing.

    `say` as in `touch`.
    """
    if ticket.waiting_since is None or ticket.sla_policy_id is None:
        return
    if any(metric in ticket.sla_clocks for metric in _REPLIES):
        return
    policy = change.find(SlaPolicy, ticket.sla_policy_id)
    if policy is None or policy.version != ticket.sla_policy_version or _has_not_begun(change, ticket, policy):
        touch(change, ticket, say=say)
    elif _replied(ticket) and (target := promised(change, ticket, policy, Metric.NEXT_REPLY)) is not None:
        _show_new(ticket, _next_reply(change, ticket, target, policy, [Stretch(ticket.waiting_since)]))


def answered(change: Change, ticket: Ticket) -> None:
    """An agent wrote: whoever waited has their answer."""
    due = [metric for metric in (*_REPLIES, Metric.COMPLAINT_ACK) if metric in ticket.sla_clocks]
    if due:
        clocks = open_clocks(change, ticket)
        for metric in due:
            running.end(change, clocks.pop(metric), State.MET)
        show(change, ticket, clocks)


# What a clock of any kind needs


def open_clocks(change: Change, ticket: Ticket) -> Clocks:
    """Those that have not ended, by metric."""
    if not ticket.sla_clocks:
        return {}
    return {clock.metric: clock for clock in change.find_all(SlaClock, ticket.sla_clocks.values())}


def show(change: Change, ticket: Ticket, clocks: Mapping[str, SlaClock], *, say: bool = False) -> None:
    """Write the nearest clock, and whether there is something to warn of, on the ticket."""
    before = _chip(ticket)
    ids = {str(metric): clock.id for metric, clock in clocks.items()}
    if ids != ticket.sla_clocks:
        ticket.sla_clocks = ids
    runs = [clock for clock in clocks.values() if clock.state == State.RUNNING]
    nearest = min(runs, key=lambda clock: (clock.due_at or NEVER, clock.id), default=None)
    shown = nearest or next(iter(clocks.values()), None)
    ticket.sla_due_at, ticket.sla_warn_at = (nearest.due_at, nearest.warn_at) if nearest else (None, None)
    ticket.sla_metric = "" if shown is None else shown.metric
    ticket.sla_paused = bool(clocks) and not runs
    ticket.sla_breached = any(clock.breached_at is not None for clock in clocks.values())
    ticket.sla_warned = ticket.sla_breached or any(clock.warned_at is not None for clock in clocks.values())
    if say and before != _chip(ticket):
        change.record(SlaChanged(ticket=ticket.id))


def _show_new(ticket: Ticket, clock: SlaClock) -> None:
    """As `show`, for one clock more that runs: what the others say stands on the ticket, so they are not looked up."""
    ticket.sla_clocks = {**ticket.sla_clocks, clock.metric: clock.id}
    ticket.sla_paused = False
    if ticket.sla_due_at is None or (clock.due_at is not None and clock.due_at < ticket.sla_due_at):
        ticket.sla_due_at, ticket.sla_warn_at, ticket.sla_metric = clock.due_at, clock.warn_at, clock.metric
    ticket.sla_breached = ticket.sla_breached or clock.breached_at is not None
    ticket.sla_warned = ticket.sla_warned or ticket.sla_breached or clock.warned_at is not None


def promised(change: Change, ticket: Ticket, policy: SlaPolicy | None, metric: Metric) -> Promise | None:
    """What the ticket's policy promises for this metric, at the ticket's priority and in its hours."""
    if policy is None or ticket.priority not in policy.targets.get(metric, {}):
        return None
    queue = None if ticket.queue_id is None else change.find(Queue, ticket.queue_id)
    calendars = [policy.calendar_id, None if queue is None else queue.calendar_id]
    return promise(policy.targets, metric, ticket.priority, calendars)


# How


def _apply_policy(change: Change, ticket: Ticket) -> SlaPolicy | None:
    """The first that fits, as it is now."""
    known = {policy.id: policy for policy in change.peek(SlaPolicy, in_force())}
    chosen = choose(known.values(), Facts(ticket.channel, ticket.queue_id, ticket.category))
    policy = None if chosen is None else known[chosen]
    held = (ticket.sla_policy_id, ticket.sla_policy_version)
    now = (None, 0) if policy is None else (policy.id, policy.version)
    if held != now:
        ticket.sla_policy_id, ticket.sla_policy_version = now
        ticket.sla_applied_at = None if policy is None else change.now
    return policy


def _replied(ticket: Ticket) -> bool:
    """The turn of the first reply is over: it was given, or the matter was settled without."""
    return ticket.first_reply_at is not None or ticket.sla_cycle > 0


def _wants(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> dict[Metric, bool]:
    """Which metrics are open, and whether paused, whether or not a policy promises anything for them."""
    if ticket.done:
        return {}
    wants: dict[Metric, bool] = {}
    replied = _replied(ticket)
    if replied or ticket.live or ticket.last_kind not in ("", MessageKind.AUTO) or ticket.sla_clocks:
        theirs = ticket.status == Status.PENDING
        wants[Metric.RESOLUTION] = theirs and policy is not None and policy.pause
        if not replied:
            wants[Metric.FIRST_REPLY] = False
        elif ticket.waiting_since is not None:
            wants[Metric.NEXT_REPLY] = False
    return wants | dict.fromkeys(_open_of_complaint(change, ticket, policy), False)


def _open_of_complaint(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> list[Metric]:
    promises = {} if policy is None else policy.targets
    if not any(metric in promises or metric in ticket.sla_clocks for metric in _OF_COMPLAINTS):
        return []
    complaint = change.find(Complaint, ticket.id)
    if complaint is None:
        return []
    acknowledged = complaint.acknowledged_at is not None or ticket.first_reply_at is not None
    told = {Metric.COMPLAINT_ACK: acknowledged, Metric.COMPLAINT_FINAL: complaint.decided_at is not None}
    return [metric for metric in _OF_COMPLAINTS if not told[metric]]


def _how_it_ends(ticket: Ticket, metric: str) -> State:
    """Nobody owes spam an answer, and a call that was not made is not a promise kept."""
    spared = ticket.status == Status.SPAM or metric == Metric.CALLBACK_WINDOW
    return State.CANCELLED if spared else State.MET


def _hold(
    change: Change, ticket: Ticket, clocks: Clocks, policy: SlaPolicy | None, metric: Metric, *, paused: bool
) -> None:
    """One clock as it should be: there or not, with the target that is promised now, running or paused."""
    target, clock = promised(change, ticket, policy, metric), clocks.get(metric)
    if target is not None and policy is not None:
        if clock is None:
            clock = clocks[metric] = _begin(change, ticket, metric, target, policy)
        running.retarget(change, clock, target, Source(policy.id, policy.version))
        if paused and clock.state == State.RUNNING:
            running.pause(change, clock)
        elif not paused and clock.state == State.PAUSED:
            running.resume(change, clock, at=_since(change, ticket, clock))
    elif clock is not None:
        running.end(change, clocks.pop(metric), State.CANCELLED)


def _has_not_begun(change: Change, ticket: Ticket, policy: SlaPolicy) -> bool:
    """There should be a clock that is not: nobody has waited until now."""
    metrics = [Metric.RESOLUTION, *([] if _replied(ticket) else [Metric.FIRST_REPLY])]
    return any(
        metric not in ticket.sla_clocks and promised(change, ticket, policy, metric) is not None for metric in metrics
    )


def _next_reply(
    change: Change, ticket: Ticket, target: Promise, policy: SlaPolicy, stretches: Sequence[Stretch]
) -> SlaClock:
    """A turn of its own, measured from the oldest unanswered message."""
    ticket.sla_cycle = max(ticket.sla_cycle, 1) + 1
    return running.start(
        change,
        ticket.id,
        Metric.NEXT_REPLY,
        cycle=ticket.sla_cycle,
        promise=target,
        stretches=stretches,
        source=Source(policy.id, policy.version),
    )


def _begin(change: Change, ticket: Ticket, metric: Metric, target: Promise, policy: SlaPolicy) -> SlaClock:
    """Counted from when it would have begun, whatever policy held then. A met one goes on where it stopped."""
    earlier = _earlier(change, ticket, metric)
    if metric is Metric.NEXT_REPLY and earlier is None:
        return _next_reply(change, ticket, target, policy, _stretches(change, ticket, metric, policy))
    if earlier is not None and earlier.state == State.MET:
        running.resume(change, earlier, at=_since(change, ticket, earlier))
        return earlier
    source = Source(policy.id, policy.version)
    stretches = _stretches(change, ticket, metric, policy)
    if earlier is None:
        return running.start(change, ticket.id, metric, promise=target, stretches=stretches, source=source)
    assert earlier.ended_at is not None
    stretches = going_on(stretches_of(change, earlier), earlier.ended_at, stretches)
    running.restart(change, earlier, promise=target, stretches=stretches, source=source)
    return earlier


def _earlier(change: Change, ticket: Ticket, metric: Metric) -> SlaClock | None:
    """The one that counted the same before. Of answers, each turn has its own: the one for the same message."""
    turns = metric is Metric.NEXT_REPLY
    if is_new(change, ticket) or (turns and (ticket.sla_cycle <= 1 or _first_words(change, ticket))):
        return None
    mine = select(SlaClock).where(SlaClock.ticket_id == ticket.id, SlaClock.metric == metric.value)
    if turns:
        mine = mine.where(SlaClock.started_at == ticket.waiting_since)
    return change.one(mine.order_by(col(SlaClock.cycle).desc()))


def _first_words(change: Change, ticket: Ticket) -> bool:
    """Nobody has waited until now: this message is the first to."""
    return ticket.waiting_since == change.now and just_wrote(change, ticket)


def _since(change: Change, ticket: Ticket, clock: SlaClock) -> datetime:
    """A customer who writes makes it go on when they wrote, though mail may take its time to us."""
    wrote = ticket.waiting_since
    return change.now if wrote is None or wrote <= clock.since else wrote


def _stretches(change: Change, ticket: Ticket, metric: Metric, policy: SlaPolicy) -> list[Stretch]:
    if metric in _OF_COMPLAINTS:
        return [Stretch(change.take(Complaint, ticket.id).filed_at)]
    if metric is Metric.NEXT_REPLY:
        return _unanswered(change, ticket)
    if ticket.opened_at == change.now:
        return [Stretch(ticket.opened_at)]
    return past_of(change, ticket).running(pausing=policy.pause and metric is Metric.RESOLUTION)


def _unanswered(change: Change, ticket: Ticket) -> list[Stretch]:
    """Since the oldest unanswered message, but for the time in which the matter was taken for done."""
    since = ticket.waiting_since or change.now
    ran = [Stretch(since)] if just_wrote(change, ticket) else past_of(change, ticket).running(pausing=False)
    return going_on([Stretch(since, since)], since, ran)


def _chip(ticket: Ticket) -> tuple[object, ...]:
    return (
        ticket.sla_due_at,
        ticket.sla_warn_at,
        ticket.sla_metric,
        ticket.sla_paused,
        ticket.sla_warned,
        ticket.sla_breached,
    )
