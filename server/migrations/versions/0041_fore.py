"""Whose turn comes among those who wait live: they do, or are to be called instead of that."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_UNHELD = sa.text("status <> 'resolved' and status <> 'closed' and status <> 'spam' and agent_id is null")
_INDEXES = (("ix_ticket_line", "line_at"), ("ix_ticket_line_due", "sla_due_at"))
_TURNED = (
    "update ticket set fore = {true} where live or (to_call and id in (select ticket_id from callback where turned))"
)


def upgrade() -> None:
    for name, _ in _INDEXES:
        op.drop_index(name, "ticket")
    op.add_column("ticket", sa.Column("fore", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_TURNED.format(true="true" if op.get_bind().dialect.name == "postgresql" else "1"))
    for name, by in _INDEXES:
        columns = ["queue_id", "fore", by]
        op.create_index(name, "ticket", columns, sqlite_where=_UNHELD, postgresql_where=_UNHELD)
