"""Whoever's matter is settled can be asked by a letter how it was."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_DUE, _ASKED = sa.text("due_at is not null"), sa.text("asked_at is not null")


def upgrade() -> None:
    op.create_table(
        "survey_terms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("delay_hours", sa.Integer(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "survey",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_index("ix_survey_due", "survey", ["due_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_index("ix_survey_asked", "survey", ["asked_at"], sqlite_where=_ASKED, postgresql_where=_ASKED)
    op.create_index(
        "ix_survey_address", "survey", ["address", "asked_at"], sqlite_where=_ASKED, postgresql_where=_ASKED
    )


def downgrade() -> None:
    op.drop_table("survey")
    op.drop_table("survey_terms")
