"""What colleagues are told of promises stands on their consoles until they have seen it."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "sla_notice",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", words(), nullable=False),
        sa.Column("metric", words(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sla_notice_agent", "sla_notice", ["agent_id", "id"])
    op.create_index("ix_sla_notice_clock", "sla_notice", ["clock_id"])
