"""The service standards: what customers may read that they are promised, and what queues promise one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing.entitlements import entitlement_names
from routing.sla.choosing import Facts, choose
from routing.sla.metrics import Metric
from routing.sla.policy import SlaPolicy, policies
from routing.tiers import tier_names, tiers
from server.forms import page
from tickets.complaints.categories import ComplaintCategory, categories
from tickets.edge import Surface, Who, door
from tickets.forms.web import show, visit
from widgets import policy_words
from widgets.labels import CHANNELS
from widgets.names import Names
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


_DAYS: Mapping[str, Callable[[ComplaintCategory], int | None]] = {
    Metric.COMPLAINT_ACK.value: lambda topic: topic.acknowledge_days,
    Metric.COMPLAINT_FINAL.value: lambda topic: topic.answer_days,
}
_SAID = {
    Metric.COMPLAINT_ACK.value: _("Working days until it is acknowledged: {n}."),
    Metric.COMPLAINT_FINAL.value: _("Working days until the final answer: {n}."),
}


@dataclass(frozen=True)
class Standard:
    """What one tier is promised, or everybody: for each group of channels the sentences of its policy."""

    tier: str  # empty: everybody
    promises: Sequence[tuple[str, Sequence[str]]]


async def standards(request: Request) -> Response:
    """For customers, without signing in: published policies only."""
    here = await visit(request)
    found = await request.state.desk.read(published, here.language)
    return show(request, here, "portal/standards.html", languages=True, standards=found)


async def inside(request: Request) -> Response:
    """For staff: the same, and what queues promise one another."""
    language = request.state.language
    found = await request.state.desk.read(published, language)
    between = await request.state.desk.read(between_queues, language)
    return page(request, "console/standards.html", standards=found, between=between)


def published(session: Session, language: str) -> list[Standard]:
    """Tier by tier, as the policies hold for somebody who comes now. Queues and topics aside: they decide inside."""
    names, known = Names(session), [one for one in policies(session) if one.active and not one.internal]
    topics = categories(session)
    open_ones = [_without_days(one, topics) for one in known if not one.queues and not one.categories]
    everybody = [*_promises(language, names, open_ones, None, frozenset()), *_by_topic(language, topics)]
    every = [Standard("", everybody)]
    every += [
        Standard(tier.name, _promises(language, names, open_ones, tier.id, frozenset(tier.rights)))
        for tier in tiers(session)
    ]
    return [one for one in every if one.promises]


def between_queues(session: Session, language: str) -> list[tuple[str, Sequence[str]]]:
    """For whom, and the sentences, in the order in which the policies are asked."""
    names = Names(session)
    queues = {queue.id: queue.name for queue in names.queues.values()}
    return [
        (
            policy_words.whom(language, one, queues, tier_names(session), entitlement_names(session)),
            policy_words.what(language, one, names.calendars),
        )
        for one in policies(session)
        if one.active and one.internal
    ]


def _promises(
    language: str, names: Names, known: Sequence[SlaPolicy], tier: int | None, rights: frozenset[str]
) -> list[tuple[str, Sequence[str]]]:
    by_id, groups = {one.id: one for one in known}, dict[int, list[str]]()
    for channel, label in CHANNELS.items():
        chosen = choose(known, Facts(channel, None, "", tier, rights))
        if chosen is not None and by_id[chosen].published and _is_own(by_id[chosen], tier):
            groups.setdefault(chosen, []).append(translate(language, label))
    comma = translate(language, ", ")
    return [
        (comma.join(channels), policy_words.what(language, by_id[chosen], names.calendars))
        for chosen, channels in groups.items()
        if by_id[chosen].targets
    ]


def _without_days(policy: SlaPolicy, topics: Sequence[ComplaintCategory]) -> SlaPolicy:
    """As customers read it: where every topic of complaints promises days of its own, no policy's time is kept."""
    told = {metric for metric, days in _DAYS.items() if topics and all(days(one) is not None for one in topics)}
    kept = {name: getattr(policy, name) for name in SlaPolicy.model_fields}
    kept["targets"] = {metric: times for metric, times in policy.targets.items() if metric not in told}
    return SlaPolicy(**kept)


def _by_topic(language: str, topics: Sequence[ComplaintCategory]) -> list[tuple[str, Sequence[str]]]:
    """What is kept for complaints before any policy: the topics of which the same is promised stand together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in topics:
        days = {metric: _DAYS[metric](one) for metric in _SAID}
        says = tuple(translate(language, _SAID[metric], n=n) for metric, n in days.items() if n is not None)
        alike.setdefault(says, []).append(one.name(language))
    comma = translate(language, ", ")
    return [
        (translate(language, "Complaints: {topics}", topics=comma.join(names)), says)
        for says, names in alike.items()
        if says
    ]


def _is_own(policy: SlaPolicy, tier: int | None) -> bool:
    """A tier's part tells what is more than everybody's."""
    return tier is None or bool(policy.tiers or policy.rights)


DOORS = [
    door("/standards", standards, who=Who.ANYONE, surface=Surface.PORTAL),
    door("/app/standards", inside, who=Who.AGENT),
]
