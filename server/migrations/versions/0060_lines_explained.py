"""Why tickets wait is written once for each sort of a line; what was written for each ticket stays where it is."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_look",
        sa.Column("line", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("sort", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"]),
        sa.PrimaryKeyConstraint("line"),
    )
    op.create_index("ix_line_look_queue", "line_look", ["queue_id"])
