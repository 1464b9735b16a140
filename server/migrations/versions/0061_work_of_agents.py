"""What an agent worked over midnight is found among their own work."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_work_span_agent_ended", "work_span", ["agent_id", "ended_at"])
