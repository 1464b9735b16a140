"""Where a visitor stands in line, for how long, and in which other way they may be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from chat.visitor import Visitor
from routing import explained, overflow, told_waits, wait
from routing.callbacks import turning
from routing.wait import Band
from tickets.email.correspondence import Correspondence
from tickets.rules import Rules
from tickets.ticket import Ticket

Frame = dict[str, Any]


def place_frame(place: int, band: Band | None, called: turning.Offering, seal: str, why: str = "") -> Frame:
    """Where in line, for how long and why where that can be said, and whether they are offered to be called instead."""
    told: Frame = {"position": place} | ({"low": band.low, "high": band.high} if band else {})
    told |= {"why": why} if why else {}
    return told | ({"call": seal} if called.to(band) else {})


def place_of(session: Session, ticket_id: int, now: datetime, rules: Rules) -> Frame | None:
    place, ticket = wait.position(session, ticket_id), session.get(Ticket, ticket_id)
    if place is None or ticket is None or ticket.queue_id is None:
        return None
    band = told_waits.told(session, [ticket_id]).get(ticket_id)
    called = turning.offering(session, ticket.queue_id, now, rules)
    why = explained.whys(session, [ticket_id]).get(ticket_id, "")
    return place_frame(place, band, called, turning.seal(rules.seals, ticket_id, now), why)


def later(session: Session, ticket_ids: list[int]) -> dict[int, str]:
    """How those are answered who do not wait in the chat: by a call, or by mail where we have an address.

    "address": whoever came to a line that was full is to be answered by mail, and has told none.
    """
    if not ticket_ids:
        return {}
    mine = select(Correspondence.ticket_id).where(col(Correspondence.ticket_id).in_(ticket_ids))
    away = overflow.turned_away(session, ticket_ids)
    mailed = [*session.exec(mine), *_with_an_address(session, away)]
    called = turning.waits_for_call(session, ticket_ids)
    return dict.fromkeys(away, "address") | dict.fromkeys(mailed, "email") | dict.fromkeys(called, "call")


def _with_an_address(session: Session, ticket_ids: Sequence[int]) -> list[int]:
    """Those whose visitor has told one: what we answer goes there when they are not here."""
    told = select(Visitor.ticket_id).where(col(Visitor.ticket_id).in_(ticket_ids), Visitor.email != "")
    return [one for one in session.exec(told) if one is not None] if ticket_ids else []
