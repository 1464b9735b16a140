"""One matter that a customer brought, whichever channel they used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.events import (
    AsideReceived,
    LiveBegan,
    LiveEnded,
    MessageReceived,
    MessageSent,
    MessagesSeen,
    NoteAdded,
    PriorityChanged,
    StatusChanged,
    SubjectChanged,
    TicketAssigned,
    TicketMoved,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketSnoozed,
    TicketWoken,
)
from tickets.message import Message, MessageKind, sent_before
from tickets.moment import Moment
from tickets.people import BOT, Agent
from tickets.saying import Post, say, show
from tickets.sorting import LINES_BY_SORT
from tickets.status import UNDONE_IN_WORDS, Category, Priority, Status
from tickets.status_names import check_name
from tickets.text import one_line
from tickets.waiting import Waiting, oldest_unanswered

LONGEST_SUBJECT = 200
_HELD, _UNHELD = (text(f"{UNDONE_IN_WORDS} and agent_id {held}") for held in ("is not null", "is null"))
_DONE, _ANSWERED = text("status in ('resolved', 'closed')"), text("first_reply_at is not null")
_OPEN, _ASLEEP, _AT_RISK = text(UNDONE_IN_WORDS), text("snoozed_until is not null"), text("sla_warned = 1")


class Ticket(Waiting, table=True):
    """Its timeline is its messages, `seq` 1 to `last_seq`. In at most one queue, held by at most one agent."""

    __table_args__ = (
        Index("ix_ticket_queue_open", "queue_id", "waiting_since", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_ticket_agent_open", "agent_id", "waiting_since", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_ticket_line", "queue_id", "fore", "line_at", sqlite_where=_UNHELD, postgresql_where=_UNHELD),
        *LINES_BY_SORT,
        Index("ix_ticket_updated", "updated_at"),
        Index("ix_ticket_done", "updated_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_ticket_customer", "customer_id", "id"),
        Index("ix_ticket_snooze_due", "snoozed_until", sqlite_where=_ASLEEP, postgresql_where=_ASLEEP),
        Index("ix_ticket_resolved", "resolved_at"),
        Index("ix_ticket_answered", "first_reply_at", sqlite_where=_ANSWERED, postgresql_where=_ANSWERED),
        Index("ix_ticket_at_risk", "sla_due_at", sqlite_where=_AT_RISK, postgresql_where=text("sla_warned")),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(unique=True)
    subject: str = ""
    channel: str
    category: str = ""  # the topic that the customer chose; empty: none
    language: str = ""
    status: str = Status.NEW.value
    status_name_id: int | None = None  # the own name that the status goes by; None: its usual one
    customer_id: int = Field(foreign_key="customer.id")
    queue_id: int | None = Field(default=None)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    live: bool = False  # somebody waits at the other end
    opened_at: datetime = Field(sa_type=Moment)
    snoozed_until: datetime | None = Field(default=None, sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)  # or closed, where it was never resolved
    last_seq: int = 0
    last_kind: str = ""  # of the newest message that is not a note
    preview: str = ""  # the beginning of that message
    customer_seen: int = 0  # highest seq that the customer has seen
    agent_seen: int = 0  # highest seq that an agent has seen

    @property
    def category_of_status(self) -> Category:
        return Status(self.status).category

    @property
    def done(self) -> bool:
        return self.category_of_status is Category.DONE

    @property
    def unread(self) -> bool:
        """The customer wrote something that no agent has seen."""
        return self.waiting_since is not None and self.agent_seen < self.last_seq

    # What the customer does

    def receive(
        self, change: Change, text: str, *, client_id: str, name: str = "", files: int = 0, post: Post | None = None
    ) -> Message:
        """The customer wrote to us. The same `client_id` again returns the first message.

        Not so with a `post`: mail is read once, and known again before that (tickets.email.intake).
        """
        earlier = sent_before(change, MessageKind.IN, client_id, text) if post is None else None
        if earlier is not None:
            return earlier
        again = self.waiting_since is not None and not self.snoozed_until and self.category_of_status is Category.OPEN
        message = say(change, self, MessageKind.IN, text, client_id=client_id, name=name, files=files, post=post)
        self._needs_us(change, message)
        change.record(MessageReceived(ticket=self.id, message=message.id, seq=message.seq, again=again))
        return message

    def overhear(
        self, change: Change, text: str, *, client_id: str, name: str, post: Post, files: int = 0, robot: bool = False
    ) -> Message:
        """Something came that is not the customer's word, for staff only. From a robot it changes nothing else."""
        nothing_new = self.agent_seen == self.last_seq
        kind = MessageKind.AUTO if robot else MessageKind.ASIDE
        message = say(change, self, kind, text, client_id=client_id, name=name, files=files, post=post)
        if not robot:
            self._needs_us(change, message)
        elif nothing_new:
            self.agent_seen = self.last_seq
        if message.seq == 1:
            show(self, message)
        change.record(AsideReceived(ticket=self.id, message=message.id, seq=message.seq))
        return message

    # What an agent does

    def reply(
        self, change: Change, text: str, *, client_id: str, name: str, files: int = 0, channel: str = ""
    ) -> Message:
        """An agent answered; nobody waits for us any more. What a bot says leaves them waiting for a person."""
        earlier = sent_before(change, MessageKind.OUT, client_id, text)
        if earlier is not None:
            return earlier
        message = say(change, self, MessageKind.OUT, text, client_id=client_id, name=name, files=files, channel=channel)
        if self.snoozed_until is not None:
            self._wake(change)
        if self.done:
            self._reopen(change)
        elif self.status == Status.NEW:
            self._set_status(change, Status.OPEN)
        first = self.first_reply_at is None and not change.by.startswith(BOT)
        if not change.by.startswith(BOT):
            self.waiting_since = None
            self.first_reply_at = self.first_reply_at or change.now
            self.agent_seen = self.last_seq
        show(self, message)
        change.record(MessageSent(ticket=self.id, message=message.id, seq=message.seq, first=first))
        return message

    def note(self, change: Change, text: str, *, client_id: str, name: str, files: int = 0, way: str = "") -> Message:
        """Said among staff; the customer never sees it, and no status changes by it. `way`: how it went to others."""
        earlier = sent_before(change, MessageKind.NOTE, client_id, text)
        if earlier is not None:
            return earlier
        nothing_new = self.agent_seen == self.last_seq
        message = say(change, self, MessageKind.NOTE, text, client_id=client_id, name=name, files=files, channel=way)
        if nothing_new:  # a colleague's note is not the customer's word
            self.agent_seen = self.last_seq
        change.record(NoteAdded(ticket=self.id, message=message.id, seq=message.seq))
        return message

    def assign(self, change: Change, agent: Agent, *, by_hand: bool = True) -> None:
        """Put the ticket into an agent's hands."""
        if not agent.active:
            raise Refused("{name} no longer works here.", name=agent.name)
        if self.agent_id == agent.id:
            return
        before, self.agent_id = self.agent_id, agent.id
        self.updated_at = change.now
        change.record(TicketAssigned(ticket=self.id, agent=agent.id, before=before, by_hand=by_hand))

    def release(self, change: Change, *, why: str = "") -> None:
        """Give it back to its queue, at its original age."""
        if self.agent_id is None:
            return
        before, self.agent_id = self.agent_id, None
        self.updated_at = change.now
        change.record(TicketReleased(ticket=self.id, agent=before, why=why))

    def move(self, change: Change, queue_id: int, *, because: str = "") -> None:
        """Into another queue, keeping its age. Whoever held it lets go. `because`: as the event says it."""
        if self.queue_id == queue_id:
            return
        before, self.queue_id = self.queue_id, queue_id
        self.updated_at = change.now
        if before is not None:
            self.release(change, why="moved")
        change.record(TicketMoved(ticket=self.id, queue=queue_id, before=before, because=because))

    def set_priority(self, change: Change, priority: Priority, *, because: str = "") -> None:
        if self.priority == priority:
            return
        before, self.priority = self.priority, priority.value
        self.updated_at = change.now
        self.stand()
        change.record(PriorityChanged(ticket=self.id, priority=priority.value, before=before, because=because))

    def set_subject(self, change: Change, subject: str) -> None:
        subject = one_line(subject, LONGEST_SUBJECT)
        if not subject:
            raise Refused("A subject is needed.", field="subject")
        if self.subject != subject:
            self.subject = subject
            self.updated_at = change.now
            change.record(SubjectChanged(ticket=self.id))

    def set_status(self, change: Change, status: Status, name_id: int | None = None) -> None:
        """Any status, by an own name or its usual one; resolving and reopening go the way of their own verbs."""
        check_name(change, status, name_id)
        if status is Status.RESOLVED:
            self.resolve(change)
        elif self.done and status.category is not Category.DONE:
            self._reopen(change, status, since=oldest_unanswered(change, self))
        elif self.status != status:
            self._set_status(change, status, name_id)
        if self.status == status and self.status_name_id != name_id:
            self._set_status(change, status, name_id)

    def snooze(self, change: Change, until: datetime, *, why: str = "") -> None:
        """Hide it until then, or until the customer writes. Clocks run on as under the status."""
        if until <= change.now:
            raise Refused("Choose a time that is still to come.", field="until")
        if self.done:
            raise Conflict("This ticket is already done.")
        if self.snoozed_until != until:
            self.snoozed_until = until
            self.updated_at = change.now
            change.record(TicketSnoozed(ticket=self.id, until=until, why=why))

    def wake(self, change: Change) -> None:
        if self.snoozed_until is not None:
            self._wake(change)

    def resolve(self, change: Change) -> None:
        """The matter is settled. The customer's next message reopens it."""
        if self.done:
            return
        if self.snoozed_until is not None:
            self._wake(change)
        self.status, self.status_name_id = Status.RESOLVED.value, None
        self.resolved_at = change.now
        self.waiting_since = None
        self.live = self.fore = False
        self.updated_at = change.now
        change.record(TicketResolved(ticket=self.id, agent=self.agent_id))

    def reopen(self, change: Change, *, since: datetime | None = None) -> None:
        """It was not settled after all: whoever had no answer still waits for one, `since` then."""
        if self.done:
            self._reopen(change, since=since or oldest_unanswered(change, self))

    # What either side does

    def begin_live(self, change: Change) -> None:
        """Somebody waits at the other end again; a new ticket is opened live instead."""
        if self.done:
            self._reopen(change)
        if not self.live:
            self.live = self.fore = True
            self.updated_at = change.now
            change.record(LiveBegan(ticket=self.id))

    def end_live(self, change: Change) -> None:
        """Nobody waits at the other end any more. The ticket keeps its status, its agent and its place."""
        if self.live:
            self.live = self.fore = False
            self.updated_at = change.now
            change.record(LiveEnded(ticket=self.id))

    def see(self, change: Change, side: str, seq: int) -> None:
        """`side` ("customer" or "agent") has read up to `seq`; going back is ignored."""
        column = f"{side}_seen"
        seq = min(seq, self.last_seq)
        if seq > getattr(self, column):
            setattr(self, column, seq)
            change.record(MessagesSeen(ticket=self.id, side=side, seq=seq))

    # How

    def _needs_us(self, change: Change, message: Message) -> None:
        if self.snoozed_until is not None:
            self._wake(change)
        if self.category_of_status is not Category.OPEN:
            self._reopen(change)
        self.waiting_since = self.waiting_since or message.at
        show(self, message)

    def _reopen(self, change: Change, status: Status = Status.OPEN, since: datetime | None = None) -> None:
        """Pending and on hold are left quietly; a done ticket is reopened, with an event of its own and a new place."""
        if not self.done:
            self._set_status(change, status)
            return
        self.status, self.status_name_id = status.value, None
        self.resolved_at, self.waiting_since = None, since
        self.updated_at = self.queued_at = change.now
        self.stand()
        change.record(TicketReopened(ticket=self.id, agent=self.agent_id, status=status.value, since=since))

    def _set_status(self, change: Change, status: Status, name_id: int | None = None) -> None:
        before, self.status, self.status_name_id = self.status, status.value, name_id
        self.updated_at = change.now
        if self.done:
            self.waiting_since, self.live, self.fore = None, False, False
            self.wake(change)
        if status is Status.CLOSED:
            self.resolved_at = self.resolved_at or change.now
        change.record(StatusChanged(ticket=self.id, status=status.value, before=before, name=name_id))

    def _wake(self, change: Change) -> None:
        self.snoozed_until = None
        self.updated_at = change.now
        change.record(TicketWoken(ticket=self.id))
