"""What was merged into a ticket is found by that ticket."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_merge_target_id", "merge", ["target_id"])
