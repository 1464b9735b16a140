"""What can be promised about a ticket: when each promise is open, when it stands still, and how it ends.

The table is that of semantics.md part 1. Decisions over plain values: nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tickets.status import Category, Status


class Metric(StrEnum):
    """In the order in which pages show them."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    SPEED_OF_ANSWER = "speed_of_answer"  # somebody waits live, until an agent takes them
    RESPONSE = "response"  # somebody in a chat that an agent has taken waits for each answer
    PERIODIC_UPDATE = "periodic_update"  # from one word of ours to the next
    PAUSABLE_UPDATE = "pausable_update"  # the same, but not while we wait for the customer
    RESOLUTION = "resolution"  # requester wait: how long the customer waits for us or for others
    AGENT_WORK = "agent_work"  # how long it is ours to act
    TOTAL_RESOLUTION = "total_resolution"  # from the first word to the end, whoever is to act
    OWNERSHIP = "ownership"  # how long one queue has it: promised to other queues, not to customers
    CALLBACK_WINDOW = "callback_window"
    COMPLAINT_ACK = "complaint_ack"
    COMPLAINT_FINAL = "complaint_final"


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"  # what was promised has been done; where `breached_at` is set, late or never
    CANCELLED = "cancelled"  # the promise is no more, and counts neither way


Pauses = Mapping[str, Sequence[str]]  # {metric: the statuses in which it stands still}

INTERNAL = (Metric.OWNERSHIP,)
"""Promised between queues, by policies of their own."""
OF_COMPLAINTS = (Metric.COMPLAINT_ACK, Metric.COMPLAINT_FINAL)
REPLIES = (Metric.FIRST_REPLY, Metric.NEXT_REPLY)
UPDATES = (Metric.PERIODIC_UPDATE, Metric.PAUSABLE_UPDATE)
LIVE = (Metric.SPEED_OF_ANSWER, Metric.RESPONSE)
ENDED_BY_ANSWER = (*REPLIES, Metric.RESPONSE, Metric.COMPLAINT_ACK)
CUMULATIVE = (Metric.RESOLUTION, Metric.AGENT_WORK, Metric.TOTAL_RESOLUTION)
"""They go on adding up when a ticket is reopened."""
TURNS = (Metric.NEXT_REPLY, *LIVE, *UPDATES, *INTERNAL)
"""Each time is a promise of its own."""
_TO_CUSTOMERS = tuple(metric for metric in Metric if metric not in {*INTERNAL, Metric.CALLBACK_WINDOW})
"""What a policy can promise to them; a window to be rung in is promised directly."""

USUAL_PAUSES: Pauses = {
    Metric.PAUSABLE_UPDATE: (Status.PENDING,),
    Metric.RESOLUTION: (Status.PENDING,),
    Metric.AGENT_WORK: (Status.PENDING, Status.ON_HOLD),
    Metric.OWNERSHIP: (),
}
"""All metrics that can stand still, and when they do where nobody said otherwise."""
PAUSING = (Status.PENDING, Status.ON_HOLD)


@dataclass(frozen=True)
class Standing:
    """What of a ticket its promises depend on."""

    status: Status
    begun: bool  # somebody has written, waits live, or asked to be rung
    replied: bool  # the turn of the first reply is over: it was given, or the matter was settled without
    answered: bool  # an agent has answered, and nobody has settled the matter since
    waits: bool  # somebody has no answer to what they wrote
    live: bool = False
    queued: bool = False
    held: bool = False  # by an agent
    responding: bool = False  # whoever waits in the chat does so since an agent had taken it
    complains: frozenset[Metric] = frozenset()  # what is still owed to who complained


_IS_OPEN: Mapping[Metric, Callable[[Standing], bool]] = {
    Metric.FIRST_REPLY: lambda now: now.begun and not now.replied,
    Metric.NEXT_REPLY: lambda now: now.replied and now.waits,
    Metric.SPEED_OF_ANSWER: lambda now: now.live and now.queued and not now.held,
    Metric.RESPONSE: lambda now: now.live and now.waits and (now.held or now.responding),
    Metric.PERIODIC_UPDATE: lambda now: now.answered,
    Metric.PAUSABLE_UPDATE: lambda now: now.answered,
    Metric.RESOLUTION: lambda now: now.begun,
    Metric.AGENT_WORK: lambda now: now.begun,
    Metric.TOTAL_RESOLUTION: lambda now: now.begun,
    Metric.OWNERSHIP: lambda now: now.begun and now.queued,
    Metric.COMPLAINT_ACK: lambda now: Metric.COMPLAINT_ACK in now.complains,
    Metric.COMPLAINT_FINAL: lambda now: Metric.COMPLAINT_FINAL in now.complains,
}


def open_metrics(now: Standing) -> list[Metric]:
    """What runs or pauses as things stand, whether or not anything is promised for it."""
    if now.status.category is Category.DONE:
        return []
    return [metric for metric, is_open in _IS_OPEN.items() if is_open(now)]


def promisable(*, internal: bool) -> tuple[Metric, ...]:
    """What a policy can promise: to other queues where it is `internal`, else to customers."""
    return INTERNAL if internal else _TO_CUSTOMERS


def pausable(*, internal: bool) -> list[Metric]:
    """Those of them that can stand still."""
    return [Metric(metric) for metric in USUAL_PAUSES if (metric in INTERNAL) is internal]


def pausing(pauses: Pauses, metric: str) -> frozenset[Status]:
    """The statuses in which it stands still."""
    return frozenset(Status(one) for one in pauses.get(metric, ()))


def ending(metric: str, now: Standing, *, broken: bool = False) -> State:
    """How it ends where it is open no more. Nobody owes spam an answer, and who went away was not answered.

    `broken`: its time had passed by then, which nobody undoes by going away.
    """
    gone = {
        Metric.SPEED_OF_ANSWER: not now.held,
        Metric.RESPONSE: now.waits,
        Metric.CALLBACK_WINDOW: True,  # a call that was not made is no promise kept
    }
    unanswered = gone.get(Metric(metric), False) and not broken
    return State.CANCELLED if now.status is Status.SPAM or unanswered else State.MET
