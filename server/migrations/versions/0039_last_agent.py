"""A queue may ask first whoever had the customer's last ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_agent_seconds", sa.Float(), nullable=False, server_default="0"))
