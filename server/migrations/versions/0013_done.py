"""The list of what is done is read by its index, however long it has become."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_DONE = sa.text("status in ('resolved', 'closed')")


def upgrade() -> None:
    op.create_index("ix_ticket_done", "ticket", ["updated_at"], sqlite_where=_DONE, postgresql_where=_DONE)
