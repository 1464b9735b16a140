"""Under the policies that really held, a replay gives the clocks that stand in the ledger, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings

from routing.sla.clock import SlaClock
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.routing.sla.replay.lives import AFTERWARDS, BEGINNINGS, LIVES, Beginning, a_day_later, a_life, clocks_of
from tests.routing.sla.replay.meanwhile import Happening

ALIKE = (
    "metric", "cycle", "queue_id", "policy_id", "policy_version", "state", "started_at", "target_seconds", "business",
    "calendar_id", "elapsed_seconds", "since", "due_at", "breached_at", "ended_at",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(BEGINNINGS, LIVES, AFTERWARDS)
def test_a_replay_gives_the_clocks_of_the_ledger(
    beginning: Beginning, happenings: Sequence[tuple[int, bool, Happening]], afterwards: Sequence[Happening]
) -> None:
    """Whatever was edited meanwhile, and whatever since."""
    life = a_life(beginning, happenings)
    really, then = _facts(clocks_of(life)), life.change.now
    a_day_later(life, afterwards)
    (story,) = stories(life.change.session, [life.ticket.id])
    again = retell(story, as_it_was(life.change.session), then)

    assert really == _facts(again)


def _facts(clocks: Sequence[SlaClock]) -> list[dict[str, object]]:
    """By turn and metric: which of several that begin at one instant was written first is no fact about promises."""
    told = [{name: getattr(clock, name) for name in ALIKE} for clock in clocks]
    return sorted(told, key=lambda one: (one["metric"], one["cycle"]))
