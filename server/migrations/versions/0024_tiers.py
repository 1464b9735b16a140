"""Customers have tiers, which policies can be for, and policies can be published."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tier",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("priority", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "tier_member",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("until", tickets.moment.Moment(), nullable=True),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_index("ix_tier_member_tier", "tier_member", ["tier_id"])
    with op.batch_alter_table("sla_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tiers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("rights", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default="0"))
