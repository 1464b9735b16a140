"""What visitors did besides writing is remembered for a while, so that the same frame again does nothing again."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", tickets.moment.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_act_at", "act", ["at"])
