"""What those in line are told of their wait is kept as a promise, so that it can be judged."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_told",
        sa.Column("queue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("queue_id"),
    )
    op.create_table(
        "wait_promise",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("promised_low", sa.Integer(), nullable=False),
        sa.Column("promised_high", sa.Integer(), nullable=False),
        sa.Column("promised_at", Moment(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("risen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("held", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    open_ones = sa.text("ended_at is null")
    op.create_index("ix_wait_promise_ended", "wait_promise", ["ended_at"])
    op.create_index("ix_wait_promise_ticket_id", "wait_promise", ["ticket_id"])
    for name, column, unique in (("uq", "ticket_id", True), ("ix", "queue_id", False)):
        op.create_index(
            f"{name}_wait_promise_open",
            "wait_promise",
            [column],
            unique=unique,
            sqlite_where=open_ones,
            postgresql_where=open_ones,
        )
