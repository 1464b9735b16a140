"""What supervisors and admins change while everybody works: names, rules, promises, accounts."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from chat.site import SiteForm, edit_site
from routing import hours, placing, presence, skills, stays
from routing.calendars import BusinessCalendar
from routing.limits import MOST, WhenFull
from routing.medium import Medium
from routing.presence import Intent
from routing.queues import Delivery, Queue
from routing.sla.applying import apply_to_open
from routing.sla.policy import SlaPolicy, Terms
from routing.sla.steps import Step
from routing.states import AgentState, StateForm, Takes, add_state
from server.auth import accounts, sessions
from tests.widgets.deeds.chats import Deed, somebody_new, what_is_due
from tests.widgets.scene import Scene
from tests.widgets.screens import claims_email
from tickets import canned
from tickets.change import Change
from tickets.complaints.categories import edit_category, furnish
from tickets.email.mailbox import add_mailbox
from tickets.opening import open_ticket
from tickets.people import Agent, Customer, Role
from tickets.status import Channel, Priority, Status
from tickets.status_names import StatusName, add_status_name
from tickets.ticket import Ticket


async def a_queue_has_other_members(scene: Scene) -> None:
    queue, names = scene.queue, ["ada", "bo", "grace"]
    members = [scene.day.ids[name] for name in scene.dice.sample(names, 2)]
    await scene.day.does(lambda change: change.take(Queue, queue).set_members(change, members))


async def a_queue_has_other_rules(scene: Scene) -> None:
    queue, delivery = scene.queue, scene.dice.choice(list(Delivery))
    await scene.day.does(lambda change: change.take(Queue, queue).set_rules(change, delivery=delivery))


async def a_queue_lends_a_hand(scene: Scene) -> None:
    """Whatever waits there for a minute is helped by the other one; and somebody has waited for longer."""
    queue, customer = scene.queue, scene.one(select(Customer.id))
    (helper,) = {scene.day.ids["support"], scene.day.ids["billing"]} - {queue}
    step = stays.RelaxStep(queue_id=0, number=0, after_seconds=60, drop=[], widen_to=helper, raise_priority=True)

    def lends(change: Change) -> None:
        stays.set_steps(change, queue, [step])
        found = change.take(Customer, customer)
        open_ticket(change, found, channel=Channel.PORTAL, subject="A bill", queue_id=queue)

    await scene.day.does(lends)
    scene.day.clock.moves(minutes=2)
    await what_is_due(scene)


async def a_line_is_full(scene: Scene) -> None:
    """Somebody waits there already, and nobody is free; then it may be longer again."""
    queue = scene.queue

    def holds(change: Change, most: int) -> None:
        change.take(Queue, queue).set_limits(change, most_waiting=most, longest_wait=None, then=WhenFull.LETTER)

    for name in ("ada", "bo", "grace"):
        await scene.day.does(presence.set_intent, scene.day.ids[name], Intent.AWAY)
    await scene.day.does(somebody_new, queue)
    await scene.day.does(holds, 1)
    await scene.day.does(somebody_new, queue)
    await scene.day.does(holds, MOST)


async def a_policy_is_applied(scene: Scene) -> None:
    """Other promises, to those who wait too."""
    targets = {metric: {"minutes": scene.dice.choice([20, 30, 36])} for metric in ("first_reply", "next_reply")}
    targets["resolution"] = {"minutes": scene.dice.choice([240, 480])}
    promised = {metric: dict.fromkeys(map(str, Priority), target) for metric, target in targets.items()}

    def edits(change: Change) -> None:
        policy = change.take(SlaPolicy, scene.day.ids["policy"])
        policy.edit(change, Terms(policy.name, promised, steps=[Step("used", 50, "tell", "supervisors")]))
        apply_to_open(change, policy.id)

    await scene.day.does(edits)
    await what_is_due(scene)
    scene.day.clock.moves(minutes=19)
    await what_is_due(scene)


async def a_status_has_another_name(scene: Scene) -> None:
    """And a ticket goes by it."""
    ticket, name = scene.ticket, f"Parts {scene.turn}"

    def names(change: Change) -> None:
        found = change.one(select(StatusName)) or add_status_name(change, Status.ON_HOLD, "Parts")
        change.take(Ticket, ticket).set_status(change, Status.ON_HOLD, found.id)
        found.rename(change, name)

    await scene.day.does(names)


async def a_category_has_another_name(scene: Scene) -> None:
    def edits(change: Change) -> None:
        furnish(change)
        names = {"en": f"Manners {scene.turn}", "zh": "礼貌"}
        edit_category(change, "conduct", names=names, priority=Priority.LOW, active=True)

    await scene.day.does(edits)


async def somebody_signs_in_and_out(scene: Scene) -> None:
    agent = scene.agent

    def signs(change: Change) -> None:
        secrets = sessions.Secrets(scene.new_id(), scene.new_id())
        session = sessions.sign_in(change, agent, secrets, lasts=timedelta(hours=1))
        sessions.sign_out(change, session.id, of=agent)

    await scene.day.does(signs)


async def somebody_has_another_role(scene: Scene) -> None:
    bo = scene.day.ids["bo"]
    held = scene.day.desk.look(lambda session: session.get_one(Agent, bo).role)
    await scene.day.does(accounts.change_role, bo, Role.AGENT if held == Role.SUPERVISOR else Role.SUPERVISOR)


async def a_customer_turns_out_to_be_known(scene: Scene) -> None:
    ticket = scene.ticket
    customer = scene.day.desk.look(lambda session: session.get_one(Ticket, ticket).customer_id)
    await scene.day.does(
        claims_email, customer, scene.dice.choice(["shared@mail.example", f"{scene.new_id()}@x.example"])
    )


async def a_site_changes(scene: Scene) -> None:
    form = SiteForm(key="tea", name=f"Tea {scene.turn}", default_queue_id=scene.queue)
    await scene.day.does(edit_site, scene.day.ids["site"], form)


async def a_skill_is_asked_for(scene: Scene) -> None:
    """Of everybody in one queue; Ada has it."""
    queue, name = scene.queue, scene.new_id()

    def asks(change: Change) -> None:
        skill = skills.add_skill(change, name)
        skills.set_agents(change, skill.id, {scene.day.ids["ada"]: 3})
        skills.set_queues(change, skill.id, {queue: 1})

    await scene.day.does(asks)


async def a_state_has_another_name(scene: Scene) -> None:
    name, agent = f"Away {scene.turn}", scene.agent

    def names(change: Change) -> None:
        found = change.one(select(AgentState)) or add_state(change, StateForm("Letters"))
        change.write()
        presence.choose(change, agent, found.key)
        found.edit(change, StateForm(name, takes={Medium.EMAIL: Takes.NEW}))

    await scene.day.does(names)


async def hours_are_kept(scene: Scene) -> None:
    await scene.day.does(hours.add_calendar, scene.new_id(), BusinessCalendar("UTC", (((540, 1080),),) * 7))


DEEDS: dict[str, Deed] = {
    "chooses members": a_queue_has_other_members,
    "chooses rules": a_queue_has_other_rules,
    "has a queue help": a_queue_lends_a_hand,
    "has a line full": a_line_is_full,
    "promises something else": a_policy_is_applied,
    "renames a status": a_status_has_another_name,
    "renames a category": a_category_has_another_name,
    "signs in and out": somebody_signs_in_and_out,
    "gives a role": somebody_has_another_role,
    "identifies": a_customer_turns_out_to_be_known,
    "edits the site": a_site_changes,
    "asks for a skill": a_skill_is_asked_for,
    "renames a state": a_state_has_another_name,
    "adds hours": hours_are_kept,
    "adds an answer": lambda s: s.day.does(canned.add_canned, shortcut=s.new_id(), title="Hello", text="Hello"),
    "adds a mailbox": lambda s: s.day.does(add_mailbox, f"{s.new_id()}@shop.example"),
    "places": lambda s: s.day.does(placing.place, Channel.CHAT, "", s.queue),
}
