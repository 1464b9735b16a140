"""A policy in plain sentences: for which tickets, what is promised by when, and when a clock stands still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from routing.sla.choosing import seconds_of
from routing.sla.metrics import Metric
from tickets.status import Status
from widgets.labels import CHANNELS, PRIORITIES
from widgets.moments import length
from widgets.sla import METRICS
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


WITHIN = {
    "first_reply": _("First reply within {time}."),
    "next_reply": _("Next reply within {time}."),
    "speed_of_answer": _("An agent in the chat within {time}."),
    "response": _("Each answer in a chat within {time}."),
    "periodic_update": _("News at least every {time}."),
    "resolution": _("Resolution within {time}."),
    "agent_work": _("Our own work done within {time}."),
    "total_resolution": _("Everything settled within {time}, pauses included."),
    "ownership": _("A queue is done with a ticket within {time}."),
    "complaint_ack": _("Acknowledgement within {time}."),
    "complaint_final": _("Final answer within {time}."),
}


NEWS = {
    (False, False): _("News at least every {time}."),
    (True, False): _("News at least every {time}, unless we wait for the customer."),
    (False, True): _("News at least every {time}, unless we wait for a third party."),
    (True, True): _("News at least every {time}, unless we wait for anybody else."),
}
PAUSED = {
    (True, False): _("“{metric}” pauses while the customer is waited for."),
    (False, True): _("“{metric}” pauses while a third party is waited for."),
    (True, True): _("“{metric}” pauses while anybody else is waited for."),
}


class Terms(Protocol):
    """A policy, as far as it can be told."""

    channels: list[str]
    queues: list[int]
    categories: list[str]
    tiers: list[int]
    rights: list[str]
    targets: dict[str, dict[str, dict[str, Any]]]
    calendar_id: int | None
    pauses: dict[str, list[str]]


def whom(
    language: str,
    terms: Terms,
    queues: Mapping[int, str],
    tiers: Mapping[int, str] | None = None,
    rights: Mapping[str, str] | None = None,
) -> str:
    """Every ticket; or by channel, queue and topic: "Email, Chat · Billing · refund"."""
    parts = [
        [translate(language, CHANNELS.get(one, one)) for one in terms.channels],
        [queues.get(one, f"#{one}") for one in terms.queues],
        list(terms.categories),
        [(tiers or {}).get(one, f"#{one}") for one in terms.tiers],
        [(rights or {}).get(one, one) for one in terms.rights],
    ]
    comma = translate(language, ", ")
    return " · ".join(comma.join(part) for part in parts if part) or translate(language, "Every ticket")


def what(language: str, terms: Terms, calendars: Mapping[int, str]) -> Sequence[str]:
    """A sentence for each promise, then the hours that they are counted in."""
    modes = {one["business"] for by_priority in terms.targets.values() for one in by_priority.values()}
    if not modes:
        return [translate(language, "Nothing is promised.")]
    promised = [metric for metric in METRICS if metric in terms.targets]
    times = [_times(language, terms.targets[metric], mark=len(modes) > 1) for metric in promised]
    says = {**WITHIN, Metric.PAUSABLE_UPDATE.value: NEWS[_stands_still(terms, Metric.PAUSABLE_UPDATE)]}
    found = [translate(language, says[metric], time=time) for metric, time in zip(promised, times, strict=True)]
    found.append(
        _hours(language, calendars.get(terms.calendar_id or 0, "")) if True in modes else _every_hour(language)
    )
    return [*found, *_pauses(language, terms)]


def _pauses(language: str, terms: Terms) -> Iterable[str]:
    """A sentence for each promised clock that stands still at times, where that of the promise does not say it."""
    for metric in terms.pauses:
        if metric in terms.targets and metric != Metric.PAUSABLE_UPDATE:
            says = PAUSED[_stands_still(terms, metric)]
            yield translate(language, says, metric=translate(language, METRICS[metric]))


def _stands_still(terms: Terms, metric: str) -> tuple[bool, bool]:
    """While the customer is waited for, and while a third party is."""
    statuses = terms.pauses.get(metric, ())
    return Status.PENDING in statuses, Status.ON_HOLD in statuses


def _times(language: str, by_priority: Mapping[str, Mapping[str, Any]], *, mark: bool) -> str:
    """ "4 h" where it is the same for all; else "30 m (Urgent), 4 h (High, Normal)"."""
    groups: dict[str, list[str]] = {}
    for priority, label in PRIORITIES.items():
        if priority in by_priority:
            groups.setdefault(_time(language, by_priority[priority], mark=mark), []).append(translate(language, label))
    if len(groups) == 1 and len(by_priority) == len(PRIORITIES):
        return next(iter(groups))
    comma = translate(language, ", ")
    return comma.join(f"{time} ({comma.join(names)})" for time, names in groups.items())


def _time(language: str, target: Mapping[str, Any], *, mark: bool) -> str:
    """Marked where it counts every hour while others count opening hours only."""
    time = length(language, seconds_of(target), days=not target["business"])
    return translate(language, "{time} 24/7", time=time) if mark and not target["business"] else time


def _hours(language: str, calendar: str) -> str:
    if calendar:
        return translate(language, "Counted in {calendar}.", calendar=calendar)
    return translate(language, "Counted in the opening hours of the queue.")


def _every_hour(language: str) -> str:
    return translate(language, "Every hour counts.")
