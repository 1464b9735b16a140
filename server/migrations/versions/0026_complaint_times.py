"""A complaint knows by when it is acknowledged and answered, who else looks at it, why it happened and what it cost."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("complaint_category", schema=None) as batch_op:
        for days in ("acknowledge_days", "answer_days"):
            batch_op.add_column(sa.Column(days, sa.Integer(), nullable=True))
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        for moment in ("acknowledge_by", "answer_by", "extended_at", "referred_at"):
            batch_op.add_column(sa.Column(moment, Moment(), nullable=True))
        batch_op.add_column(sa.Column("extension_reason", sa.Text(), nullable=False, server_default=""))
        for text in ("regulator", "regulator_reference", "root_cause", "redress_currency"):
            batch_op.add_column(sa.Column(text, words(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("redress_cents", sa.BigInteger(), nullable=True))
