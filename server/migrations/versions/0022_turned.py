"""A request for a call remembers that its customer waited in a chat before."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turned", sa.Boolean(), nullable=False, server_default=sa.false()))
