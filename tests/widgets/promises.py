"""How each event of a promise comes about on Sam's open ticket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from routing import presence
from routing.entitlements import save_entitlement
from routing.presence import Intent
from routing.sla import chores as sla_chores
from routing.sla import keeping, notices
from routing.sla.applying import apply_next, apply_to_open, unapplied
from routing.sla.events import SlaStepReached
from routing.sla.policy import SlaPolicy, Terms
from routing.sla.steps import Step
from routing.tiers import save_tier
from tests.widgets.screens import Day
from tickets.change import Change
from tickets.email.mailbox import add_mailbox
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket


async def little_time_is_left(day: Day) -> None:
    day.clock.moves(minutes=25)
    (clock,) = day.desk.look(sla_chores.scarce, day.clock.now())
    await day.does(sla_chores.warn, clock)


async def a_promise_breaks(day: Day) -> None:
    day.clock.moves(minutes=31)
    (clock,) = day.desk.look(sla_chores.overdue, day.clock.now())
    await day.does(sla_chores.breach, clock)


async def a_policy_is_applied(day: Day) -> None:
    """Sam is promised an answer within an hour instead of half of one."""

    def edits(change: Change) -> None:
        policy = change.take(SlaPolicy, day.ids["policy"])
        policy.edit(change, Terms(policy.name, {"next_reply": {"normal": {"minutes": 60}}}))
        apply_to_open(change, policy.id)

    await day.does(edits)
    for step in day.desk.look(unapplied, day.clock.now()):
        await day.does(apply_next, step)


async def a_clock_pauses(day: Day) -> None:
    """Sam is promised an end of the matter within eight hours, and Ada waits for his answer."""
    await day.takes(Ticket.set_status, Status.PENDING)


async def a_clock_goes_on(day: Day) -> None:
    await a_clock_pauses(day)
    day.clock.moves(hours=1)
    await day.sam_says("Here it is", "c-7")


async def a_step_is_reached(day: Day, *, does: str = "tell", to: str = "supervisors") -> None:
    """Half of the time for an answer is over: the supervisors hear of it, and Sam's matter becomes more urgent."""

    def lists(change: Change) -> None:
        policy = change.take(SlaPolicy, day.ids["policy"])
        steps = [Step("used", 50, does, to), Step("used", 50, "raise")]
        policy.edit(change, Terms(policy.name, policy.targets, steps=steps))
        keeping.touch(change, change.take(Ticket, day.ids["ticket"]))

    await day.does(lists)
    day.clock.moves(minutes=16)
    (clock,) = day.desk.look(sla_chores.at_a_step, day.clock.now())
    await day.does(sla_chores.step, clock)


async def somebody_cannot_be_told(day: Day) -> None:
    """Bo, who is to hear of it, has an address at which the desk receives."""
    bo = day.ids["bo"]

    def has_an_address_of_ours(change: Change) -> None:
        change.take(Agent, bo).email = add_mailbox(change, "bo@shop.example").address

    await day.does(has_an_address_of_ours)
    await a_step_is_reached(day, to=str(bo))


async def it_cannot_be_given(day: Day) -> None:
    """Bo, to whom it was to go, is at lunch."""

    def goes_to_lunch(change: Change) -> None:
        presence.set_intent(change, day.ids["bo"], Intent.LUNCH)

    await day.does(goes_to_lunch)
    await a_step_is_reached(day, does="assign", to=str(day.ids["bo"]))


async def ada_is_told_and_has_seen_one_of_two(day: Day) -> None:
    """Of the first promise she is told twice; the second word stands in the place of the first."""
    ada = day.ids["ada"]

    def told(change: Change) -> None:
        ticket, agent = change.take(Ticket, day.ids["ticket"]), change.take(Agent, ada)
        for clock, late in ((71, False), (72, True), (71, True)):
            reached = SlaStepReached(
                ticket=ticket.id,
                clock=clock,
                metric="next_reply",
                at=change.now,
                does="tell",
                due=change.now,
                late=late,
            )
            notices.give(change, ticket, agent, reached)

    await day.does(told)
    (_, second), _total = day.desk.look(notices.unseen, ada)
    await day.does(notices.see, second.id, by=day.ada)


STORIES: dict[str, Callable[[Day], Awaitable[object]]] = {
    "SlaWarned": little_time_is_left,
    "SlaBreached": a_promise_breaks,
    "SlaPaused": a_clock_pauses,
    "SlaResumed": a_clock_goes_on,
    "SlaStepReached": a_step_is_reached,
    "SlaUntold": somebody_cannot_be_told,
    "SlaUngiven": it_cannot_be_given,
    "NoticesChanged": ada_is_told_and_has_seen_one_of_two,
    "SlaChanged": a_policy_is_applied,
    "TiersChanged": lambda day: day.does(lambda change: save_tier(change, None, name="Gold").id),
    "EntitlementsChanged": lambda day: day.does(lambda change: save_entitlement(change, None, name="Weekend").id),
    "PolicyChanged": a_policy_is_applied,
}
