"""What came to an address is found in its order: its page does not look through all of it."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.create_index("ix_raw_mail_mailbox", ["mailbox_id", "received_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_raw_mail_mailbox")
