"""What if: a day that was made up is played, and other promises are tried on the days that were."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.commands.words import Commands, add, group


def trying(commands: Commands) -> None:
    simulate = add(commands, "simulate", _simulate, "play a day that was made up, and say what it was like")
    simulate.add_argument("scenario", type=Path, metavar="SCENARIO.toml", help="see docs/simulator.md")
    simulate.add_argument("--plots", type=Path, metavar="FOLDER", help="draw pictures there, as SVG")
    simulate.add_argument("--seed", type=int, metavar="N", help="another day of the same kind")
    promises = group(commands, "sla", "look at promises, and try others")
    replay = add(promises, "replay", _replay, "say what would have become of other promises; nothing is written")
    replay.add_argument("--policy", type=Path, metavar="FILE", help="policies to try, see docs/sla.md")
    replay.add_argument("--calendar", default="", metavar="NAME", help="opening hours to count all of them in")
    replay.add_argument("--days", type=int, default=30, metavar="N", help="so far back (30)")
    replay.add_argument("--json", action="store_true", help="for programs, with every ticket that would change")
    add(promises, "policies", _policies, "print today's policies, as a file to begin with")


def _simulate(told: argparse.Namespace) -> int:
    from dataclasses import replace

    from server.config.config import Config
    from server.config.rules import rules_of
    from server.simulation import plots, report
    from server.simulation.play import play
    from server.simulation.scenario_file import read_scenario

    scenario = read_scenario(told.scenario)
    if told.seed is not None:
        scenario = replace(scenario, seed=told.seed)
    outcome = play(scenario, rules_of(Config.load(told.config)))
    print(report.told(outcome), end="")
    if told.plots is not None:
        drawn = plots.draw(outcome, told.plots)
        print(f"\n{len(drawn)} pictures are in {told.plots}.")
    return 0


def _replay(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.whatif.command import tell

    config = Config.load(told.config)
    print(tell(config, policies=told.policy, hours=told.calendar, days=told.days, as_json=told.json), end="")
    return 0


def _policies(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.whatif.command import example

    print(example(Config.load(told.config)), end="")
    return 0
