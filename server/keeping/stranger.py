"""Whether a database holds a desk of ours, or what somebody else put there: that must not go by mistake."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing

from sqlalchemy import Connection, create_engine, inspect
from sqlmodel import SQLModel

from server.database import newest_revision, revision_of, revisions, upgrade

VERSION = "alembic_version"  # other applications have one as well
MOST_NAMED = 3
_OURS = re.compile(r"\d{4}")
_SIGNS = {"agent", "customer", "ticket", "log"}
_SEARCH = {
    "postgresql": {"search": {"rowid", "ticket_id", "words"}},
    "sqlite": {
        "search": {"words", "ticket_id"},
        "search_config": {"k", "v"},
        "search_content": {"id", "c0", "c1"},
        "search_data": {"id", "block"},
        "search_docsize": {"id", "sz"},
        "search_idx": {"segid", "term", "pgno"},
    },
}

Tables = Mapping[str, Collection[str]]  # the columns of each


def strange(connection: Connection) -> str:
    """What is there and no version of ours up to this one has put there, in words; empty: nothing, or a desk of ours.

    A table of another shape is none of ours, whatever it is called.
    """
    there = _tables(connection)
    if not there:
        return ""
    revision = _revision(connection, there)
    if revision is None:
        return _listed("the tables", there)
    elif revision not in revisions():
        return f"a database at revision {revision!r}, with {_listed('the tables', there.keys() - {VERSION})}"
    else:
        known: Tables = {**_of(revision), **_SEARCH[connection.dialect.name], VERSION: {"version_num"}}
        others = {name for name, columns in there.items() if name not in known or set(columns) != set(known[name])}
        return _listed("tables as no desk has them:", others) if others else ""


def none_of_ours(connection: Connection) -> str:
    """What is there, in words, where that is no desk of any version; else empty."""
    there = _tables(connection)
    revision = _revision(connection, there)
    is_ours = revision is not None and _OURS.fullmatch(revision) and there.keys() >= _SIGNS
    return "" if is_ours or not there else _listed("the tables", there)


def _tables(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    return {
        str(name): {str(column["name"]) for column in columns}
        for (_, name), columns in inspector.get_multi_columns().items()
    }


def _revision(connection: Connection, there: Tables) -> str | None:
    found = revision_of(connection) if "version_num" in there.get(VERSION, ()) else None
    return None if found is None else str(found)


def _of(revision: str) -> Tables:
    """The tables of a desk at this revision, as this version knows them or as its migrations make them."""
    import server.tables  # noqa: F401  (fills the metadata; slow to load)

    if revision == newest_revision():
        return {str(table.name): {str(c.name) for c in table.columns} for table in SQLModel.metadata.sorted_tables}
    engine = create_engine("sqlite://")
    with closing(engine.connect()) as connection, connection.begin():
        upgrade(connection, revision)
        return _tables(connection)


def _listed(what: str, names: Iterable[str]) -> str:
    found = sorted(names)
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"{what} {', '.join(found[:MOST_NAMED])}{more}"
