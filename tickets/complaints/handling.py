"""What becomes of a complaint besides its answer: more time, a regulator, its cause, and what the customer got."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from tickets import by_hand, former
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintExamined, ComplaintExtended, ComplaintReferred
from tickets.errors import Conflict, Refused
from tickets.text import clean_text, is_blank, one_line

LONGEST_NAME = 100  # characters: a regulator, its reference, a currency
LONGEST_CAUSE = 200
LONGEST_EXTENSION = timedelta(days=365)
MOST_CENTS = 10**12
_AMOUNT = re.compile(r"\d{1,12}\.?\d{0,6}|\.\d{1,6}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def extend(change: Change, ticket_id: int, *, until: datetime, reason: str, client_id: str) -> Complaint:
    """The final answer takes longer; the letter that says why goes to the customer. A `client_id` does it once."""
    complaint = change.take(Complaint, ticket_id)
    if change.said(change.by, client_id) is not None:
        return complaint
    if complaint.decided:
        raise Conflict("This complaint is already decided.")
    least = max(change.now, complaint.answer_by or change.now)
    if not least < until <= change.now + LONGEST_EXTENSION:
        raise Refused("Choose a day after the one that was promised, within a year.", field="until")
    if is_blank(reason):
        raise Refused("Tell the customer why it takes longer.", field="reason")
    change.record(ComplaintExtended(ticket=ticket_id, until=until))  # before its letter: promises are as they were yet
    by_hand.reply(change, ticket_id, text=reason.strip(), client_id=client_id)
    former.keep(change, Complaint, ticket_id, answer_by=complaint.answer_by)
    complaint.answer_by, complaint.extended_at = until, change.now
    complaint.extension_reason = clean_text(reason.strip())
    return complaint


def refer(change: Change, ticket_id: int, *, regulator: str, reference: str = "") -> Complaint:
    """It is before a regulator now, whoever brought it there."""
    complaint = change.take(Complaint, ticket_id)
    regulator, reference = one_line(regulator, LONGEST_NAME), one_line(reference, LONGEST_NAME)
    if not regulator:
        raise Refused("Name the regulator.", field="regulator")
    if (regulator, reference) != (complaint.regulator, complaint.regulator_reference):
        complaint.regulator, complaint.regulator_reference = regulator, reference
        complaint.referred_at = complaint.referred_at or change.now
        change.record(ComplaintReferred(ticket=ticket_id, regulator=regulator))
    return complaint


def examine(change: Change, ticket_id: int, *, root_cause: str, redress: str = "", currency: str = "") -> Complaint:
    """Why it happened, and what the customer got: `redress` as people write it, "12.50"; empty for nothing."""
    complaint = change.take(Complaint, ticket_id)
    cents, currency = _cents(redress), currency.strip().upper()
    if cents is not None and not _CURRENCY.fullmatch(currency):
        raise Refused("Name the currency in three letters, like EUR.", field="currency")
    found = (one_line(root_cause, LONGEST_CAUSE), cents, currency if cents is not None else "")
    if found != (complaint.root_cause, complaint.redress_cents, complaint.redress_currency):
        complaint.root_cause, complaint.redress_cents, complaint.redress_currency = found
        change.record(ComplaintExamined(ticket=ticket_id))
    return complaint


def amount(complaint: Complaint) -> str:
    """12.50 EUR; empty where the customer got nothing."""
    if complaint.redress_cents is None:
        return ""
    return f"{complaint.redress_cents // 100}.{complaint.redress_cents % 100:02} {complaint.redress_currency}"


def _cents(text: str) -> int | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    cents = Decimal(text) * 100 if _AMOUNT.fullmatch(text) else Decimal(-1)
    if not (cents == cents.to_integral_value() and 0 <= cents <= MOST_CENTS):
        raise Refused("Write an amount like 12.50.", field="redress")
    return int(cents)
