"""The names that a file of policies may use, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from chat.site import Site
from routing.entitlements import entitlements
from routing.hours import Calendar
from routing.queues import Queue
from routing.sla.policy import policies
from routing.tiers import Tier
from tickets.complaints.categories import categories
from tickets.people import Agent


@dataclass(frozen=True)
class Known:
    queues: Mapping[str, int]
    tiers: Mapping[str, int]
    hours: Mapping[str, int]
    entitlements: Mapping[str, str]  # their keys
    agents: Mapping[str, int] = field(default_factory=dict)  # by their addresses
    categories: Mapping[str, str] = field(default_factory=dict)  # and of topics: themselves, by their keys

    @classmethod
    def of(cls, session: Session) -> Known:
        return cls(
            queues=dict(session.exec(select(Queue.name, Queue.id).order_by(col(Queue.id))).all()),
            tiers=dict(session.exec(select(Tier.name, Tier.id).order_by(col(Tier.id))).all()),
            hours=dict(session.exec(select(Calendar.name, Calendar.id).order_by(col(Calendar.id))).all()),
            entitlements={one.name: one.key for one in entitlements(session)},
            agents=dict(session.exec(select(Agent.email, Agent.id).order_by(col(Agent.id))).all()),
            categories={key: key for key in _categories(session)},
        )


def _categories(session: Session) -> list[str]:
    """What a chat's topic or a complaint's category can be, and what a policy was for already."""
    topics = [topic["key"] for topics in session.exec(select(Site.topics).order_by(col(Site.id))) for topic in topics]
    kept = [key for policy in policies(session) for key in policy.categories]
    return [*topics, *(one.key for one in categories(session, all=True)), *kept]
