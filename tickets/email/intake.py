"""A mail that has been read comes to the desk: to the ticket that it answers, or as a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec
from sqlmodel import col, select

from tickets.change import Change
from tickets.email import mail_ids, names, raw, robots
from tickets.email.addresses import Person
from tickets.email.auth import Checks, checks_of, sender_holds
from tickets.email.correspondence import Correspondence, correspond, unheard
from tickets.email.enclosing import enclose
from tickets.email.flood import is_flood
from tickets.email.headers import came_at, sane
from tickets.email.mail import Mail
from tickets.email.mailbox import Mailbox, by_address
from tickets.email.outbox import post_notice
from tickets.email.placing import addresses, thread_of
from tickets.email.raw import Leased, RawMail, RawState
from tickets.email.reading import Reading
from tickets.email.returned import came_back, hear
from tickets.email.senders import Sender, addresses_of, customer_of, name_the_unknown
from tickets.email.threading import Because, Place
from tickets.errors import Refused
from tickets.failpoint import reached
from tickets.message import Message, MessageKind
from tickets.opening import open_ticket
from tickets.people import Customer, IdentifierKind, clean_name
from tickets.saying import Post
from tickets.status import Channel
from tickets.ticket import Ticket

FLOOD = "flood"  # why a mail was put aside: its sender opened too many tickets at once
UNREADABLE = "Could not read this mail"  # also a text of ours: lists show it in the reader's language
NOT_ALL = "copies"  # a remark: it names more people than are suggested for a copy


def take_in(change: Change, leased: Leased, reading: Reading) -> Message | None:
    """Make a message of it, exactly once. None where somebody else did, or where it had to be put aside."""
    row = raw.held(change, leased)
    if row is None:
        return None
    arrival = _Arrival(change, row, reading)
    if arrival.is_flood:
        raw.quarantine(change, row, FLOOD)
        return None
    return arrival.take_in()


def set_aside(change: Change, leased: Leased, why: str, *, final: bool) -> Message | None:
    """It could not be read: another try, or after the third one a ticket that says so."""
    row = raw.held(change, leased)
    if row is None:
        return None
    row.attempts += 1
    row.lease_until = change.now + row.attempts * raw.LEASE  # others first
    if not final and row.attempts < raw.MOST_TRIES:
        return None
    flood = is_flood(change, row.sender)
    raw.quarantine(change, row, FLOOD if flood else why)
    return None if flood or row.message_id is not None else _unreadable(change, row)


def _unreadable(change: Change, row: RawMail) -> Message:
    """A ticket of an unknown sender, with nothing but the mail as it came."""
    customer = customer_of(change, "", "", believed=False)
    with change.acting_as(customer.actor):
        at, mailbox = row.received_at, change.find(Mailbox, row.mailbox_id)
        ticket = _open(change, customer, mailbox, subject=UNREADABLE, at=at)
        message = ticket.receive(change, "", client_id=f"mail-{row.id}-0", post=Post(Channel.EMAIL.value, at))
    change.append(
        Mail(message_id=message.id, ticket_id=ticket.id, raw_id=row.id, sender_name=row.sender, unreadable=True)
    )
    row.ticket_id, row.message_id, row.author, row.opened = ticket.id, message.id, row.sender, True
    return message


def _open(change: Change, customer: Customer, mailbox: Mailbox | None, *, subject: str, at: datetime) -> Ticket:
    return open_ticket(
        change,
        customer,
        channel=Channel.EMAIL,
        subject=subject,
        language=mailbox.language if mailbox else "",
        default_queue_id=mailbox.queue_id if mailbox else None,
        at=at,
    )


@dataclass
class _Arrival:
    """One mail on its way to the desk; what is found out about it is found out once."""

    change: Change
    row: RawMail
    reading: Reading
    suggests_all: bool = True  # whom it names

    def take_in(self) -> Message:
        change, row, place = self.change, self.row, self.place
        ticket = self._ticket(place)
        customer = self._writer(ticket)
        with change.acting_as(customer.actor):
            opened = ticket is None
            if ticket is None:
                ticket = _open(change, customer, self.mailbox, subject=self.reading.head.subject, at=self.came_at)
            elif row.message_id is not None and place.ticket is None:
                name_the_unknown(change, ticket, customer, self.reading.head.subject)
            message = self._say(ticket)
            self._correspond(ticket, opened=opened)
        reached("mail.said")
        self._note_down(ticket, message)
        row.state, row.lease_until, row.author = RawState.DONE.value, None, self.author or row.sender
        row.ticket_id, row.message_id, row.opened = ticket.id, message.id, opened
        return message

    @cached_property
    def came_at(self) -> datetime:
        """What clocks start from."""
        return came_at(self.reading.head, self.row.received_at)

    # Who wrote it

    @cached_property
    def author(self) -> str:
        """The From address as it stood there, in lower case; empty: unknown."""
        return self.reading.head.author[1].lower() if self.reading.head.author else ""

    @cached_property
    def address(self) -> str:
        """The same where it can be written to, in its one spelling."""
        return _normal(self.author)

    @cached_property
    def believed(self) -> bool:
        return self.verdict is not False

    @cached_property
    def verdict(self) -> bool | None:
        return sender_holds(self.checks)

    @cached_property
    def checks(self) -> Checks:
        return checks_of(self.reading.head.results, self.change.rules.trusted_mail_server)

    @cached_property
    def name(self) -> str:
        return clean_name(self.reading.head.author[0] or self.author) if self.reading.head.author else ""

    @cached_property
    def mailbox(self) -> Mailbox | None:
        return self.change.find(Mailbox, self.row.mailbox_id)

    @cached_property
    def robot(self) -> str:
        """Why a machine wrote it; empty: a person did."""
        return self.machine or ("loop" if self._is_ping_pong() else "")

    @cached_property
    def machine(self) -> str:
        head, change = self.reading.head, self.change
        own = names.ticket_of_message_id(change.rules.seals, head.message_id) is not None
        own = own or bool(self.author and by_address(change, self.author))
        return robots.robot(head, self.reading, sender=self.row.sender, own=own)

    @cached_property
    def is_flood(self) -> bool:
        """Its sender has opened ten tickets within ten minutes, and this would be one more."""
        if self.place.ticket is not None or self.row.ticket_id is not None:
            return False
        first = bool(self.address) and self.believed and self.change.find(Sender, self.address) is None
        return not first and is_flood(self.change, self.author or self.row.sender)

    # Where it belongs

    @cached_property
    def place(self) -> Place:
        robot = bool(self.machine)
        return thread_of(self.change, self.reading, self.row, author=self.address, believed=self.believed, robot=robot)

    def _ticket(self, place: Place) -> Ticket | None:
        """The one that it answers; what had been unreadable stays where it was put."""
        id = place.ticket if place.ticket is not None else self.row.ticket_id
        return None if id is None else self.change.take(Ticket, id)

    @property
    def _because(self) -> Because:
        stays = self.place.ticket is None and self.row.message_id is not None
        return Because.UNREAD if stays else self.place.because

    def _is_ping_pong(self) -> bool:
        if self.place.ticket is None:
            return False
        since = self.change.now - robots.PING_PONG
        kinds = (MessageKind.IN.value, MessageKind.OUT.value)
        near = select(Message).where(Message.ticket_id == self.place.ticket, col(Message.at) > since)
        said = self.change.rows(near.where(col(Message.kind).in_(kinds)).order_by(col(Message.seq)))
        return robots.is_ping_pong([(one.at, one.kind == MessageKind.OUT) for one in said], self.change.now)

    # What becomes of it

    def _writer(self, ticket: Ticket | None) -> Customer:
        """The ticket's own customer, where it is their address."""
        if ticket is not None and self.place.ticket is not None and self.place.private is None and self.address:
            told = self.change.find(Correspondence, ticket.id)
            if self.address in {told.address.lower() if told else "", *addresses_of(self.change, ticket.customer_id)}:
                return self.change.take(Customer, ticket.customer_id)
        return customer_of(self.change, self.name, self.address, believed=self.believed)

    def _say(self, ticket: Ticket) -> Message:
        reading, row = self.reading, self.row
        said = {"client_id": f"mail-{row.id}", "name": self.name}
        post = Post(Channel.EMAIL.value, self.came_at)
        files = len(reading.files)
        if self.robot or self.place.private:
            heard = bool(self.robot)
            return ticket.overhear(self.change, reading.shown, **said, post=post, files=files, robot=heard)
        return ticket.receive(self.change, reading.shown, **said, post=post, files=files)

    def _correspond(self, ticket: Ticket, *, opened: bool) -> None:
        """Answers go to whoever wrote first; what came last is what they answer."""
        head, change = self.reading.head, self.change
        told = None if opened else change.find(Correspondence, ticket.id)
        if self.place.private or (self.robot and told is not None):
            return
        address = told.address if told else self._reachable()
        if not address:
            return
        others = [other for _, other in [*head.reply_to, *head.to, *head.cc] if not self._is_mailbox(other)]
        told = correspond(
            change,
            ticket,
            address=address,
            name=told.name if told else self.name,
            mailbox=self.mailbox,
            subject=head.subject,
            message_id=head.message_id,
            references=head.references,
            cc=others,
            verified=self.verdict is True,
        )
        self.suggests_all = set(told.cc).issuperset(unheard(change, told, others))
        if opened and not self.robot and self.believed and change.rules.acknowledge_mail:
            post_notice(change, ticket, to=address, notice="received", facts={"number": ticket.number})

    @property
    def _names_more(self) -> bool:
        """Than an agent is shown, or can answer with a click."""
        return not self.suggests_all or not {"reply-to", "to", "cc"}.isdisjoint(self.reading.head.cut)

    def _is_mailbox(self, address: str) -> bool:
        return self.mailbox is not None and names.bare_address(address) == self.mailbox.address

    def _reachable(self) -> str:
        """Where answers go: to the first of those where the sender wants them who is none of us, else to the sender."""
        wanted = [_normal(address) for _, address in self.reading.head.reply_to] if self.address else []
        return next((one for one in wanted if one and by_address(self.change, one) is None), self.address)

    def _note_down(self, ticket: Ticket, message: Message) -> None:
        """What stands beside the message, and what later mails will be told by."""
        change, reading, row, head = self.change, self.reading, self.row, self.reading.head
        change.append(
            Mail(
                message_id=message.id,
                ticket_id=ticket.id,
                raw_id=row.id,
                sender_name=clean_name(head.author[0]) if head.author else "",
                sender=self.author,
                recipients=_people(head.to),
                copies=_people(head.cc),
                subject=head.subject[:500],
                told_date="" if sane(head.date, row.received_at) else head.told_date,
                whole=reading.whole,
                html=reading.html,
                pictures=reading.pictures,
                guessed=reading.guessed,
                robot=self.robot,
                sender_failed=not self.believed,
                checks=dict(self.checks),
                because=self._because.value,
                stranger=self.place.private is not None,
                private=self.place.private.value if self.place.private else "",
                relation=self.place.relation,
                related=self.place.related,
                remarks=[*reading.remarks, *[NOT_ALL] * self._names_more],
                forwarded=msgspec.to_builtins(reading.forwarded),
                left_out=reading.left_out,
            )
        )
        enclose(change, message, reading.files, row)
        mail_ids.remember(change, head.message_id, ticket_id=ticket.id, message=message.id, direction="in")
        addressed = self.place.because is Because.ADDRESS  # which nobody else can have made up
        ticket_id = self.place.ticket if addressed else None
        hear(
            change, reading, mail=came_back(change, addresses(reading, row)), machine=self.machine, ticket_id=ticket_id
        )


def _normal(address: str) -> str:
    """The one spelling of an address; empty for what nobody could write to."""
    try:
        return IdentifierKind.EMAIL.normal(address) if address else ""
    except Refused:
        return ""


def _people(people: list[Person]) -> list[Person]:
    return [(clean_name(name), address) for name, address in people]
