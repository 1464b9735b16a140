"""Whether the matter of a ticket was settled since our last word. Of older ones it may have been: they are asked once."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("sla_settled", sa.Boolean(), nullable=False, server_default=sa.true()))
