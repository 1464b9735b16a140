"""Keeps every clock of a ticket in step with what happens to it, and the ticket's chip in step with its clocks."""

from __future__ import annotations

from collections.abc import Mapping

from routing.sla import running, told_days, turning
from routing.sla.clock import SlaClock
from routing.sla.events import SlaChanged
from routing.sla.history import happens, is_new, owes_news
from routing.sla.metrics import (
    CUMULATIVE,
    ENDED_BY_ANSWER,
    LIVE,
    OF_COMPLAINTS,
    REPLIES,
    UPDATES,
    Metric,
    Standing,
    State,
    ending,
    open_metrics,
)
from routing.sla.policy import SlaPolicy
from routing.sla.promising import Promises, policies_of, promised
from routing.sla.timing import NEVER
from routing.sla.winding import Source
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.events import StatusChanged, TicketMerged, TicketResolved
from tickets.message import MessageKind
from tickets.status import Channel, Status
from tickets.ticket import Ticket

Clocks = dict[str, SlaClock]

_AFTER_A_REPLY = frozenset(CUMULATIVE)
_BEFORE_A_REPLY = _AFTER_A_REPLY | {Metric.FIRST_REPLY}
"""Those for which a clock runs, or has run, since somebody has waited: before our first reply, and after it."""
_OWED = (*REPLIES, Metric.RESPONSE)
"""What a customer who writes waits for."""


# What the house calls


def touch(change: Change, ticket: Ticket, *, say: bool = False) -> None:
    """Something may be another for this ticket's promises: its policy, its priority, its status, who waits.

    Does what is needed and no more, so that it may be called at any time. `say` records that what is shown of its
    promises changed, where no other event of the change tells screens to draw the ticket anew.
    """
    held = (ticket.sla_policy_id, ticket.sla_policy_version)
    promises = policies_of(change, ticket)
    other = held != (ticket.sla_policy_id, ticket.sla_policy_version)
    clocks = open_clocks(change, ticket)
    before = _terms(clocks) if say else {}
    if _is_settled_now(change, ticket):
        ticket.sla_cycle = max(ticket.sla_cycle, 1)  # without an answer: the first reply is over for good
        ticket.sla_settled = True
    now = standing(change, ticket, promises.ours)
    wanted = open_metrics(now)
    for metric in [metric for metric, clock in clocks.items() if _is_over(ticket, clock, wanted)]:
        clock = clocks.pop(metric)
        running.end(change, clock, ending(metric, now, broken=running.is_broken(change, clock)))
    for one in wanted:
        _hold(change, ticket, clocks, promises, one)
    show(change, ticket, clocks, say=say, besides=say and (other or before != _terms(clocks)), anew=True)


def turn(change: Change, ticket: Ticket, *, again: bool = False) -> None:
    """The customer wrote. Only the first of several unanswered messages matters; the others cost nothing.

    `again`: others had no answer yet, so that screens expect no other chip.
    """
    if ticket.waiting_since is None or (again and not ticket.sla_clocks.keys().isdisjoint(_OWED)):
        return
    policy = None if ticket.sla_policy_id is None else change.find(SlaPolicy, ticket.sla_policy_id)
    known = policy is None or policy.version == ticket.sla_policy_version
    if not known or _has_not_begun(change, ticket, policy) or (not again and _nobody_waited(change, ticket)):
        touch(change, ticket, say=again)
        return
    begins = ((Metric.NEXT_REPLY, _replied(ticket)), (Metric.RESPONSE, ticket.live and ticket.agent_id is not None))
    for metric in (metric for metric, now in begins if now and metric not in ticket.sla_clocks):
        target = promised(change, ticket, policy, metric)
        if target is not None and policy is not None:
            _show_new(ticket, turning.begin_now(change, ticket, metric, target, policy, ticket.waiting_since))


