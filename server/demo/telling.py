"""Tells what happened to the real desk, by its own verbs: each matter is a list of scenes, at their times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from chat import talk, visitor
from chat.rating import rate
from routing import presence
from routing.callbacks import by_hand as calls
from routing.callbacks.asking import Wish, ask, offered
from routing.callbacks.numbers import read_number
from routing.presence import Intent
from routing.queues import Queue
from server.demo.correspondents import Post
from server.demo.furniture import SITE, Told
from server.demo.letters import Written
from server.demo.story import Call, Grievance, Left, Line, Matter, Try
from tickets import by_hand
from tickets.change import Change
from tickets.complaints.complaint import Complaint, decide
from tickets.complaints.filing import Told as Filing
from tickets.complaints.filing import file
from tickets.desk import Desk
from tickets.opening import open_ticket
from tickets.people import Customer, new_customer
from tickets.status import Priority, Status
from tickets.ticket import Ticket

Act = Callable[[], Awaitable[object]]
Scene = tuple[datetime, Act]


@dataclass
class Teller:
    """Knows the desk, its post, who is who, and when the telling ends."""

    desk: Desk
    post: Post
    told: Told
    today: datetime

    def matter(self, matter: Matter, name: str) -> Iterator[Scene]:
        talking = _Talking(self, matter, name)
        at = self.today - matter.ago
        for index, line in enumerate(matter.lines):
            at += timedelta(minutes=line.after)
            yield at, talking.says(index, line)
        yield at + timedelta(minutes=1), talking.end

    def left(self, left: Left, name: str) -> Iterator[Scene]:
        gone = _Leaving(self, left, name)
        at = self.today - left.ago
        yield at, gone.comes
        yield at + timedelta(minutes=left.waited), gone.goes
        yield at + timedelta(minutes=left.waited + 0.4), gone.is_put_away

    def call(self, call: Call, name: str) -> Iterator[Scene]:
        calling = _Calling(self, call, name)
        at = self.today - call.ago
        yield at, calling.asks
        for attempt, one in enumerate(call.tries, 1):
            at += timedelta(minutes=one.after)
            yield at, calling.is_rung(one, attempt)

    def grievance(self, grievance: Grievance, name: str) -> Iterator[Scene]:
        filing = _Filing(self, grievance, name)
        at = self.today - grievance.ago
        yield at, filing.files
        if grievance.acknowledged is not None:
            at += timedelta(minutes=grievance.acknowledged[1])
            yield at, filing.is_acknowledged
        if grievance.decided is not None:
            at += timedelta(minutes=grievance.decided[1])
            yield at, filing.is_decided

    def leaves(self, name: str, ago: timedelta) -> Iterator[Scene]:
        """They close their console; opened again, it has them available."""
        agent_id = self.told.agents[name]

        async def closes() -> None:
            await self.desk.change(presence.set_intent, agent_id, Intent.AVAILABLE, by=self.told.agent(name))

        yield self.today - ago, closes


@dataclass
class _Talking:
    """One matter in words, line by line."""

    teller: Teller
    matter: Matter
    name: str
    ticket_id: int = 0
    answered_by: str = ""
    ids: list[str] = field(default_factory=list)

    def says(self, index: int, line: Line) -> Act:
        return lambda: self._say(line, f"{self.name}-{index}")

    async def end(self) -> None:
        actor = self.teller.told.agent(self.answered_by) if self.answered_by else "system"
        await self.teller.desk.change(self._end, by=actor)

    async def _say(self, line: Line, client_id: str) -> None:
        teller, (kind, _, name) = self.teller, line.who.rpartition(":")
        if line.who == "customer" and self.matter.mail:
            await self._writes(line, client_id, *self.matter.mail)
        elif line.who == "customer":
            await teller.desk.change(self._customer_says, line.text, client_id=client_id, by="system")
        else:
            verb = by_hand.note if kind else by_hand.reply
            actor = teller.told.agent(name)
            await teller.desk.change(verb, self.ticket_id, text=line.text, client_id=client_id, by=actor)
            self.answered_by = self.answered_by if kind else name

    async def _writes(self, line: Line, client_id: str, address: str, mailbox: str) -> None:
        """In the thread, where there is one: an answer goes where our mail said."""
        teller, matter = self.teller, self.matter
        to, ours = await teller.post.thread(self.ticket_id, mailbox) if self.ticket_id else (mailbox, ())
        self.ids += ours[-1:]
        mail_id = f"<{client_id}@{address.rpartition('@')[2]}>"
        written = Written(
            name=matter.customer,
            address=address,
            to=to,
            subject=f"Re: {matter.subject}" if self.ids else matter.subject,
            text=line.text,
            html=line.html,
            mail_id=mail_id,
            at=teller.desk.clock.now(),
            answers=tuple(self.ids),
        )
        self.ticket_id = await teller.post.comes(written)
        self.ids.append(mail_id)

    def _customer_says(self, change: Change, text: str, *, client_id: str) -> None:
        customer = self._customer(change)
        with change.acting_as(customer.actor):
            if not self.ticket_id:
                self.ticket_id = self._opened(change, customer).id
            change.take(Ticket, self.ticket_id).receive(change, text, client_id=client_id, name=customer.name)

    def _customer(self, change: Change) -> Customer:
        """One of those whom everybody knows, or somebody new."""
        known, name = self.teller.told.customers, self.matter.customer
        if name not in known:
            known[name] = new_customer(change, name, language=self.matter.language).id
        return change.take(Customer, known[name])

    def _opened(self, change: Change, customer: Customer) -> Ticket:
        matter = self.matter
        queue = change.take(Queue, self.teller.told.queues[matter.queue])
        language = customer.language or matter.language
        ticket = open_ticket(change, customer, channel=matter.channel, subject=matter.subject, language=language)
        ticket.move(change, queue.id)
        return ticket

    def _end(self, change: Change) -> None:
        matter, ticket = self.matter, change.take(Ticket, self.ticket_id)
        if matter.priority is not Priority.NORMAL:
            ticket.set_priority(change, matter.priority)
        if matter.ends is not Status.NEW:
            ticket.set_status(change, matter.ends)
        if matter.snooze_hours is not None:
            ticket.snooze(change, self.teller.today + timedelta(hours=matter.snooze_hours))
        if matter.rated is not None:
            with change.acting_as(f"customer:{ticket.customer_id}"):
                rate(change, ticket.id, score=matter.rated[0], comment=matter.rated[1])


@dataclass
class _Leaving:
    """A chat that nobody answered in time."""

    teller: Teller
    left: Left
    name: str
    visitor_id: int = 0
    ticket_id: int = 0

    async def comes(self) -> None:
        await self.teller.desk.change(self._begin, by="system")

    async def goes(self) -> None:
        await self.teller.desk.change(talk.end, visitor_id=self.visitor_id, by="system")

    async def is_put_away(self) -> None:
        by = self.teller.told.agent(self.left.seen_by)
        note = "Gone before we could answer, and no address."
        await self.teller.desk.change(by_hand.note, self.ticket_id, text=note, client_id=f"{self.name}-note", by=by)
        await self.teller.desk.change(by_hand.resolve, self.ticket_id, by=by)

    def _begin(self, change: Change) -> None:
        self.visitor_id = visitor.arrive(change, site_key=SITE, token_hash=visitor.hash_of(self.name)).id
        change.write()
        visitor.introduce(change, self.visitor_id, name=self.left.customer)
        said = talk.say(change, visitor_id=self.visitor_id, client_id=self.name, text=self.left.text)
        self.ticket_id = said.ticket_id


@dataclass
class _Calling:
    teller: Teller
    call: Call
    name: str
    ticket_id: int = 0

    async def asks(self) -> None:
        desk = self.teller.desk
        start = await desk.read(self._coming, desk.clock.now()) if self.call.later else None
        self.ticket_id = await desk.change(self._ask, start, by="system")

    def is_rung(self, one: Try, attempt: int) -> Act:
        return lambda: self._is_rung(one, attempt)

    async def _is_rung(self, one: Try, attempt: int) -> None:
        by, desk, client_id = self.teller.told.agent(one.who), self.teller.desk, f"{self.name}-{attempt}"
        await desk.change(calls.tried, self.ticket_id, one.outcome, attempt=attempt, by=by)
        if one.noted:
            await desk.change(by_hand.note, self.ticket_id, text=one.noted, client_id=client_id, by=by)
            await desk.change(by_hand.resolve, self.ticket_id, by=by)

    def _ask(self, change: Change, start: datetime | None) -> int:
        call = self.call
        wish = Wish(
            form_key=self.name,
            phone=read_number(call.phone, ""),
            start=start,
            name=call.customer,
            email=call.email,
            text=call.text,
            topic=call.topic,
            language=call.language,
            site=SITE,
        )
        return ask(change, wish).ticket.id

    def _coming(self, session: Session, now: datetime) -> datetime | None:
        """The first window that begins after the story has been told."""
        days = offered(session, self.call.topic, now).days
        return next((window.start for day in days for window in day if window.start > self.teller.today), None)


@dataclass
class _Filing:
    teller: Teller
    grievance: Grievance
    name: str
    ticket_id: int = 0

    async def files(self) -> None:
        one = self.grievance
        told = Filing(
            category=one.category,
            text=one.text,
            wanted=one.wanted,
            reference=one.reference,
            name=one.customer,
            email=one.email,
            language=one.language,
            site=SITE,
        )
        self.ticket_id = (await self.teller.desk.change(file, self.name, told, by="system")).ticket.id

    async def is_acknowledged(self) -> None:
        assert self.grievance.acknowledged is not None
        name, _, text = self.grievance.acknowledged
        by, desk = self.teller.told.agent(name), self.teller.desk
        if text:
            await desk.change(by_hand.reply, self.ticket_id, text=text, client_id=f"{self.name}-answer", by=by)
        else:
            await desk.change(lambda change: change.take(Complaint, self.ticket_id).acknowledge(change), by=by)

    async def is_decided(self) -> None:
        assert self.grievance.decided is not None
        name, _, outcome, reason = self.grievance.decided
        by, key = self.teller.told.agent(name), f"{self.name}-decision"
        await self.teller.desk.change(
            decide, self.ticket_id, outcome=outcome.value, reason=reason, client_id=key, by=by
        )
