"""A customer complains: it becomes a ticket with a number, and the same form sent twice is one complaint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import select

from tickets.change import Change
from tickets.complaints.categories import ComplaintCategory
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintFiled
from tickets.errors import NotFound, Refused
from tickets.files.attachment import attach
from tickets.message import Message
from tickets.opening import open_ticket
from tickets.people import Customer, IdentifierKind, new_customer
from tickets.status import Channel, Priority
from tickets.text import clean_text, is_blank, one_line
from tickets.ticket import Ticket

LONGEST_WANTED = 2_000  # characters
LONGEST_REFERENCE = 100


@dataclass(frozen=True)
class Told:
    """What a customer wrote into the form. `files` are uploads that were made with the form's key."""

    category: str
    text: str
    wanted: str = ""
    reference: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    files: Sequence[int] = ()
    language: str = ""
    site: str = ""


@dataclass(frozen=True)
class Filed:
    """`before`: the form had been sent already. `same`: with the same words, too."""

    complaint: Complaint
    ticket: Ticket
    before: bool = False
    same: bool = True


def uploader(key: str) -> str:
    """Who uploads a file with a form: nobody we know yet, only that form."""
    return f"form:{key}"


def file(change: Change, key: str, told: Told) -> Filed:
    """The matter is brought. Raises Refused with the field that something is wrong with."""
    earlier = change.one(select(Complaint).where(Complaint.client_id == key))
    if earlier is not None:
        ticket = change.take(Ticket, earlier.ticket_id)
        return Filed(earlier, ticket, before=True, same=_first_words(change, earlier) == clean_text(told.text.strip()))
    category = _category(change, told.category)
    if is_blank(told.text):
        raise Refused("Please tell us what happened.", field="text")
    if not (told.email.strip() or told.phone.strip()):
        raise Refused("We need an email address or a phone number to answer you.", field="email")
    customer = new_customer(change, told.name, language=told.language)
    with change.acting_as(customer.actor):
        ticket = _open(change, customer, category, told)
        _claim(change, customer, told, ticket)
        complaint = change.add(
            Complaint(
                ticket_id=ticket.id,
                client_id=key,
                category=category.key,
                wanted=clean_text(told.wanted.strip())[:LONGEST_WANTED],
                reference=one_line(told.reference, LONGEST_REFERENCE),
                site=told.site,
                filed_at=change.now,
            )
        )
        files = list(dict.fromkeys(told.files))
        message = ticket.receive(change, told.text.strip(), client_id=key, name=customer.name, files=len(files))
        attach(change, message, files, by=uploader(key))
        change.record(ComplaintFiled(ticket=ticket.id))
    return Filed(complaint, ticket)


def add_words(change: Change, ticket_id: int, key: str, *, text: str, files: Sequence[int] = ()) -> Message:
    """The customer adds something on their own page. It opens again what was decided."""
    ticket = change.take(Ticket, ticket_id)
    customer = change.take(Customer, ticket.customer_id)
    with change.acting_as(customer.actor):
        files = list(dict.fromkeys(files))
        earlier = change.said(customer.actor, key)
        if earlier is not None:  # the back button, with or without other words: what was sent stands on the page
            return earlier
        message = ticket.receive(change, text.strip(), client_id=key, name=customer.name, files=len(files))
        attach(change, message, files, by=uploader(key))
    return message


def _category(change: Change, key: str) -> ComplaintCategory:
    found = change.find(ComplaintCategory, key) if key else None
    if found is None or not found.active:
        raise Refused("Choose what it is about.", field="category")
    return found


def _open(change: Change, customer: Customer, category: ComplaintCategory, told: Told) -> Ticket:
    about = [category.name(told.language), one_line(told.reference, LONGEST_REFERENCE)]
    return open_ticket(
        change,
        customer,
        channel=Channel.COMPLAINT,
        subject=" · ".join(part for part in about if part),
        category=category.key,
        language=told.language,
        priority=Priority(category.priority),
    )


def _claim(change: Change, customer: Customer, told: Told, ticket: Ticket) -> None:
    """What they say they are reached by; it joins nobody's history."""
    for kind, value in ((IdentifierKind.EMAIL, told.email), (IdentifierKind.PHONE, told.phone)):
        if value.strip():
            customer.add_identifier(change, kind, value, ticket=ticket.id)


def _first_words(change: Change, complaint: Complaint) -> str:
    first = change.one(select(Message).where(Message.ticket_id == complaint.ticket_id, Message.seq == 1))
    if first is None:
        raise NotFound("This does not exist any more.")
    return first.text
