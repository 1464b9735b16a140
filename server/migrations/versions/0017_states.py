"""Agents have more states to choose from, the desk's own among them; how long they were in which is written down."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import tickets.moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at is null")
_MEDIA = ("chat", "callback", "email", "ticket")


def upgrade() -> None:
    op.create_table(
        "agent_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, _text(), nullable=False) for name in ("name", "glyph", "colour")),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("asks_reason", sa.Boolean(), nullable=False),
        *(sa.Column(f"takes_{medium}", _text(), nullable=False) for medium in _MEDIA),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("set_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("next_state", _text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("next_reason", _text(), nullable=False, server_default=""))
        for medium in _MEDIA:
            batch_op.add_column(sa.Column(f"takes_{medium}", _text(), nullable=False, server_default="transfers"))
        batch_op.create_foreign_key("fk_presence_state_id_agent_state", "agent_state", ["state_id"], ["id"])
    taken = ", ".join(f"takes_{medium} = 'new'" for medium in _MEDIA)
    op.execute(f"update presence set {taken} where intent = 'available'")
    for reason in ("break", "lunch", "meeting", "training"):  # these were reasons to be away
        op.execute(
            f"update presence set intent = '{reason}', reason = '' where intent = 'away' and reason = '{reason}'"
        )
    op.create_table(
        "presence_span",
        sa.Column("agent_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", tickets.moment.Moment(), nullable=False),
        sa.Column("ended_at", tickets.moment.Moment(), nullable=True),
        sa.Column("intent", _text(), nullable=False),
        sa.Column("state_id", sa.Integer(), nullable=True),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("by", _text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.PrimaryKeyConstraint("agent_id", "began_at"),
    )
    op.create_index(
        "uq_presence_span_open", "presence_span", ["agent_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_presence_span_ended", "presence_span", ["ended_at"])
    op.execute(
        "insert into presence_span (agent_id, began_at, intent, reason, connected, by) "
        "select agent_id, since, intent, reason, connected, 'system' from presence"
    )


def _text() -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString()
