"""How SQLite means to find what is asked: by an index, or by looking at everything."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlmodel import Session


def plans_of(session: Session) -> list[str]:
    """The steps of all that is asked from here on, as SQLite names them: SEARCH by an index, SCAN of a whole table."""
    plans: list[str] = []

    def explain(connection: Any, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        rows = connection.connection.driver_connection.execute(f"explain query plan {statement}", parameters)
        plans.extend(row[3] for row in rows)

    event.listen(session.get_bind(), "before_cursor_execute", explain)
    return plans
