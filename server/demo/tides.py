"""Who comes to a demo that lives by itself, how often, and how long each takes: as usual, or as a scenario says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from routing.calendars import zone_named
from routing.simulation.scenario import HOURS, Duration, Flow, Shape
from server.simulation.scenario_file import read_scenario
from tickets.status import Channel

SLOWEST, FASTEST = 0.1, 20.0
_A_SECOND = 1 / 3600  # an hour's contacts in a second


def _steady(channel: Channel, an_hour: float, handling: float, patience: float | None = None) -> Flow:
    waits = None if patience is None else Duration(patience)
    return Flow("", channel, [an_hour] * HOURS, Duration(handling, Shape.LOGNORMAL), waits)


USUAL = (
    _steady(Channel.CHAT, 90, 150, patience=240),
    _steady(Channel.EMAIL, 30, 180),
    _steady(Channel.CALLBACK, 24, 120),
    _steady(Channel.COMPLAINT, 6, 600),
)
"""A chat in forty seconds, a mail in two minutes, a call in two and a half, and a complaint now and then."""
ON_STAGE = frozenset({Channel.CHAT, Channel.EMAIL, Channel.CALLBACK, Channel.COMPLAINT})


@dataclass(frozen=True)
class Tides:
    """`speed`: how many times as fast everything happens. Hours are those of the `zone`."""

    speed: float = 1.0
    flows: Sequence[Flow] = USUAL
    zone: str = "UTC"

    def rate(self, flow: Flow, now: datetime) -> float:
        """Contacts a second, just now."""
        return flow.by_hour[now.astimezone(zone_named(self.zone)).hour] * _A_SECOND * self.speed

    def handling(self) -> Mapping[str, Duration]:
        """By channel, as the first flow of it says."""
        return {one.channel.value: one.handling for one in reversed(self.flows)}

    def patience(self) -> Duration | None:
        """Of who waits in a chat."""
        return next((one.patience for one in self.flows if one.patience is not None), None)

    def reached(self, ticket_id: int, attempt: int) -> bool:
        """Whether somebody answers this call: four in five do, where no scenario says otherwise."""
        share = next((one.reached for one in self.flows if one.channel is Channel.CALLBACK), 1.0)
        return Random(ticket_id * 31 + attempt).random() < (share if self.flows is not USUAL else 0.8)


def tides_of(path: Path, speed: float) -> Tides:
    """What the scenario in this file brings of what the demo can play, in the shop's own queues; the usual where it is
    no file. Raises Refused with what cannot be.
    """
    speed = min(FASTEST, max(SLOWEST, speed))
    if path == Path():
        return Tides(speed)
    scenario = read_scenario(path)
    return Tides(speed, [one for one in scenario.flows if one.channel in ON_STAGE], scenario.zone)
