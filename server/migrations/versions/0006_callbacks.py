"""Requests to be rung, tickets whose customer waits for our call, and the forms that a site offers."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("state != 'done'")
_WAITS = sa.text("state in ('scheduled', 'retry_wait')")
_STANDS = sa.text("leaves_at is not null")


def upgrade() -> None:
    op.create_table(
        "callback",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("site", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("page", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("start", tickets.moment.Moment(), nullable=False),
        sa.Column("end", tickets.moment.Moment(), nullable=False),
        sa.Column("not_before", tickets.moment.Moment(), nullable=False),
        sa.Column("leaves_at", tickets.moment.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", tickets.moment.Moment(), nullable=False),
        sa.Column("tried_at", tickets.moment.Moment(), nullable=True),
        sa.Column("last_try", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
        sa.UniqueConstraint("form_key"),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(
            "uq_callback_open",
            ["queue_id", "phone"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
        batch_op.create_index("ix_callback_due", ["not_before"], sqlite_where=_WAITS, postgresql_where=_WAITS)
        batch_op.create_index("ix_callback_leaves", ["leaves_at"], sqlite_where=_STANDS, postgresql_where=_STANDS)
        batch_op.create_index("ix_callback_phone", ["phone"])
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("to_call", sa.Boolean(), nullable=False, server_default="0"))
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forms", sa.JSON(), nullable=False, server_default="[]"))
