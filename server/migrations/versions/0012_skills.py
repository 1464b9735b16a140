"""What agents can do and tickets ask for, and what a ticket gives up while it waits."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DUE = sa.text("look_due is not null")


def upgrade() -> None:
    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    _leveled("agent_skill", "agent")
    _leveled("queue_skill", "queue")
    _leveled("ticket_need", "ticket")
    op.create_index("ix_ticket_need_skill", "ticket_need", ["skill_id"])
    op.create_table(
        "relax_step",
        sa.Column("queue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_seconds", sa.Float(), nullable=False),
        sa.Column("drop", sa.JSON(), nullable=False),
        sa.Column("widen_to", sa.Integer(), nullable=True),
        sa.Column("raise_priority", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("queue_id", "number"),
    )
    op.create_table(
        "stay",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("began_at", tickets.moment.Moment(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("look_due", tickets.moment.Moment(), nullable=True),
        sa.Column("preferred_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_index("ix_stay_look_due", "stay", ["look_due"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_table(
        "widening",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "queue_id"),
    )
    op.create_index("ix_widening_queue", "widening", ["queue_id", "ticket_id"])


def _leveled(table: str, whose: str) -> None:
    """Which skill of whose, and how well."""
    op.create_table(
        table,
        sa.Column(f"{whose}_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("skill_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([f"{whose}_id"], [f"{whose}.id"]),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"]),
        sa.PrimaryKeyConstraint(f"{whose}_id", "skill_id"),
    )
