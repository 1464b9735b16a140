"""A customer's wish to be rung: which number, when, what became of each try, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, false, text
from sqlmodel import Field, SQLModel

from routing import refusals, stays
from routing.calendars import BusinessCalendar, closes_at, next_open
from routing.callbacks.events import CallbackClosed, CallbackDialled, CallbackDue, CallbackMoved, CallbackTried
from routing.callbacks.slots import Window
from routing.callbacks.terms import Terms, hours_of, terms_of
from tickets.change import Change
from tickets.errors import Conflict
from tickets.moment import Moment
from tickets.people import Agent
from tickets.seals import Seals
from tickets.status import Category, Status
from tickets.ticket import Ticket

AGAIN = "call again"  # why a ticket was released: nobody answered, or its time is another
LINK = "callback"  # what its customer's link is sealed for
LINK_HOLDS = timedelta(days=30)
ONE_DAY = timedelta(days=1)  # until we look again for hours that never come
ONE_HOUR = timedelta(hours=1)  # until we look again whether an agent still has it
_OPEN = text("state != 'done'")
_WAITS = text("state in ('scheduled', 'retry_wait')")
_STANDS = text("leaves_at is not null")
_EXPIRES = text("expires_at is not null")


class State(StrEnum):
    """What is kept; `standing.stage` says all the states of semantics.md part 4."""

    SCHEDULED = "scheduled"  # its time has not come
    QUEUED = "queued"  # stands in line, or an agent has it
    RETRY_WAIT = "retry_wait"  # nobody answered; we try again
    DONE = "done"


class Outcome(StrEnum):
    """What became of one try."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"  # the call did not come about: tried again, as if it had been busy
    WRONG_NUMBER = "wrong_number"


GAVE_UP, EXPIRED, CANCELLED = "gave_up", "expired", "cancelled"  # how it ends besides reached and wrong_number


