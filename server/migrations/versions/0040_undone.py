"""The indexes of tickets that are not done say so in words that cost SQLite next to nothing, whenever one is written;
that of clocks that ended holds those alone, and the ledger of promises is asked by clock only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_UNDONE = "status <> 'resolved' and status <> 'closed' and status <> 'spam'"
_INDEXES = (
    ("ticket", "ix_ticket_queue_open", ["queue_id", "waiting_since"], _UNDONE),
    ("ticket", "ix_ticket_agent_open", ["agent_id", "waiting_since"], f"{_UNDONE} and agent_id is not null"),
    ("ticket", "ix_ticket_line", ["queue_id", "live", "line_at"], f"{_UNDONE} and agent_id is null"),
    ("ticket", "ix_ticket_line_due", ["queue_id", "live", "sla_due_at"], f"{_UNDONE} and agent_id is null"),
    ("sla_clock", "ix_sla_clock_ended", ["ended_at"], "ended_at is not null"),
)


def upgrade() -> None:
    for table, name, columns, rows in _INDEXES:
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))
    op.drop_index("ix_sla_entry_ticket", "sla_entry")