def answered(change: Change, ticket: Ticket, *, first: bool = False) -> None:
    """An agent wrote: whoever waited has their answer, and the time to the next word of ours begins."""
    due = [metric for metric in ENDED_BY_ANSWER if metric in ticket.sla_clocks]
    policy, ticket.sla_settled = _policy_of_updates(change, ticket, first=first), False
    if first and _nobody_waited(change, ticket):
        touch(change, ticket)
        return
    targets = {} if policy is None else {metric: promised(change, ticket, policy, metric) for metric in UPDATES}
    updates = [metric for metric in UPDATES if targets.get(metric) is not None or metric in ticket.sla_clocks]
    if not due and not updates:
        return
    clocks = open_clocks(change, ticket)
    for metric in [*due, *(metric for metric in updates if metric in clocks)]:
        if metric not in UPDATES or clocks[metric].started_at != change.now:
            running.end(change, clocks.pop(metric), State.MET)
    for metric in updates:
        target = targets.get(metric)
        if target is not None and policy is not None and metric not in clocks and not ticket.done:
            clocks[metric] = turning.begin_now(change, ticket, metric, target, policy, change.now)
    show(change, ticket, clocks)


def handed(change: Change, ticket: Ticket) -> None:
    """An agent took it or gave it back, somebody came to wait live or went: that matters to who is promised speed."""
    policy = None if ticket.sla_policy_id is None else change.find(SlaPolicy, ticket.sla_policy_id)
    promises = () if policy is None else policy.targets
    if any(metric in promises or metric in ticket.sla_clocks for metric in LIVE):
        touch(change, ticket)


# What a clock of any kind needs


def open_clocks(change: Change, ticket: Ticket) -> Clocks:
    """Those that have not ended, by metric."""
    if not ticket.sla_clocks:
        return {}
    return {clock.metric: clock for clock in change.find_all(SlaClock, ticket.sla_clocks.values())}


def show(
    change: Change,
    ticket: Ticket,
    clocks: Mapping[str, SlaClock],
    *,
    say: bool = False,
    besides: bool = False,
    anew: bool = False,
) -> None:
    """Write the nearest clock, and whether there is something to warn of, on the ticket.

    `say` as in `touch`; `besides`: the policy changed, or a clock that is not the nearest. An open ticket shows them.
    `anew`: as the event says it.
    """
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
    if say and (besides or before != _chip(ticket)):
        change.record(SlaChanged(ticket=ticket.id, anew=anew))


