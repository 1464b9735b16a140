"""Sam's grievance, as he tells it in the form, and the desk's reactions to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from routing.reactions import REACTIONS
from tests.cast import UnitChange, a_change, an_agent
from tickets.change import Change
from tickets.complaints.categories import furnish
from tickets.complaints.complaint import Complaint
from tickets.complaints.filing import Filed, Told, file
from tickets.people import Agent
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.seals import Seals
from tickets.ticket import Ticket

SEALS = Seals(b"k" * 32)
WORDS = Told(
    category="conduct",
    text="Nobody called me back, three times.",
    wanted="An apology",
    reference="5590-221",
    name="Sam Okafor",
    email="sam@mail.example",
    language="en",
)


def a_furnished_change(*, by: str = "system") -> UnitChange:
    change = a_change(by=by, rules=Rules(seals=SEALS))
    furnish(change)
    return change


def sam_complains(change: Change, key: str = "k-1", **other: Any) -> Filed:
    return file(change, key, replace(WORDS, **other))


def a_complaint(**other: Any) -> tuple[Complaint, Ticket, Agent, UnitChange]:
    """Filed and placed, with Ada there to answer it, and everything that led there forgotten."""
    change = a_furnished_change()
    ada = an_agent(change)
    filed = sam_complains(change, **other)
    settle(change)
    change.events.clear()
    change.by = ada.actor
    return filed.complaint, filed.ticket, ada, change


def settle(change: UnitChange) -> None:
    change.settle(Reactions(REACTIONS))
