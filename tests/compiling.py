"""What was compiled for one desk is at hand for the next: a run opens thousands of them, and each asks the same."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import Dialect

_compiled: dict[Any, Any] = {}


def an_sqlite(url: str, **more: Any) -> Engine:
    """As SQLAlchemy makes one. By its dialect it knows what is compiled already."""
    made = create_engine(url, **more)
    quiet = bool(more.get("hide_parameters"))
    return Engine(
        made.pool, _dialect(), made.url, hide_parameters=quiet, execution_options={"compiled_cache": _compiled}
    )


@cache
def _dialect() -> Dialect:
    """It has met an SQLite, and knows what that can do."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect
