"""A policy lists what is to happen while its promises run out: steps, which each clock carries with it."""

import sqlalchemy as sa
from alembic import op

import tickets.moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_STEPS = sa.text("step_at is not null")


def upgrade() -> None:
    with op.batch_alter_table("sla_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("taken", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("step_at", tickets.moment.Moment(), nullable=True))
        batch_op.create_index("ix_sla_clock_step", ["step_at"], sqlite_where=_STEPS, postgresql_where=_STEPS)
