"""Lines are ordered by one moment, which holds a ticket's age and urgency, or by what is due first; an index has both."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from tickets.moment import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_UNHELD = sa.text("status in ('new', 'open', 'pending', 'on_hold') and agent_id is null")
_STANDING = (
    "update ticket set line_at = queued_at - case priority"
    " when 'urgent' then 86400000000 when 'high' then 14400000000 when 'low' then -14400000000 else 0 end"
    " where status in ('new', 'open', 'pending', 'on_hold')"
)


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("line_at", Moment(), nullable=False, server_default="0"))
    op.execute(_STANDING)
    op.drop_index("ix_ticket_line", "ticket")
    for name, moment in (("ix_ticket_line", "line_at"), ("ix_ticket_line_due", "sla_due_at")):
        columns = ["queue_id", "live", moment]
        op.create_index(name, "ticket", columns, sqlite_where=_UNHELD, postgresql_where=_UNHELD)
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("turn", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="urgency")
        )
    with op.batch_alter_table("queue_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delay_seconds", sa.Float(), nullable=False, server_default="0"))
