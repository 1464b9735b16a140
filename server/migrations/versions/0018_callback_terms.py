"""A request for a call keeps who owns it, when it was dialled and how long it took; a queue says what it promises."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TERMS = (
    "offer_above_minutes",
    "closing_minutes",
    "per_window",
    "most_waiting",
    "tries",
    "no_answer_minutes",
    "busy_minutes",
    "failed_minutes",
    "owner_minutes",
    "expire_hours",
)


def upgrade() -> None:
    op.create_table(
        "callback_terms",
        sa.Column("queue_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in TERMS),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("queue_id"),
    )
    expires = sa.text("expires_at is not null")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        for moment in ("dialling_at", "dialled_at", "owner_until", "expires_at", "off_since", "ended_at"):
            batch_op.add_column(sa.Column(moment, Moment(), nullable=True))
        for number in ("owner_id", "gross_seconds", "net_seconds"):
            batch_op.add_column(sa.Column(number, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("off_seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.create_index("ix_callback_expires", ["expires_at"], sqlite_where=expires, postgresql_where=expires)
        batch_op.create_index("ix_callback_dialled", ["dialled_at"])
        batch_op.create_index("ix_callback_ended", ["ended_at"])
    two_days = 48 * 3600 * 1_000_000  # moments are microseconds
    op.execute(sa.text(f"""update callback set expires_at = "end" + {two_days} where state != 'done'"""))
