"""More can be promised: each metric pauses as its policy says, queues promise one another, and versions are kept."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sla_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("internal", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("pauses", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("fresh_after_days", sa.Integer(), nullable=True))
    op.execute("""update sla_policy set pauses = '{"resolution": ["pending"]}' where pause""")
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue_id", sa.Integer(), nullable=True))
    op.create_table(
        "sla_policy_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", tickets.moment.Moment(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sla_policy_version", "sla_policy_version", ["policy_id", "version"])
