"""What admins and supervisors change while a ticket is open: each of it once, and back when it comes again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlmodel import col, select

from routing.belonging import Entitled, TierMember, belong, entitle, withdraw
from routing.calendars import BusinessCalendar
from routing.entitlements import Entitlement, move_entitlement, save_entitlement
from routing.hours import Calendar, add_calendar
from routing.queues import Delivery, Queue, add_queue
from routing.sla import applying, keeping
from routing.sla.policy import SlaPolicy, Terms, add_policy, remove_policy, reorder
from routing.sla.retiring import remove_tier
from routing.sla.steps import Step
from routing.tiers import Tier, save_tier
from tests.cast import a_customer, an_agent
from tests.routing.floor import settle
from tests.routing.sla.promises import OFFICE, ALoggedChange, office_hours, targets
from tickets.complaints.categories import add_category
from tickets.email.senders import name_the_unknown
from tickets.errors import Conflict
from tickets.people import Agent
from tickets.ticket import Ticket

LATER = BusinessCalendar("UTC", (((11 * 60, 20 * 60),),) * 5 + ((), ()))
NIGHTS = BusinessCalendar("UTC", (((0, 8 * 60),),) * 7)
MINUTES = {
    "first_reply": 60, "next_reply": 30, "speed_of_answer": 5, "response": 10, "periodic_update": 200,
    "pausable_update": 100, "resolution": 400, "agent_work": 240, "total_resolution": 600, "complaint_ack": 50,
    "complaint_final": 300,
}  # fmt: skip

INSIDE = Terms("Between queues", targets({"ownership": 90}), internal=True)


@dataclass
class Life:
    """One desk, and the ticket that things happen to."""

    change: ALoggedChange
    ada: Agent
    queues: list[Queue]
    hours: Calendar
    gold: Tier
    weekend: Entitlement
    ticket: Ticket
    customer_id: int = 0
    others: list[Ticket] = field(default_factory=list)  # that were merged into it

    def policy(self, name: str) -> SlaPolicy | None:
        return self.change.one(select(SlaPolicy).where(SlaPolicy.name == name))


Happening = Callable[[Life], None]


def a_desk_of_promises() -> Life:
    """Gold and whoever has weekends are promised more; which is asked first is for the order of policies to say."""
    change = ALoggedChange()
    ada, hours = an_agent(change), office_hours(change)
    queues = [add_queue(change, name) for name in ("Support", "Returns")]
    queues[0].set_rules(change, delivery=Delivery.PULL, calendar_id=hours.id)
    weekend, gold = save_entitlement(change, None, name="Weekend"), save_tier(change, None, name="Gold")
    settle(change)
    life = Life(change, ada, queues, hours, gold, weekend, Ticket.__new__(Ticket))
    for name in ("Gold", "Weekend", "All"):
        add_policy(change, terms(life, name))
    add_policy(change, INSIDE)
    add_category(change, key="bills", names={"en": "Bills"}, answer_days=3)
    add_category(change, key="manners", names={"en": "Manners"})
    settle(change)
    return life


def as_usual(life: Life) -> None:
    """Whatever the life before changed of the desk."""
    change = life.change
    life.hours.set_hours(change, OFFICE)
    life.queues[0].set_rules(change, delivery=Delivery.PULL, calendar_id=life.hours.id)
    save_entitlement(change, life.weekend.id, name="Weekend")
    save_tier(change, life.gold.id, name="Gold")
    known = []
    for name in ("Gold", "Weekend", "All"):
        policy = life.policy(name) or add_policy(change, terms(life, name))
        policy.edit(change, terms(life, name))
        policy.set_active(change, True)
        known.append(policy.id)
    change.write()
    for _ in change.rows(select(Tier).where(Tier.name == "Silver")):
        silver_comes_and_goes(life)
    for nights in change.rows(select(Calendar).where(Calendar.name == "Nights")):
        nights.remove(change)
    reorder(change, [*known, *change.rows(select(SlaPolicy.id).where(col(SlaPolicy.id).not_in(known)))])


def terms(life: Life, name: str, factor: float = 1.0, *, calendar_id: int | None = None) -> Terms:
    """In the hours of the queue, or its own, where it is urgent or as usual."""
    share = {"Gold": 0.25, "Weekend": 0.5}.get(name, 1.0) * factor
    promises = {
        metric: {
            priority: {"seconds": int(n * 60 * share * of), "business": priority in ("urgent", "normal")}
            for priority, of in {"urgent": 0.5, "high": 1.0, "normal": 1.0, "low": 2.0}.items()
        }
        for metric, n in MINUTES.items()
    }
    tiers, rights = {"Gold": [life.gold.id]}.get(name, []), {"Weekend": [life.weekend.key]}.get(name, [])
    steps = [Step("used", 50, "raise", metric="resolution")] if name == "Weekend" else []
    return Terms(name, promises, tiers=tiers, rights=rights, calendar_id=calendar_id, steps=steps)


# Policies


def is_another(name: str) -> Happening:
    """Twice as long, or as it was."""

    def edited(life: Life) -> None:
        policy = life.policy(name)
        if policy is not None:
            usual = terms(life, name)
            policy.edit(life.change, terms(life, name, 2) if policy.targets == usual.targets else usual)

    return edited


def queues_promise_the_same_in_other_words(life: Life) -> None:
    policy = life.policy("Between queues")
    if policy is not None:
        another = replace(INSIDE, fresh_after_days=None if policy.fresh_after_days else 30)
        policy.edit(life.change, another)


def is_off(name: str) -> Happening:
    def switched(life: Life) -> None:
        policy = life.policy(name)
        if policy is not None:
            policy.set_active(life.change, not policy.active)

    return switched


def is_gone(name: str) -> Happening:
    """Removed, and the next time there is another one of that name."""

    def removed(life: Life) -> None:
        policy = life.policy(name)
        if policy is None:
            add_policy(life.change, terms(life, name))
        else:
            remove_policy(life.change, policy.id)

    return removed


def the_first_policy_is_asked_last(life: Life) -> None:
    first, *others = life.change.rows(select(SlaPolicy.id).order_by(col(SlaPolicy.position)))
    reorder(life.change, [*others, first])


def it_is_applied(life: Life) -> None:
    life.change.write()
    keeping.touch(life.change, life.ticket, say=True)


# Hours


def other_hours(life: Life) -> None:
    hours_that_are_told_later(life)
    settle(life.change)
    while steps := applying.untimed(life.change.session, life.change.now):
        for step in steps:
            applying.retime_next(life.change, step)
        life.change.write()


def hours_that_are_told_later(life: Life) -> None:
    """Clocks go by them when the scheduler comes to it."""
    life.hours.set_hours(life.change, LATER if life.hours.hours == OFFICE else OFFICE)


def the_queue_is_always_open(life: Life) -> None:
    other = None if life.queues[0].calendar_id is not None else life.hours.id
    life.queues[0].set_rules(life.change, delivery=Delivery.PULL, calendar_id=other)


def all_by_hours_of_their_own(life: Life) -> None:
    """And when no promise is counted in them any more, they are removed."""
    policy, nights = life.policy("All"), life.change.one(select(Calendar).where(Calendar.name == "Nights"))
    if policy is not None:
        nights = nights or add_calendar(life.change, "Nights", NIGHTS)
        own = nights.id if policy.calendar_id is None else None
        policy.edit(life.change, terms(life, "All", calendar_id=own))
    if nights is not None:
        life.change.write()
        with suppress(Conflict):
            nights.remove(life.change)


# Customers


def sam_is_gold(life: Life) -> None:
    member = life.change.find(TierMember, life.customer_id)
    belong(life.change, life.customer_id, life.gold.id if member is None else None)


def sam_is_gold_for_an_hour(life: Life) -> None:
    belong(life.change, life.customer_id, life.gold.id, until=life.change.now + timedelta(hours=1))


def sam_has_weekends(life: Life) -> None:
    has = life.change.find(Entitled, life.customer_id) is not None
    (withdraw if has else entitle)(life.change, life.customer_id, life.weekend.id)


def sam_has_weekends_for_an_hour(life: Life) -> None:
    until = life.change.now + timedelta(hours=1)
    entitle(life.change, life.customer_id, life.weekend.id, until=until)


def gold_brings_weekends(life: Life) -> None:
    """And a place in another line, and a better name."""
    rights = [] if life.gold.rights else [life.weekend.key]
    lane = life.queues[1].id if rights else None
    priority = "urgent" if rights else ""
    name = "Golden" if rights else "Gold"
    save_tier(life.change, life.gold.id, name=name, priority=priority, lane_id=lane, rights=rights)


def silver_comes_and_goes(life: Life) -> None:
    """A tier of which nothing is left at the end. Sam had it, and weekends by it."""
    silver = life.change.one(select(Tier).where(Tier.name == "Silver"))
    if silver is None:
        silver = save_tier(life.change, None, name="Silver", rights=[life.weekend.key])
        life.change.write()
        belong(life.change, life.customer_id, silver.id)
    else:
        for customer_id in life.change.rows(select(TierMember.customer_id).where(TierMember.tier_id == silver.id)):
            belong(life.change, customer_id, None)
        remove_tier(life.change, silver.id)


def weekends_are_others(life: Life) -> None:
    """Whoever has them comes first."""
    priority = "" if life.weekend.priority else "high"
    save_entitlement(life.change, life.weekend.id, name=f"Weekend{priority}", priority=priority)
    other = save_entitlement(life.change, None, name=f"Night {life.change.new_id()}")
    life.change.write()
    move_entitlement(life.change, other.id, -1)


def it_is_known_whose_it_is(life: Life) -> None:
    """Gold is who sent the mail that could not be read."""
    mo = a_customer(life.change, "Mo")
    life.change.write()
    belong(life.change, mo.id, life.gold.id)
    name_the_unknown(life.change, life.ticket, mo, "Where is my parcel?")
    life.customer_id = mo.id


MEANWHILE: list[Happening] = [
    *(is_another(name) for name in ("Gold", "Weekend", "All")), *(is_off(name) for name in ("Gold", "All")),
    is_gone("Weekend"), is_gone("All"), the_first_policy_is_asked_last, it_is_applied, other_hours,
    hours_that_are_told_later, the_queue_is_always_open, all_by_hours_of_their_own, sam_is_gold,
    sam_is_gold_for_an_hour, sam_has_weekends, sam_has_weekends_for_an_hour, gold_brings_weekends,
    silver_comes_and_goes, weekends_are_others, it_is_known_whose_it_is, queues_promise_the_same_in_other_words,
]  # fmt: skip