def standing(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> Standing:
    """What its promises depend on, as things stand."""
    replied = _replied(ticket)
    return Standing(
        status=Status(ticket.status),
        begun=replied or _has_begun(ticket),
        replied=replied,
        answered=ticket.first_reply_at is not None and _owes_news(change, ticket, policy),
        waits=ticket.waiting_since is not None,
        live=ticket.live,
        queued=ticket.queue_id is not None,
        held=ticket.agent_id is not None,
        responding=Metric.RESPONSE in ticket.sla_clocks,
        complains=_owed(change, ticket, policy),
    )


# How


def _is_settled_now(change: Change, ticket: Ticket) -> bool:
    """Nobody settles spam, nor what only goes on as another ticket: undone, it owes what it owed before."""
    ends = ticket.done and ticket.status != Status.SPAM and happens(change, ticket, TicketResolved, StatusChanged)
    return ends and not happens(change, ticket, TicketMerged)


def _replied(ticket: Ticket) -> bool:
    """The turn of the first reply is over: it was given, or the matter was settled without."""
    return ticket.first_reply_at is not None or ticket.sla_cycle > 0


def _has_begun(ticket: Ticket) -> bool:
    """Somebody wrote, waits live, or asked to be rung: who does that need not say a word."""
    wrote = ticket.last_kind not in ("", MessageKind.AUTO)
    return wrote or ticket.live or ticket.channel == Channel.CALLBACK or bool(ticket.sla_clocks)


def _owed(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> frozenset[Metric]:
    promises = {} if policy is None else policy.targets
    known = any(metric in promises or metric in ticket.sla_clocks for metric in OF_COMPLAINTS)
    if not known and ticket.channel != Channel.COMPLAINT:
        return frozenset()
    complaint = change.find(Complaint, ticket.id)
    if complaint is None:
        return frozenset()
    acknowledged = complaint.acknowledged_at is not None or ticket.first_reply_at is not None
    told = {Metric.COMPLAINT_ACK: acknowledged, Metric.COMPLAINT_FINAL: complaint.decided_at is not None}
    return frozenset(metric for metric in OF_COMPLAINTS if not told[metric])


def _owes_news(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> bool:
    """Looked up only where news is promised and no clock says that it is due."""
    promises = {} if policy is None or ticket.done else policy.targets
    wanted = any(metric in promises for metric in UPDATES)
    return not wanted or any(metric in ticket.sla_clocks for metric in UPDATES) or owes_news(change, ticket)


def _is_over(ticket: Ticket, clock: SlaClock, wanted: list[Metric]) -> bool:
    """Nothing about the ticket keeps it open. A window to be rung in is nobody's but its own, until all is done."""
    if clock.metric == Metric.CALLBACK_WINDOW:
        return ticket.done
    return clock.metric not in wanted or (clock.queue_id is not None and clock.queue_id != ticket.queue_id)


def _hold(change: Change, ticket: Ticket, clocks: Clocks, promises: Promises, metric: Metric) -> None:
    """One clock as it should be: there or not, with the target that is promised now, running or paused."""
    policy, by = promises.of(metric), told_days.told(change, ticket, metric) if metric in OF_COMPLAINTS else None
    if by is not None:
        source = Source() if policy is None else turning.source_of(policy, metric)
        clocks[metric] = told_days.hold(change, ticket, clocks.get(metric), metric, by, source)
        return
    target, clock = promised(change, ticket, policy, metric), clocks.get(metric)
    if target is not None and policy is not None:
        if clock is None:
            clock = clocks[metric] = turning.begin(change, ticket, metric, target, policy)
        running.retarget(change, clock, target, turning.source_of(policy, metric))
        paused = policy.pauses_in(ticket.status, metric)
        if paused and clock.state == State.RUNNING:
            running.pause(change, clock)
        elif not paused and clock.state == State.PAUSED:
            running.resume(change, clock, at=turning.since(change, ticket, clock))
    elif clock is not None:
        running.end(change, clocks.pop(metric), State.CANCELLED)


def _policy_of_updates(change: Change, ticket: Ticket, *, first: bool) -> SlaPolicy | None:
    """Looked up only where news may be promised: from our first word on a clock for it runs or pauses, until the matter
    is settled; reopened, from our next word on."""
    needed = first or ticket.sla_settled or any(metric in ticket.sla_clocks for metric in UPDATES)
    return change.find(SlaPolicy, ticket.sla_policy_id) if needed and ticket.sla_policy_id is not None else None


def _nobody_waited(change: Change, ticket: Ticket) -> bool:
    """Before this: a machine's mail opened it, and whatever is promised begins with the first word of a person."""
    return not ticket.sla_clocks and not ticket.sla_cycle and not is_new(change, ticket)


def _has_not_begun(change: Change, ticket: Ticket, policy: SlaPolicy | None) -> bool:
    """There should be a clock that is not."""
    if policy is None:
        return False
    began = _AFTER_A_REPLY if _replied(ticket) else _BEFORE_A_REPLY
    missing = (policy.targets.keys() & began) - ticket.sla_clocks.keys()
    return any(promised(change, ticket, policy, Metric(metric)) is not None for metric in missing)


def _show_new(ticket: Ticket, clock: SlaClock) -> None:
    """As `show`, for one clock more that runs: what the others say stands on the ticket, so they are not looked up."""
    ticket.sla_clocks = {**ticket.sla_clocks, clock.metric: clock.id}
    ticket.sla_paused = False
    if ticket.sla_due_at is None or (clock.due_at is not None and clock.due_at < ticket.sla_due_at):
        ticket.sla_due_at, ticket.sla_warn_at, ticket.sla_metric = clock.due_at, clock.warn_at, clock.metric
    ticket.sla_breached = ticket.sla_breached or clock.breached_at is not None
    ticket.sla_warned = ticket.sla_warned or ticket.sla_breached or clock.warned_at is not None


_PROMISED = ("policy_id", "policy_version", "target_seconds", "calendar_id", "business", "due_at")


def _terms(clocks: Mapping[str, SlaClock]) -> dict[str, tuple[object, ...]]:
    return {metric: tuple(getattr(clock, name) for name in _PROMISED) for metric, clock in clocks.items()}


def _chip(ticket: Ticket) -> tuple[object, ...]:
    return (
        ticket.sla_due_at,
        ticket.sla_warn_at,
        ticket.sla_metric,
        ticket.sla_paused,
        ticket.sla_warned,
        ticket.sla_breached,
    )
