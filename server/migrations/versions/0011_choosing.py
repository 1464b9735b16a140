"""A queue says which of its members is asked first, and remembers whose turn it is."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="longest_idle")
        )
    with op.batch_alter_table("queue_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_at", Moment(), nullable=True))
