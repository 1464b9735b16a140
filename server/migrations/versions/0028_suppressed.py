"""Addresses to which nothing is sent any more."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_STANDS = sa.text("lifted_at is null")


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "suppressed_address",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", words(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("told_by", words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("outgoing_id", sa.Integer(), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", words(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"]),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_suppressed_address",
        "suppressed_address",
        ["address"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
