"""Each opening of the desk begins a stretch of the log of its own, and says where."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Integer(), nullable=False, server_default="0"))
