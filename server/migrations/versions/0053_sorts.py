"""Whose turn is next is found sort by sort: a ticket says what it asks of an agent, and lines are indexed by it."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_UNDONE = "status <> 'resolved' and status <> 'closed' and status <> 'spam'"
_WAITS = sa.text(
    f"{_UNDONE} and agent_id is null and snoozed_until is null and (live or status = 'new' or status = 'open')"
)
_SORT = sa.text(
    "(case when live then 'chat' when to_call then 'callback' when channel = 'email' then 'email' else 'ticket' end"
    " || asks)"
)
_INDEXES = (("ix_ticket_line_sort", ["line_at"]), ("ix_ticket_line_sort_due", ["sla_due_at", "line_at"]))


def upgrade() -> None:
    op.add_column("ticket", sa.Column("asks", sa.String(), nullable=False, server_default=""))
    _tell_what_they_ask()
    op.create_index("ix_refusal_queue", "refusal", ["queue_id"])
    op.drop_index("ix_ticket_line_due", "ticket")
    for name, by in _INDEXES:
        op.create_index(name, "ticket", ["queue_id", "fore", _SORT, *by], sqlite_where=_WAITS, postgresql_where=_WAITS)


def _tell_what_they_ask() -> None:
    """As routing.sorts writes it: skills with their levels, then the queues that help."""
    connection = op.get_bind()
    asked = defaultdict[int, list[str]](list)
    for ticket, skill, level in connection.execute(
        sa.text("select ticket_id, skill_id, level from ticket_need order by skill_id")
    ):
        asked[ticket].append(f" {skill}:{level}")
    for ticket, queue in connection.execute(sa.text("select ticket_id, queue_id from widening order by queue_id")):
        asked[ticket].append(f" +{queue}")
    for ticket, words in asked.items():
        told = {"asks": "".join(words), "ticket": ticket}
        connection.execute(sa.text("update ticket set asks = :asks where id = :ticket"), told)
