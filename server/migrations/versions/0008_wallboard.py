"""What the wallboard counts can be found by its time or by its state."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LEFT = sa.text("kind = 'LiveEnded'")
_UNDECIDED = sa.text("decided_at is null")


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_resolved", ["resolved_at"], unique=False)

    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.create_index("ix_log_left", ["at"], unique=False, sqlite_where=_LEFT, postgresql_where=_LEFT)

    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_at", ["at"], unique=False)

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(
            "ix_complaint_undecided",
            ["ticket_id"],
            unique=False,
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        )
