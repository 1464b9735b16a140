"""Runs migrations inside the transaction that server.database opened."""

from alembic import context
from sqlmodel import SQLModel

import server.tables  # noqa: F401  (fills the metadata)
from tickets.failpoint import reached

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_server_default=False,
    on_version_apply=lambda **_: reached("migrate.step"),
    include_name=lambda name, kind, _: kind != "table" or not str(name).startswith("search"),
)
context.run_migrations()
