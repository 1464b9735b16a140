"""Entitlements have rows of their own; what tiers, customers and policies named until now is taken over by its name."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_IDS = (
    "insert into id_block (name, next) values ('id', 1 + :n) "
    "on conflict (name) do update set next = id_block.next + :n returning next"
)


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    entitlement = op.create_table(
        "entitlement",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", words(), nullable=False),
        sa.Column("name", words(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("priority", words(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lane_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("name"),
    )
    entitled = op.create_table(
        "entitled",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    names = _named()
    if names:
        first = op.get_bind().execute(sa.text(_IDS), {"n": len(names)}).scalar_one() - len(names)
        rows = [
            {"id": first + n, "key": name, "name": name, "position": n + 1, "priority": ""}
            for n, name in enumerate(names)
        ]
        op.bulk_insert(entitlement, rows)
    held = [{"customer_id": id, "rights": dict.fromkeys(names, until)} for id, until, names in _customers()]
    if held:
        op.bulk_insert(entitled, held)


def _named() -> list[str]:
    """Each once, in the order of the alphabet."""
    found = {name for table in ("tier", "tier_member", "sla_policy") for name in _told(f"select rights from {table}")}
    for (terms,) in op.get_bind().execute(sa.text("select terms from sla_policy_version")):
        kept = _read(terms)
        found |= set(kept.get("rights", ())) if isinstance(kept, dict) else set()
    return sorted(found)


def _told(query: str) -> list[str]:
    return [name for (rights,) in op.get_bind().execute(sa.text(query)) for name in _read(rights)]


def _customers() -> list[tuple[int, int | None, list[str]]]:
    """Who had something besides their tier, as long as that."""
    found = op.get_bind().execute(sa.text("select customer_id, until, rights from tier_member order by customer_id"))
    return [(id, until, names) for id, until, rights in found if (names := _read(rights))]


def _read(kept: Any) -> Any:
    """One database gives JSON as it is written, another one as it is meant."""
    return json.loads(kept) if isinstance(kept, str) else kept
