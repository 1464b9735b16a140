"""Calls that are asked for, complaints, and what goes out by mail."""

from __future__ import annotations

from sqlmodel import col, select

from routing.callbacks import by_hand as calls
from routing.callbacks import slots
from routing.callbacks.asking import Wish, ask
from routing.callbacks.callback import Callback, Outcome, State
from routing.callbacks.numbers import read_number
from routing.callbacks.terms import hours_of, set_terms
from tests.widgets.deeds.chats import Deed
from tests.widgets.scene import Scene
from tickets import by_hand
from tickets.change import Change
from tickets.complaints import filing
from tickets.complaints.categories import furnish
from tickets.complaints.complaint import Complaint, decide
from tickets.email.by_hand import add_copy, remove_copy
from tickets.email.correspondence import Correspondence, correspond
from tickets.email.outbox import post_notice
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import Verdict, claim, hand_over, send_again, settle
from tickets.people import Agent
from tickets.ticket import Ticket

# Calls


async def a_call_is_asked_for(scene: Scene) -> None:
    scene.turn += 1
    number = read_number(f"030 12345{scene.turn:02}", "DE")
    await scene.day.does(ask, Wish(scene.new_id(), number, name="Sam", text="About my bill"))


async def a_call_is_moved(scene: Scene) -> None:
    call = await _a_call(scene)
    hours = scene.day.desk.look(lambda session: hours_of(session, session.get_one(Callback, call).queue_id))
    window = scene.dice.choice(slots.windows(hours, scene.day.clock.now())[-1])
    await scene.day.does(calls.move, call, window.start, by=scene.who)


async def somebody_rings(scene: Scene) -> None:
    """Whoever holds it, or takes it now."""
    call, agent = await _a_call(scene), scene.agent

    def takes(change: Change) -> int:
        change.take(Ticket, call).assign(change, change.take(Agent, agent))
        return int(change.take(Callback, call).attempts)

    tries = await scene.day.does(takes)
    await scene.day.does(calls.dial, call, by=f"agent:{agent}")
    outcome = scene.dice.choice([Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REACHED])
    await scene.day.does(calls.tried, call, outcome, attempt=tries + 1, by=f"agent:{agent}")


async def calls_are_promised_otherwise(scene: Scene) -> None:
    await scene.day.does(set_terms, scene.queue, per_window=scene.dice.choice([5, 6, 7]) + scene.turn)


async def a_call_is_cancelled(scene: Scene) -> None:
    await scene.day.does(calls.cancel, await _a_call(scene), by=scene.who)


async def _a_call(scene: Scene) -> int:
    """One that is still to be made; asked for now, if there is none."""
    still = select(Callback.ticket_id).where(col(Callback.state) != State.DONE)
    if not scene.rows(still):
        await a_call_is_asked_for(scene)
    return scene.one(still)


# Complaints


async def somebody_complains(scene: Scene) -> None:
    told = filing.Told("conduct", "He shouted.", wanted="Tea", name="Mallory", email=f"m{scene.turn}@mail.example")

    def files(change: Change) -> None:
        furnish(change)
        filing.file(change, scene.new_id(), told)

    await scene.day.does(files)


async def a_complaint_is_acknowledged(scene: Scene) -> None:
    complaint = await _a_complaint(scene)
    await scene.day.does(lambda change: change.take(Complaint, complaint).acknowledge(change), by=scene.who)


async def a_complaint_is_decided(scene: Scene) -> None:
    told = {"outcome": scene.dice.choice(["upheld", "partly"]), "reason": "Half of it.", "client_id": scene.new_id()}
    await scene.day.does(decide, await _a_complaint(scene), **told, by=scene.who)


async def words_are_added_to_a_complaint(scene: Scene) -> None:
    await scene.day.does(filing.add_words, await _a_complaint(scene), scene.new_id(), text="And again.")


async def _a_complaint(scene: Scene) -> int:
    """One that nobody has acknowledged; filed now, if there is none."""
    new = select(Complaint.ticket_id).where(col(Complaint.acknowledged_at).is_(None))
    if not scene.rows(new):
        await somebody_complains(scene)
    return scene.one(new)


# Mail


async def somebody_is_written_to(scene: Scene) -> None:
    """Who has left an address and then the page is answered."""
    ticket, address = scene.ticket, f"sam-{scene.turn}@customer.example"

    def leaves(change: Change) -> None:
        found = change.take(Ticket, ticket)
        found.end_live(change)
        if change.find(Correspondence, ticket) is None:
            correspond(change, found, address=address, name="Sam", message_id=f"<{scene.turn}@x>", cc=["bo@x.example"])

    await scene.day.does(leaves)
    await scene.day.does(by_hand.reply, ticket, text="It is here.", client_id=scene.new_id(), by=scene.who)


async def a_copy_comes_or_goes(scene: Scene) -> None:
    ticket = await _a_correspondence(scene)
    verb = scene.dice.choice([add_copy, add_copy, remove_copy])
    await scene.day.does(verb, ticket, scene.dice.choice(["bo@x.example", "priya@x.example"]), by=scene.who)


def the_relay_decides(state: MailState) -> Deed:
    """About a mail that waits; one is written, if there is none."""

    async def deed(scene: Scene) -> None:
        waits = select(Outgoing.id).where(col(Outgoing.due_at) <= scene.day.clock.now())
        if not scene.rows(waits):
            await somebody_is_written_to(scene)
        mail = scene.one(waits)
        attempt = await scene.day.does(claim, mail)
        await scene.day.does(hand_over, mail, attempt)
        to = scene.day.desk.look(lambda session: [one["address"] for one in session.get_one(Outgoing, mail).recipients])
        await scene.day.does(settle, mail, attempt, {one: Verdict(state, "Mailbox <unavailable>") for one in to})

    return deed


async def a_mail_is_sent_again(scene: Scene) -> None:
    failed = select(Outgoing.id).where(col(Outgoing.state) == MailState.FAILED)
    if not scene.rows(failed):
        await the_relay_decides(MailState.FAILED)(scene)
    await scene.day.does(send_again, scene.one(failed), by=scene.who)


async def a_notice_goes_out(scene: Scene) -> None:
    ticket, to = scene.ticket, f"notice-{scene.turn}@customer.example"

    def posts(change: Change) -> None:
        post_notice(change, change.take(Ticket, ticket), to=to, notice="complaint", facts={})

    await scene.day.does(posts)


async def _a_correspondence(scene: Scene) -> int:
    if not scene.rows(select(Correspondence.ticket_id)):
        await somebody_is_written_to(scene)
    return scene.one(select(Correspondence.ticket_id))


DEEDS: dict[str, Deed] = {
    "asks for a call": a_call_is_asked_for,
    "moves a call": a_call_is_moved,
    "rings": somebody_rings,
    "promises calls otherwise": calls_are_promised_otherwise,
    "cancels a call": a_call_is_cancelled,
    "complains": somebody_complains,
    "acknowledges": a_complaint_is_acknowledged,
    "decides": a_complaint_is_decided,
    "complains further": words_are_added_to_a_complaint,
    "writes a mail": somebody_is_written_to,
    "copies": a_copy_comes_or_goes,
    "delivers": the_relay_decides(MailState.SENT),
    "delivers later": the_relay_decides(MailState.RETRY),
    "does not deliver": the_relay_decides(MailState.FAILED),
    "does not say": the_relay_decides(MailState.INDETERMINATE),
    "sends again": a_mail_is_sent_again,
    "posts a notice": a_notice_goes_out,
}
