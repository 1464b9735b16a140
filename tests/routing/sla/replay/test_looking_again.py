"""Whatever happens to a ticket does at once to its promises all that there is to do."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from routing.sla import keeping
from routing.sla.ledger import SlaEntry
from tests.routing.floor import settle
from tests.routing.sla.replay.lives import BEGINNINGS, HAPPENINGS, Beginning, a_call_is_promised, a_life
from tests.routing.sla.replay.meanwhile import Happening, Life

OFTEN = [one for one in HAPPENINGS if one is not a_call_is_promised]  # which nobody is on a ticket that is done
DAYS = st.lists(st.tuples(st.sampled_from([1, 7, 40, 130]), st.booleans(), st.sampled_from(OFTEN)), max_size=8)


@settings(max_examples=20, deadline=None)
@given(BEGINNINGS, DAYS)
def test_looking_again_finds_nothing_to_do(
    beginning: Beginning, happenings: Sequence[tuple[int, bool, Happening]]
) -> None:
    """Where nobody edited what is promised."""
    life = a_life(beginning, happenings)
    held = _facts(life)
    keeping.touch(life.change, life.ticket, say=True)
    settle(life.change)
    life.change.write()

    assert held == _facts(life)


def _facts(life: Life) -> list[object]:
    ticket = life.ticket
    noted = life.change.one(select(func.count()).select_from(SlaEntry))
    return [noted, {**ticket.sla_clocks}, ticket.sla_due_at, ticket.sla_breached, ticket.sla_warned, ticket.sla_paused]
