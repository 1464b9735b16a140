"""A mailbox has a signature, and words of its own for the first acknowledgement."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        for text in ("signature", "signature_html", "receipt"):
            batch_op.add_column(sa.Column(text, sa.Text(), nullable=False, server_default=""))
