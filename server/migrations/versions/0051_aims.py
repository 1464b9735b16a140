"""A queue says how soon its chats are to be taken; who turned, was reopened or first answered is found by the day."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0049"
branch_labels = None
depends_on = None

_OF_LOG = {"ix_log_turned": "ChannelChanged", "ix_log_reopened": "TicketReopened"}


def upgrade() -> None:
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("soon_seconds", sa.Integer(), nullable=False, server_default="20"))
        batch_op.add_column(sa.Column("soon_percent", sa.Integer(), nullable=False, server_default="80"))
        batch_op.add_column(sa.Column("short_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("sent_on_counts", sa.Boolean(), nullable=False, server_default="0"))
    for name, kind in _OF_LOG.items():
        where = sa.text(f"kind = '{kind}'")
        op.create_index(name, "log", ["at"], unique=False, sqlite_where=where, postgresql_where=where)
    answered = sa.text("first_reply_at is not null")
    op.create_index(
        "ix_ticket_answered", "ticket", ["first_reply_at"], sqlite_where=answered, postgresql_where=answered
    )
