"""A mailbox has words of its own for each mail that the desk writes by itself; those that acknowledge are kept."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# In which language they were written nobody knows: they went to everybody.
_KEPT = (
    "insert into mail_template (id, mailbox_id, notice, language, subject, text) "
    "select {sign}id, id, 'received', '{language}', '', receipt from mailbox where receipt <> ''"
)


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "mail_template",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("notice", words(), nullable=False),
        sa.Column("language", words(), nullable=False),
        sa.Column("subject", words(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox_id", "notice", "language", name="uq_mail_template_notice"),
    )
    for sign, language in (("", "en"), ("-", "zh")):  # ids of the desk are above zero, each given once
        op.execute(_KEPT.format(sign=sign, language=language))
