"""How long work weighed on its agent is written down; and tickets that were moved are found by when."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

_MOVED = sa.text("kind = 'TicketMoved'")


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        for name in ("asks", "wraps"):
            batch_op.add_column(sa.Column(name, words(), nullable=False, server_default=""))
        for name in ("asks_since", "wrap_since"):
            batch_op.add_column(sa.Column(name, Moment(), nullable=True))
    op.execute("update assignment set asks = medium, asks_since = since where ended_at is null and weight > 0")
    op.execute(
        "update assignment set wraps = 'chat', wrap_since = coalesce(talk_ended_at, ended_at, since) "
        "where wrap_due is not null"
    )
    op.create_table(
        "work_span",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("medium", words(), nullable=False),
        sa.Column("wraps", sa.Boolean(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_span_ended", "work_span", ["ended_at"])
    op.create_index("ix_log_moved", "log", ["at"], sqlite_where=_MOVED, postgresql_where=_MOVED)
