"""Mailboxes elsewhere that are fetched from, and mails that were left there."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "incoming",
        sa.Column("mailbox_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("host", words(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", words(), nullable=False),
        sa.Column("user", words(), nullable=False),
        sa.Column("sign_in", words(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("secret_file", words(), nullable=False),
        sa.Column("token_url", words(), nullable=False),
        sa.Column("client_id", words(), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=False),
        sa.Column("folder", words(), nullable=False),
        sa.Column("afterwards", words(), nullable=False),
        sa.Column("move_to", words(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("holder", words(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("marked", sa.BigInteger(), nullable=False),
        sa.Column("since", Moment(), nullable=True),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("why", words(), nullable=False),
        sa.Column("stuck_uid", sa.BigInteger(), nullable=False),
        sa.Column("stuck_times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("mailbox_id"),
    )
    op.create_table(
        "left_mail",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_left_mail_mailbox_id", "left_mail", ["mailbox_id"])
