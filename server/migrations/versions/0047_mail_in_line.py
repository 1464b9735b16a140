"""Mail that waits to be read is found in its line, the oldest first, however much of it there is."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_UNREAD = sa.text("state = 'received'")


def upgrade() -> None:
    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_raw_mail_unread")
        batch_op.drop_index("ix_raw_mail_state")
        batch_op.create_index("ix_raw_mail_line", ["state", "received_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_raw_mail_line")
        batch_op.create_index("ix_raw_mail_state", ["state", "id"], unique=False)
        batch_op.create_index(
            "ix_raw_mail_unread", ["received_at"], unique=False, sqlite_where=_UNREAD, postgresql_where=_UNREAD
        )
