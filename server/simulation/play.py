"""Plays a scenario on a desk in memory, by the reactions and the chores of the house."""

from __future__ import annotations

import routing.chores
import routing.reactions
import tickets.chores
from routing import told_waits
from routing.simulation.floor import Floor
from routing.simulation.furnishing import rules_for
from routing.simulation.outcome import Outcome
from routing.simulation.scenario import Scenario
from server.simulation.memory import MemoryDesk
from tickets.reactions import Reactions
from tickets.rules import Rules

CHORES = tuple(one for one in (*tickets.chores.CHORES, *routing.chores.CHORES) if one is not told_waits.TELL)
"""What the house does by itself, but for telling waits: nobody here looks at a screen."""


def play(scenario: Scenario, rules: Rules | None = None) -> Outcome:
    """`rules` are those of the desk that is to be tried; what the scenario says counts before them."""
    with MemoryDesk(Reactions(routing.reactions.REACTIONS), rules_for(scenario, rules or Rules())) as desk:
        floor = Floor(scenario, desk, CHORES)
        desk.hears = floor.hears
        return floor.run()
