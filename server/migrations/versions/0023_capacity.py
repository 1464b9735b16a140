"""Limits of each kind of work, silent chats, wrap-ups, and what becomes of an accepted offer."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SILENT, _WRAPS = sa.text("silent_due is not null"), sa.text("wrap_due is not null")


def upgrade() -> None:
    loads = op.create_table(
        "work_load",
        sa.Column("medium", _text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("interruptible", sa.Boolean(), nullable=False),
        sa.Column("wrap_seconds", sa.Integer(), nullable=False),
        sa.Column("silent_minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("medium"),
    )
    for medium, interruptible, silent in (
        ("chat", False, 10),
        ("callback", False, None),
        ("email", True, None),
        ("ticket", True, None),
    ):
        usual = {"medium": medium, "interruptible": interruptible, "wrap_seconds": 0, "silent_minutes": silent}
        op.execute(loads.insert().values(**usual))
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silent", sa.Boolean(), nullable=False, server_default="0"))
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wrap_seconds", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("raise_after", sa.Integer(), nullable=False, server_default="3"))
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_at", tickets.moment.Moment(), nullable=True))
    _assignments()


def _assignments() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("medium", _text(), nullable=False, server_default="ticket"))
        batch_op.add_column(sa.Column("silent_due", tickets.moment.Moment(), nullable=True))
        batch_op.add_column(sa.Column("wrap_weight", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("wrap_due", tickets.moment.Moment(), nullable=True))
    for name, due in (("silent_due", _SILENT), ("wrap_due", _WRAPS)):
        op.create_index(f"ix_assignment_{name}", "assignment", [name], sqlite_where=due, postgresql_where=due)
    held = "ended_at is null and exists (select 1 from ticket where ticket.id = assignment.ticket_id and {})"
    for medium, which in (
        ("email", "ticket.channel = 'email'"),
        ("callback", "ticket.to_call"),
        ("chat", "ticket.live"),
    ):
        op.execute(f"update assignment set medium = '{medium}' where {held.format(which)}")
    op.execute("update assignment set silent_due = since where ended_at is null and medium = 'chat'")
    op.execute(
        "update offer set state = 'completed', done_at = ended_at where state = 'accepted' and not exists "
        "(select 1 from assignment where assignment.ticket_id = offer.ticket_id "
        "and assignment.agent_id = offer.agent_id and assignment.ended_at is null)"
    )


def _text() -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString()
