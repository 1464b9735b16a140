"""A queue calls others to help when many wait, and is full at some point; a stay counts the offers that were refused."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    with op.batch_alter_table("queue", schema=None) as batch_op:
        for name in ("overflow_to", "overflow_at", "most_waiting", "full_to", "escalate_after"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("overflows", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("longest_wait", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("when_full", _TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("full_says", _TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("longest_delay", sa.Float(), nullable=False, server_default="0"))
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused", sa.Integer(), nullable=False, server_default="0"))