class Callback(SQLModel, table=True):
    """The promise to ring between `start` and `end`. One that is not done for each number and queue."""

    __table_args__ = (
        Index("uq_callback_open", "queue_id", "phone", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_callback_due", "not_before", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_callback_leaves", "leaves_at", sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_callback_expires", "expires_at", sqlite_where=_EXPIRES, postgresql_where=_EXPIRES),
        Index("ix_callback_phone", "phone"),
        Index("ix_callback_dialled", "dialled_at"),
        Index("ix_callback_ended", "ended_at"),
    )

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    queue_id: int = 0  # where it was asked for, also after its ticket moved; 0 where there was no queue
    phone: str  # E.164
    region: str = ""  # ISO 3166 country of the number; empty for numbers of no country
    zone: str = ""  # the customer's time zone, as their browser said
    site: str = ""  # the key of the site whose form it came by
    page: str = ""  # the page on which they asked
    email: str = ""  # as told; where confirmations go
    email_later: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # see `asking`: no link
    start: datetime = Field(sa_type=Moment)
    end: datetime = Field(sa_type=Moment)
    not_before: datetime = Field(sa_type=Moment)  # when it joins the line (again)
    leaves_at: datetime | None = Field(default=None, sa_type=Moment)  # while it stands in line: when that closes
    attempts: int = 0  # tries since the window was last chosen
    state: str = State.SCHEDULED.value
    outcome: str = ""  # how it ended; empty while it is open
    form_key: str = Field(unique=True)  # of the form it came by: the same form again is the same request
    asked_at: datetime = Field(sa_type=Moment)
    tried_at: datetime | None = Field(default=None, sa_type=Moment)  # the last time somebody dialled
    last_try: str = ""  # and what became of it
    turned: bool = False  # they waited in a chat before
    dialling_at: datetime | None = Field(default=None, sa_type=Moment)  # while somebody rings
    dialled_at: datetime | None = Field(default=None, sa_type=Moment)  # the first dial that counts: see `_rang`
    owner_id: int | None = None  # who rang last, and is asked first until then
    owner_until: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)  # when an open request that nobody serves ends
    off_since: datetime | None = Field(default=None, sa_type=Moment)  # out of line: its time is still to come
    off_seconds: int = 0  # so long altogether, before that
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: str = ""  # customer, agent or system
    gross_seconds: int | None = None  # from the request until we rang for the last time, or it ended without that
    net_seconds: int | None = None  # of these, in line or in somebody's hands

    @property
    def open(self) -> bool:
        return self.state != State.DONE

    @property
    def waits(self) -> bool:
        """Not in line: its time is still to come."""
        return self.state in {State.SCHEDULED, State.RETRY_WAIT}

    @property
    def kept(self) -> bool | None:
        """Whether we rang before the promised window ended; None: it may still be. See `_rang`."""
        told_at = self.dialled_at or (self.ended_at if self.ended_at and self.ended_at >= self.end else None)
        return None if told_at is None else told_at < self.end

    # What we do

    def begin(self, change: Change) -> None:
        """Just asked for: it joins the line, or its ticket sleeps until its time."""
        if self.start <= change.now:
            self.join_line(change)
        else:
            self.off_since = change.now
            change.take(Ticket, self.ticket_id).snooze(change, self.start, why=AGAIN)

    def join_line(self, change: Change) -> None:
        """Its time has come: it stands in line at its original age. While the queue is closed it waits on."""
        ticket, hours = change.take(Ticket, self.ticket_id), self.hours(change)
        opening = next_open(hours, change.now)
        if opening == change.now:
            self.state, self.leaves_at = State.QUEUED.value, closes_at(hours, change.now)
            self._back(change.now)
            refusals.forget_stay(change, ticket.id)
            if self.owner_until is not None and change.now < self.owner_until:
                stays.begin(change, ticket, preferred=self.owner_id, preferred_until=self.owner_until)
            ticket.expect_call(change, instead=self.turned)
            self._ours(change).wake(change)
            change.record(CallbackDue(ticket=ticket.id))
        else:
            self._wait(change, opening or change.now + ONE_DAY)

    def leave_line(self, change: Change) -> None:
        """The queue closes. What an agent holds they may still finish; the rest stands first again tomorrow.

        While it is open, also for longer by hours that were changed meanwhile, all of it stands until then.
        """
        hours = self.hours(change)
        opening = next_open(hours, change.now)
        self.leaves_at = closes_at(hours, change.now) if opening == change.now else None
        if opening != change.now and change.take(Ticket, self.ticket_id).agent_id is None:
            self._wait(change, opening or change.now + ONE_DAY)

    def tried(self, change: Change, outcome: Outcome, attempt: int) -> None:
        """The acting agent dialled, for the `attempt`-th time as their screen said; the same one again counts once."""
        if attempt <= self.attempts:
            self._told_before(outcome)
            return
        self._still_open()
        agent = self._by_its_holder(change)
        rang_at = self.dialling_at or change.now
        self._rang(rang_at if rang_at >= self.start else change.now)  # begun too early, it counts as it is noted
        self.attempts, self.tried_at, self.last_try = self.attempts + 1, change.now, outcome.value
        self.dialling_at = None
        again = self._next_try(change, outcome)
        self.dialled_at = self.dialled_at or (rang_at if again is None else None)  # there is nothing left to promise
        change.record(
            CallbackTried(ticket=self.ticket_id, outcome=outcome.value, attempt=self.attempts, again_at=again)
        )
        if again is not None:
            self.owner_id, self.owner_until = agent.id, again + self.terms(change).owner
            self._wait(change, again, State.RETRY_WAIT)
        elif outcome is Outcome.REACHED:
            change.take(Ticket, self.ticket_id).spoke(change)
            self._close(change, outcome.value, waited=rang_at)
        else:
            ending = Outcome.WRONG_NUMBER.value if outcome is Outcome.WRONG_NUMBER else GAVE_UP
            self._close(change, ending, waited=rang_at)
            self._settle(change)

    def dial(self, change: Change) -> None:
        """The acting agent dials now. Said twice, it is one try."""
        self._still_open()
        self._by_its_holder(change)
        if self.dialling_at is None:
            self.dialling_at = change.now
            self._rang(change.now)
            change.record(CallbackDialled(ticket=self.ticket_id, attempt=self.attempts + 1))

    def expire(self, change: Change) -> None:
        """Nobody could ring in all that time: the customer hears it, and is answered in writing."""
        if change.take(Ticket, self.ticket_id).agent_id is not None:
            self.expires_at = change.now + ONE_HOUR
        else:
            self.withdraw(change, EXPIRED)

    # What either side does

    def move(self, change: Change, window: Window) -> None:
        """Another time: the promise is another one, and its tries begin anew."""
        self._still_open()
        self.start, self.end, self.attempts = window.start, window.end, 0
        self.not_before = window.start
        self.dialling_at = self.dialled_at = None
        self.expires_at = window.end + self.terms(change).expire
        change.record(CallbackMoved(ticket=self.ticket_id, start=window.start, end=window.end))
        if window.start <= change.now:
            self.join_line(change)
        else:
            self._wait(change, window.start)

    def withdraw(self, change: Change, outcome: str = CANCELLED) -> None:
        """Nobody rings any more, and the matter goes on in another way: awake, and ours to act."""
        self._close(change, outcome)
        ticket = self._ours(change)
        ticket.end_call(change)
        ticket.wake(change)

    def cancel(self, change: Change) -> None:
        """Nobody rings any more. What is over stays as it is."""
        if self.open:
            self._close(change, CANCELLED)
            self._settle(change)

    # What follows from what happens to the ticket

    def follow(self, change: Change) -> None:
        """Done needs no call; the work after a call ends it; what nobody has is to be rung, unless it is closed."""
        ticket = change.take(Ticket, self.ticket_id)
        if self.open and ticket.done:
            self._close(change, CANCELLED)
        elif not self.open and ticket.to_call:
            ticket.end_call(change)
        elif self.state == State.QUEUED and ticket.agent_id is None and ticket.snoozed_until is None:
            self.dialling_at = None
            self._ours(change)
            self.leave_line(change)

    def hours(self, change: Change) -> BusinessCalendar:
        """When its queue is open."""
        return hours_of(change, self.queue_id)

    def terms(self, change: Change) -> Terms:
        """What its queue promises."""
        return terms_of(change, self.queue_id, change.rules)

    def path(self, seals: Seals) -> str:
        """Where the customer sees, moves and cancels it; good for a month after the promised time."""
        return f"/callback/{seals.token(LINK, self.ticket_id, self.end + LINK_HOLDS)}"

    # How

    def _rang(self, at: datetime) -> None:
        """The first time within the window or after it keeps or breaks the promise; before it that is only early."""
        if self.dialled_at is None and at >= self.start:
            self.dialled_at = at

    def _next_try(self, change: Change, outcome: Outcome) -> datetime | None:
        terms = self.terms(change)
        if outcome not in terms.gaps or self.attempts >= terms.tries:
            return None
        at = change.now + terms.gaps[outcome]
        return next_open(self.hours(change), at) or at + ONE_DAY

    def _wait(self, change: Change, until: datetime, state: State = State.SCHEDULED) -> None:
        """Out of the line and out of everybody's hands until then; its age in line stays."""
        ticket = change.take(Ticket, self.ticket_id)
        self.state, self.not_before, self.leaves_at, self.dialling_at = state.value, until, None, None
        self.off_since = self.off_since or change.now
        ticket.end_call(change)
        ticket.release(change, why=AGAIN)
        ticket.snooze(change, until, why=AGAIN)

    def _close(self, change: Change, outcome: str, *, waited: datetime | None = None) -> None:
        """`waited`: until we rang; whoever talks with us does not wait."""
        until = waited or change.now
        self._back(until)
        self.state, self.outcome, self.leaves_at = State.DONE.value, outcome, None
        self.expires_at = self.dialling_at = None
        self.ended_at, self.ended_by = change.now, change.by.partition(":")[0]
        self.gross_seconds = max(0, round((until - self.asked_at).total_seconds()))
        self.net_seconds = max(0, self.gross_seconds - self.off_seconds)
        change.record(CallbackClosed(ticket=self.ticket_id, outcome=outcome))

    def _back(self, until: datetime) -> None:
        """Its time has come, or it is over: so long it was out of line, which does not count."""
        if self.off_since is not None:
            self.off_seconds += max(0, round((until - self.off_since).total_seconds()))
            self.off_since = None

    def _ours(self, change: Change) -> Ticket:
        """Whatever was asked of others meanwhile, we said that we ring, or else write."""
        ticket = change.take(Ticket, self.ticket_id)
        if ticket.category_of_status is Category.WAITING:
            ticket.set_status(change, Status.OPEN)
        return ticket

    def _settle(self, change: Change) -> None:
        with change.acting_as("system"):
            change.take(Ticket, self.ticket_id).resolve(change)

    def _told_before(self, outcome: Outcome) -> None:
        if self.last_try != outcome:
            raise Conflict("This try has already been noted.")

    def _still_open(self) -> None:
        if not self.open:
            raise Conflict("This request is already closed.")

    def _by_its_holder(self, change: Change) -> Agent:
        """Whoever dials for what nobody holds takes it; what a colleague holds they dial themselves."""
        ticket, agent = change.take(Ticket, self.ticket_id), change.take(Agent, int(change.by.removeprefix("agent:")))
        if ticket.agent_id not in {None, agent.id}:
            raise Conflict("{name} took this.", name=change.take(Agent, ticket.agent_id or 0).name)
        ticket.assign(change, agent)
        return agent
