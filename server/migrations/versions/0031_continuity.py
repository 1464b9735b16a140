"""What a visitor who left has not read is mailed after them, several answers in one mail."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "continuity",
        sa.Column("ticket_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("visitor_id", sa.Integer(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("mailed_at", Moment(), nullable=True),
        sa.Column("mailed_seq", sa.Integer(), nullable=False),
        sa.Column("mail_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitor.id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    due = sa.text("due_at is not null")
    op.create_index("ix_continuity_due", "continuity", ["due_at"], sqlite_where=due, postgresql_where=due)
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carries", sa.JSON(), nullable=False, server_default="[]"))
