"""What each agent could lay aside for a talk is kept beside what they hold; the index of what agents hold is no more
than that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_HELD = (
    "update capacity set {column} = coalesce((select sum(weight) from assignment where ended_at is null "
    "and medium = '{medium}' and assignment.agent_id = capacity.agent_id), 0)"
)
# Without those that nobody holds: SQLite took them for as few as one agent holds, and sorted a whole line for its head.
_HELD_TICKETS = sa.text("status in ('new', 'open', 'pending', 'on_hold') and agent_id is not null")


def upgrade() -> None:
    op.drop_index("ix_ticket_agent_open", "ticket")
    columns, held = ["agent_id", "waiting_since"], _HELD_TICKETS
    op.create_index("ix_ticket_agent_open", "ticket", columns, sqlite_where=held, postgresql_where=held)
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        for column in ("emails", "tickets"):
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    for column, medium in (("emails", "email"), ("tickets", "ticket")):
        op.execute(_HELD.format(column=column, medium=medium))
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.create_check_constraint(
            "ck_capacity_held", "emails >= 0 and tickets >= 0 and emails + tickets <= used"
        )
