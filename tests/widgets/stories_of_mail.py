"""Stories in which an answer to Sam goes by mail: to whom, and what becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlmodel import select

from chat import unread, visitor
from chat.surveys.terms import set_terms
from tests.widgets.screens import Day
from tickets import by_hand
from tickets.change import Change
from tickets.email.by_hand import add_copy, remove_copy
from tickets.email.correspondence import correspond
from tickets.email.mailbox import add_mailbox
from tickets.email.outbox import post_notice
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.planned import answer, send_due, take_back
from tickets.email.sending import Verdict, claim, hand_over, returned, send_again, settle
from tickets.email.suppressed import Suppressed, lift
from tickets.ticket import Ticket

SAM, PRIYA = "sam@customer.example", "priya@customer.example"


async def sam_is_written_to(day: Day) -> None:
    """He left an address and then the page."""

    def leaves(change: Change) -> None:
        add_mailbox(change, "support@shop.example", name="Tea shop")
        ticket = change.take(Ticket, day.ids["ticket"])
        ticket.end_live(change)
        correspond(change, ticket, address=SAM, name="Sam Okafor", message_id="<1@x>", cc=[PRIYA, "mallory@x.example"])

    await day.does(leaves)


async def ada_answers_by_mail(day: Day) -> int:
    """The id of the mail that waits."""
    await sam_is_written_to(day)
    await day.does(add_copy, day.ids["ticket"], PRIYA, by=day.ada)
    said = await day.does(by_hand.reply, day.ids["ticket"], text="It is here.", client_id="m-1", by=day.ada)
    mail = day.desk.look(lambda session: session.exec(select(Outgoing).where(Outgoing.message_id == said.id)).one())
    return mail.id


async def the_relay_says(day: Day, sam: MailState, priya: MailState, said: str = "Mailbox <unavailable>") -> int:
    mail = await ada_answers_by_mail(day)
    attempt = await day.does(claim, mail)
    await day.does(hand_over, mail, attempt)
    await day.does(settle, mail, attempt, {SAM: Verdict(sam, said), PRIYA: Verdict(priya, said)})
    return mail


async def copies_come_and_go(day: Day) -> None:
    await sam_is_written_to(day)
    await day.does(add_copy, day.ids["ticket"], PRIYA, by=day.ada)
    await day.does(add_copy, day.ids["ticket"], "mallory@x.example", by=day.ada)
    await day.does(remove_copy, day.ids["ticket"], "mallory@x.example", by=day.ada)


async def it_is_sent_again(day: Day) -> None:
    await day.does(send_again, await the_relay_says(day, MailState.INDETERMINATE, MailState.INDETERMINATE), by=day.ada)


async def a_notice_arrives(day: Day) -> None:
    """And the answer after it."""
    await the_relay_says(day, MailState.SENT, MailState.SENT)

    def posts(change: Change) -> int:
        mail = post_notice(change, change.take(Ticket, day.ids["ticket"]), to=SAM, notice="complaint", facts={})
        assert mail is not None
        return mail.id

    mail = await day.does(posts)
    await day.does(settle, mail, await day.does(claim, mail), {SAM: Verdict(MailState.SENT)})


async def sams_mail_comes_back(day: Day) -> None:
    """There is no such address."""
    mail = await the_relay_says(day, MailState.SENT, MailState.SENT)

    def comes_back(change: Change) -> None:
        returned(change, change.take(Outgoing, mail), [SAM], "5.1.1 No such <user>", hard=True)

    await day.does(comes_back)


async def ada_has_it_sent_again(day: Day) -> None:
    await sams_mail_comes_back(day)
    (row,) = day.desk.look(lambda session: session.exec(select(Suppressed)).all())
    await day.does(lift, row.id, by=day.ada)


async def an_answer_waits_for_sam(day: Day) -> None:
    """He told his address and left."""

    def leaves(change: Change) -> None:
        add_mailbox(change, "support@shop.example", name="Tea shop")
        visitor.introduce(change, day.ids["sam"], email=SAM)

    await day.does(leaves)
    day.clock.moves(seconds=day.desk.rules.visitor_grace_seconds)
    await day.does(unread.left, day.ids["sam"])
    await day.does(by_hand.reply, day.ids["ticket"], text="It is here.", client_id="m-1", by=day.ada)


async def ada_plans_an_answer(day: Day, *, text: str = "Good morning <b>") -> int:
    await sam_is_written_to(day)
    at = day.clock.now() + timedelta(hours=20)
    plan = await day.does(answer, day.ids["ticket"], text=text, client_id="p-1", at=at, by=day.ada)
    return int(plan.id)


async def it_is_sent_and_another_waits(day: Day) -> None:
    first = await ada_plans_an_answer(day)
    at = day.clock.now() + timedelta(hours=30)
    await day.does(answer, day.ids["ticket"], text="And again", client_id="p-2", at=at, by=day.ada)
    day.clock.moves(hours=21)
    await day.does(send_due, first)
    third = await day.does(
        answer, day.ids["ticket"], text="No", client_id="p-3", at=at + timedelta(hours=2), by=day.ada
    )
    await day.does(take_back, third.id, by=day.ada)


async def sam_writes_before_it_goes(day: Day) -> None:
    await ada_plans_an_answer(day)
    by = f"customer:{day.ids['customer']}"
    await day.takes(Ticket.receive, "Never mind", client_id="c-77", by=by)


MAIL: dict[str, Callable[[Day], Awaitable[object]]] = {
    "MailboxChanged": lambda day: day.does(add_mailbox, "support@shop.example"),
    "SurveyTermsChanged": lambda day: day.does(
        set_terms, queues=[day.ids["support"]], delay_hours=24, every_days=30, by=day.ada
    ),
    "CorrespondenceChanged": copies_come_and_go,
    "AnswerPlanned": ada_plans_an_answer,
    "PlanEnded": it_is_sent_and_another_waits,
    "PlanOvertaken": sam_writes_before_it_goes,
    "AddressSuppressed": sams_mail_comes_back,
    "SuppressionLifted": ada_has_it_sent_again,
    "AnswersDue": an_answer_waits_for_sam,
    "MailQueued": it_is_sent_again,
    "MailSent": a_notice_arrives,
    "MailDelayed": lambda day: the_relay_says(day, MailState.RETRY, MailState.SENT),
    "MailFailed": lambda day: the_relay_says(day, MailState.SENT, MailState.FAILED),
    "MailUncertain": lambda day: the_relay_says(day, MailState.INDETERMINATE, MailState.SENT),
}
