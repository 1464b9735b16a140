"""What an admin changed in the settings, in the words of the form."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "setting_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", words(), nullable=False),
        sa.Column("area", words(), nullable=False),
        sa.Column("says", words(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_setting_change_at"), "setting_change", ["at"])
