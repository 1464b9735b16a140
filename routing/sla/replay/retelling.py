"""Tells a ticket's story again to the reactions that keep the clocks: the house's own, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from routing.sla import acting, keeping, reactions, running, told_days
from routing.sla.clock import SlaClock
from routing.sla.events import SlaChanged
from routing.sla.replay.following import Shadow, by_turns, follow
from routing.sla.replay.stage import Stage
from routing.sla.replay.story import Story
from routing.sla.replay.world import World
from tickets.change import Change
from tickets.events import Event
from tickets.reactions import Reaction

_OTHERS = (acting.act, reactions.keep_promisable, reactions.keep_promisable_in, told_days.insist_on_more)
_OF: dict[type[Event], list[Reaction]] = defaultdict(list)
for _kind, _reaction in reactions.REACTIONS:
    if _reaction not in _OTHERS:
        _OF[_kind].append(_reaction)


def _look_again(change: Change, event: SlaChanged) -> None:
    """An edited policy was applied to open tickets. Clocks that were reckoned by edited hours look no policy up."""
    if event.anew is not False:
        reactions.look_again(change, event)


_OF[SlaChanged].append(_look_again)


def retell(story: Story, world: World, until: datetime) -> Sequence[SlaClock]:
    """The clocks that this ticket would have had in this world by then."""
    stage = Stage(story, world)
    shadow = Shadow(stage.ticket, story.said, stage.complaint)
    for at, events in story.turns:
        if at > until:
            break
        _time_passes(stage, world, at)
        stage.goes_on(at, events)
        did = by_turns(events)
        follow(shadow, at, did[-1])
        for turn, (_, event) in enumerate(events):
            if turn in did:
                follow(shadow, at, did[turn])
            for reaction in _OF[type(event)]:
                reaction(stage, event)
        del stage.events[len(events) :]  # what clocks say of themselves nobody is told
    _time_passes(stage, world, until)
    return stage.clocks


def _time_passes(stage: Stage, world: World, at: datetime) -> None:
    """What the scheduler does by itself: promises break at their time, and go by other hours from when those are."""
    for since, calendar_id in world.edits_between(stage.now, at):
        stage.goes_on(since, ())
        for clock in _open(stage):
            if clock.business and clock.calendar_id == calendar_id:
                running.retime(stage, clock)
    stage.goes_on(at, ())
    for clock in _open(stage):
        running.judge(stage, clock)


def _open(stage: Stage) -> Sequence[SlaClock]:
    return list(keeping.open_clocks(stage, stage.ticket).values())
