"""What each of several processes says of itself, and what that comes to for the desk behind their one port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from prometheus_client.metrics_core import Metric

ADDED = frozenset({"counter", "histogram"})  # kinds of figures that can be added up; of others each process has its own
PROCESS = "process"
_MOMENT = "_created"

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]


class Family(Struct):
    """One figure under all its labels, as Prometheus knows them."""

    name: str
    says: str
    kind: str
    samples: list[Sample]


class Account(Struct, omit_defaults=True):
    """What one process says of itself, as far as it was asked."""

    troubles: list[str] = []
    late: list[str] = []
    figures: list[Family] = []


class Accounts(Struct):
    """Of all processes by their numbers, None where one said nothing in time; and what those counted who have gone."""

    here: dict[str, Account | None] = {}
    gone: list[Family] = []


class Colleagues(Protocol):
    """The other processes behind the same port, and ourselves among them."""

    async def ask(self, about: str) -> Accounts | None:
        """`about` is "life", "work" or "figures". None where nobody passes it on."""


def figures_of(metrics: Iterable[Metric]) -> list[Family]:
    """As they can be sent. When a counter began is of no use in a sum of several."""
    return [
        Family(
            one.name,
            one.documentation,
            one.type,
            [(s.name, tuple(s.labels.items()), s.value) for s in one.samples if not s.name.endswith(_MOMENT)],
        )
        for one in metrics
    ]


def joined(accounts: Accounts) -> list[Family]:
    """One page for all of them: counts are added up, whatever else is told by process."""
    found: dict[str, Family] = {}
    for process, account in accounts.here.items():
        for family in account.figures if account else ():
            labels = () if family.kind in ADDED else ((PROCESS, process),)
            _add(found, family, labels)
    return added([*found.values(), *accounts.gone])


def added(families: Iterable[Family]) -> list[Family]:
    """Each once, with the sum of each of its samples; of those that have gone only what can be added counts."""
    found: dict[str, Family] = {}
    for family in families:
        _add(found, family, ())
    return list(found.values())


def counted(families: Iterable[Family]) -> list[Family]:
    return [family for family in families if family.kind in ADDED]


def metrics_of(families: Iterable[Family]) -> list[Metric]:
    made = []
    for family in families:
        metric = Metric(family.name, family.says, family.kind)
        for name, labels, value in family.samples:
            metric.add_sample(name, dict(labels), value)
        made.append(metric)
    return made


def verdict_of(accounts: Accounts) -> tuple[list[str], list[str], dict[str, list[str]]]:
    """What keeps the desk from its work, what somebody should look at, and the troubles of each process.

    Whoever leaves is no trouble while another stays; who says nothing takes no visitors, but somebody should look.
    Where all of them say nothing there is nobody who could take any.
    """
    told = {process: account for process, account in accounts.here.items() if account is not None}
    stay = {process: account for process, account in told.items() if "leaving" not in account.troubles} or told
    late = _each_once(account.late for account in stay.values())
    silent = ["silent"] if len(told) < len(accounts.here) else []
    if told:
        return _each_once(account.troubles for account in stay.values()), late + silent, _troubles(accounts.here)
    return silent, late, _troubles(accounts.here)


def _troubles(here: Mapping[str, Account | None]) -> dict[str, list[str]]:
    return {process: ["silent"] if account is None else account.troubles for process, account in here.items()}


def _each_once(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(word for words in lists for word in words))


def _add(found: dict[str, Family], family: Family, labels: Labels) -> None:
    known = found.setdefault(family.name, Family(family.name, family.says, family.kind, []))
    sums = {(name, given): value for name, given, value in known.samples}
    for name, given, value in family.samples:
        key = (name, (*given, *labels))
        sums[key] = sums.get(key, 0.0) + value
    known.samples = [(name, given, value) for (name, given), value in sums.items()]
