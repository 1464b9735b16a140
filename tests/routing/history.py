"""A floor on which anything may have happened: a day and a half of chats, mails, calls and complaints, by dice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

import routing.chores
import tickets.chores
from chat import rating
from chat.surveys.survey import Survey
from routing import handing, placing, presence
from routing.calendars import DAY, BusinessCalendar
from routing.callbacks.asking import Wish, ask
from routing.callbacks.callback import Callback, Outcome
from routing.callbacks.numbers import Phone
from routing.hours import add_calendar
from routing.presence import Intent
from routing.queues import add_queue
from routing.sla.policy import Terms, add_policy
from tests.cast import UnitChange, a_change, a_customer, an_agent
from tests.routing.floor import ALL
from tickets.complaints.complaint import Complaint, decide
from tickets.errors import Refused
from tickets.log import LogRow
from tickets.opening import open_ticket
from tickets.people import Agent
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket

ZONES = {"Support": "Asia/Shanghai", "Billing": "America/New_York", "Claims": None}
CHORES = (*tickets.chores.CHORES, *routing.chores.CHORES)


class History:
    """What has happened so far. `change` is the desk; every step is settled, logged, and its time worked off."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.change: UnitChange = a_change()
        self.agents = [an_agent(self.change, name) for name in ("Ada", "Bo", "Noor")]
        self.queues = [self._queue(name, zone) for name, zone in ZONES.items()]
        self.tickets: list[Ticket] = []
        self.said = 0
        self._promise()
        self._log()

    def goes_on(self, steps: int) -> None:
        acts: tuple[Callable[[], object], ...]
        acts = (self._chat, self._chat, self._mail, self._call, self._complaint, self._reply, self._reply, self._write)
        acts += (self._leave, self._leave, self._rate, self._rate, self._settle_one, self._settle_one)
        acts += (self._move, self._sleep, self._come, self._dial, self._give)
        for _ in range(steps):
            self.change.moves(minutes=self.dice.choice((0, 1, 7, 20, 45, 100)))
            with suppress(Refused):
                self.dice.choice(acts)()
            self._happens()
            self._fall_due()
        self._nearly_breaks()

    def mails(self, n: int) -> None:
        """So many come in at once."""
        for _ in range(n):
            self._mail()
            self._happens()

    def _nearly_breaks(self) -> None:
        """Something is about to break when it is counted."""
        self.mails(1)
        self.change.moves(minutes=25)
        self._fall_due()

    def _queue(self, name: str, zone: str | None) -> int:
        queue = add_queue(self.change, name, members=[agent.id for agent in self.agents[:2]])
        if zone is not None:
            calendar = add_calendar(self.change, name, BusinessCalendar(zone, (((0, DAY),),) * 7))
            queue.calendar_id = calendar.id
        return queue.id

    def _promise(self) -> None:
        within = {priority.value: {"minutes": 30, "business": False} for priority in Priority}
        soon = {priority.value: {"minutes": 90, "business": False} for priority in Priority}
        targets = {"first_reply": within, "next_reply": within, "resolution": soon, "complaint_ack": within}
        add_policy(self.change, Terms(name="Everybody", targets={**targets, "complaint_final": soon}))
        placing.place(self.change, Channel.CALLBACK, "", self.queues[2])
        self._happens()

    # What people do

    def _opens(self, channel: Channel, *, live: bool = False) -> Ticket:
        customer = a_customer(self.change)
        queue = self.dice.choice([*self.queues, *self.queues, None])
        ticket = open_ticket(self.change, customer, channel=channel, subject="A bill", queue_id=queue, live=live)
        self._says(ticket)
        self.tickets.append(ticket)
        return ticket

    def _says(self, ticket: Ticket) -> None:
        self.said += 1
        with self.change.acting_as(f"customer:{ticket.customer_id}"):
            ticket.receive(self.change, "Hello?", client_id=f"c{self.said}")

    def _chat(self) -> None:
        self._opens(Channel.CHAT, live=True)

    def _mail(self) -> None:
        self._opens(Channel.EMAIL)

    def _complaint(self) -> None:
        ticket = self._opens(Channel.COMPLAINT)
        self.change.add(
            Complaint(ticket_id=ticket.id, client_id=f"f{ticket.id}", category="late", filed_at=self.change.now)
        )

    def _call(self) -> None:
        self.said += 1
        wish = Wish(form_key=f"w{self.said}", phone=Phone(f"+44207946{self.dice.randrange(9):04}", "GB"), text="Ring")
        asked = ask(self.change, wish)
        if not asked.joined:
            self.tickets.append(asked.ticket)

    def _dial(self) -> None:
        ticket, agent = self._one(), self._agent()
        callback = self.change.find(Callback, ticket.id)
        if callback is not None:
            with self.change.acting_as(agent.actor):
                callback.tried(self.change, self.dice.choice(list(Outcome)), callback.attempts + 1)

    def _reply(self) -> None:
        ticket, agent = self._one(), self._agent()
        self.said += 1
        with self.change.acting_as(agent.actor):
            if ticket.agent_id is None:
                handing.assign(self.change, ticket.id, agent.id)
            ticket.reply(self.change, "Let me look.", client_id=f"a{self.said}", name=agent.name)

    def _write(self) -> None:
        self._says(self._one())

    def _leave(self) -> None:
        ticket = self._one_chat()
        if ticket.live:
            ticket.end_live(self.change)
        else:
            ticket.begin_live(self.change)

    def _settle_one(self) -> None:
        ticket = self._one()
        complaint = self.change.find(Complaint, ticket.id)
        if complaint is not None and not complaint.decided:  # before that it cannot be closed
            self.said += 1
            with self.change.acting_as(self._agent().actor):
                decide(self.change, ticket.id, outcome="upheld", reason="We are sorry.", client_id=f"a{self.said}")
        elif self.dice.random() < 0.5:
            ticket.resolve(self.change)
            self._ask_how_it_was(ticket)
        else:
            statuses = (Status.CLOSED, Status.SPAM, Status.PENDING, Status.ON_HOLD, Status.OPEN)
            ticket.set_status(self.change, self.dice.choice(statuses))

    def _ask_how_it_was(self, ticket: Ticket) -> None:
        """By a letter, after every third one."""
        if ticket.id % 3 == 0 and self.change.find(Survey, ticket.id) is None:
            self.change.add(Survey(ticket_id=ticket.id)).went("sam@customer.example", self.change.now)

    def _rate(self) -> None:
        ticket = self._one_chat()
        if not ticket.live:
            rating.rate(self.change, ticket.id, score=self.dice.randint(1, 5))

    def _move(self) -> None:
        self._one().move(self.change, self.dice.choice(self.queues))

    def _sleep(self) -> None:
        self._one().snooze(self.change, self.change.now + timedelta(minutes=self.dice.choice((30, 900))))

    def _give(self) -> None:
        self._one().release(self.change)

    def _come(self) -> None:
        agent = self._agent()
        presence.came(self.change, agent.id)
        intent = self.dice.choice((Intent.AVAILABLE, Intent.AVAILABLE, Intent.AWAY, Intent.OFFLINE))
        presence.set_intent(self.change, agent.id, intent, "lunch")

    def _one(self) -> Ticket:
        if not self.tickets:
            self._mail()
        return self.dice.choice(self.tickets)

    def _one_chat(self) -> Ticket:
        chats = [ticket for ticket in self.tickets if ticket.channel == Channel.CHAT]
        return self.dice.choice(chats) if chats else self._opens(Channel.CHAT, live=True)

    def _agent(self) -> Agent:
        return self.dice.choice(self.agents)

    # What follows

    def _happens(self) -> None:
        self.change.settle(ALL)
        self._log()

    def _fall_due(self) -> None:
        self.change.write()
        for chore in CHORES:
            for key in chore.due(self.change.session, self.change.now):
                chore.act(self.change, key)
                self._happens()

    def _log(self) -> None:
        for by, event in self.change.events:
            self._pos = getattr(self, "_pos", 0) + 1
            self.change.append(
                LogRow(
                    pos=self._pos,
                    at=self.change.now,
                    kind=event.kind,
                    ticket_id=event.ticket,
                    by=by,
                    data=event.encoded(),
                )
            )
        self.change.events.clear()
        self.change.write()
