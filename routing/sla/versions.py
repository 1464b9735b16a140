"""Every version that a policy ever had: what it said, since when, and who wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, col, select

from tickets.change import Change
from tickets.moment import Moment
from tickets.table import AppendOnly


class PolicyVersion(AppendOnly, table=True):
    """`terms` are the policy's columns as this version had them, by name."""

    __tablename__ = "sla_policy_version"
    __table_args__ = (Index("ix_sla_policy_version", "policy_id", "version"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    policy_id: int
    version: int
    by: str
    at: datetime = Field(sa_type=Moment)
    terms: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


def keep(change: Change, policy_id: int, version: int, terms: Mapping[str, Any]) -> None:
    change.append(
        PolicyVersion(
            id=change.new_id(), policy_id=policy_id, version=version, by=change.by, at=change.now, terms=dict(terms)
        )
    )


def versions_of(session: Session, policy_id: int) -> Sequence[PolicyVersion]:
    """The newest first."""
    mine = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)
    return session.exec(mine.order_by(col(PolicyVersion.version).desc())).all()
