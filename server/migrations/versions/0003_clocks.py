"""Promises about time: policies, clocks, their ledger, and what a ticket knows of them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RUNS = sa.text("due_at is not null and breached_at is null and ended_at is null")
_WARNS = sa.text("warn_at is not null and warned_at is null and breached_at is null and ended_at is null")


def upgrade() -> None:
    _calendars()
    _policies()
    _tickets()
    _clocks()
    _ledger()


def _calendars() -> None:
    due = sa.text("retime_due is not null")
    with op.batch_alter_table("calendar", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("past", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("retime_due", tickets.moment.Moment(), nullable=True))
        batch_op.create_index("ix_calendar_retime", ["retime_due"], sqlite_where=due, postgresql_where=due)


def _policies() -> None:
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=True),
        sa.Column("pause", sa.Boolean(), nullable=False),
        sa.Column("apply_due", tickets.moment.Moment(), nullable=True),
        sa.Column("apply_after", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    due = sa.text("apply_due is not null")
    with op.batch_alter_table("sla_policy", schema=None) as batch_op:
        batch_op.create_index("ix_sla_policy_apply", ["apply_due"], sqlite_where=due, postgresql_where=due)


def _tickets() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sla_due_at", tickets.moment.Moment(), nullable=True))
        batch_op.add_column(sa.Column("sla_warn_at", tickets.moment.Moment(), nullable=True))
        batch_op.add_column(
            sa.Column("sla_metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        for name in ("sla_paused", "sla_warned", "sla_breached"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("sla_policy_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sla_policy_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("sla_applied_at", tickets.moment.Moment(), nullable=True))
        batch_op.add_column(sa.Column("sla_cycle", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("sla_clocks", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_index(
            "ix_ticket_at_risk",
            ["sla_due_at"],
            sqlite_where=sa.text("sla_warned = 1"),
            postgresql_where=sa.text("sla_warned"),
        )
    # Whoever was answered, or whose matter was settled without, awaits no first reply any more.
    op.execute("update ticket set sla_cycle = 1 where first_reply_at is not null or resolved_at is not null")


def _clocks() -> None:
    op.create_table(
        "sla_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", tickets.moment.Moment(), nullable=False),
        sa.Column("target_seconds", sa.Float(), nullable=False),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=True),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("elapsed_seconds", sa.Float(), nullable=False),
        sa.Column("since", tickets.moment.Moment(), nullable=False),
        sa.Column("due_at", tickets.moment.Moment(), nullable=True),
        sa.Column("warn_at", tickets.moment.Moment(), nullable=True),
        sa.Column("warned_at", tickets.moment.Moment(), nullable=True),
        sa.Column("breached_at", tickets.moment.Moment(), nullable=True),
        sa.Column("ended_at", tickets.moment.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "metric", "cycle", name="uq_sla_clock"),
    )
    unended, broken = sa.text("ended_at is null"), sa.text("breached_at is not null")
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.create_index("ix_sla_clock_due", ["due_at"], sqlite_where=_RUNS, postgresql_where=_RUNS)
        batch_op.create_index("ix_sla_clock_warn", ["warn_at"], sqlite_where=_WARNS, postgresql_where=_WARNS)
        batch_op.create_index(
            "ix_sla_clock_calendar", ["calendar_id", "id"], sqlite_where=unended, postgresql_where=unended
        )
        batch_op.create_index("ix_sla_clock_ended", ["ended_at"])
        batch_op.create_index("ix_sla_clock_breached", ["breached_at"], sqlite_where=broken, postgresql_where=broken)


def _ledger() -> None:
    op.create_table(
        "sla_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", tickets.moment.Moment(), nullable=False),
        sa.Column("noted_at", tickets.moment.Moment(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sla_entry", schema=None) as batch_op:
        batch_op.create_index("ix_sla_entry_clock", ["clock_id", "id"])
        batch_op.create_index("ix_sla_entry_ticket", ["ticket_id", "id"])
