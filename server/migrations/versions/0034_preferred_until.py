"""Whom the customer knows is asked first for a time, and then like everybody else."""

import sqlalchemy as sa
from alembic import op

from tickets.moment import Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferred_until", Moment(), nullable=True))
