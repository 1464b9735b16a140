"""An assignment knows by which offer it came, so that each offer comes to its own end."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offer_id", sa.Integer(), nullable=True))
    op.create_index("ix_assignment_offer", "assignment", ["offer_id"])
    op.execute(
        "update assignment set offer_id = (select max(offer.id) from offer where offer.ticket_id = assignment.ticket_id "
        "and offer.agent_id = assignment.agent_id and offer.state in ('accepted', 'wrapping')) "
        "where ended_at is null or wrap_due is not null"
    )
