"""The words of all tickets, kept where the database finds them quickly: the same answers from either engine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import DDL, Integer, TextClause, column, delete, event, table, text
from sqlmodel import Session, SQLModel

from tickets.plain import listed
from tickets.words import match, sought, words

CREATE_INDEX = "create virtual table if not exists search using fts5(words, ticket_id unindexed, tokenize='unicode61')"
CREATE_TABLE = (
    "create table if not exists search (rowid bigint primary key, ticket_id bigint not null, words tsvector not null)"
)
CREATE_GIN = "create index if not exists search_words on search using gin (words) with (fastupdate = off)"
_LAST_PLACE = 16_383  # PostgreSQL knows no higher place of a word in a text

for _statement, _engine in ((CREATE_INDEX, "sqlite"), (CREATE_TABLE, "postgresql"), (CREATE_GIN, "postgresql")):
    _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
    event.listen(SQLModel.metadata, "after_create", _ddl.execute_if(dialect=_engine))

DELETE = delete(table("search", column("rowid"))).where(listed(column("rowid", Integer)))
INSERT = text("insert into search (rowid, ticket_id, words) values (:id, :ticket, :words)")
_FIND = text("select ticket_id from search where search match :match order by rowid desc limit :most")
_FIND_THERE = text(
    "select ticket_id from search where words @@ cast(:match as tsquery) order by rowid desc limit :most"
)


def stored(session: Session, texts: Iterable[str]) -> str:
    """Texts as the index of this database takes them in."""
    found = [word for one in texts for word in words(one)]
    if not _is_postgres(session):
        return " ".join(found)
    return " ".join(f"'{_bare(word)}':{min(place, _LAST_PLACE)}" for place, word in enumerate(found, start=1))


def asked(session: Session, query: str) -> tuple[TextClause, str]:
    """The statement that finds the tickets with all of `query`, newest entry first, and what it is to match.

    Nothing to match: there is nothing to seek in `query`.
    """
    if not _is_postgres(session):
        return _FIND, match(query)
    parts = ((" <-> ".join(f"'{_bare(word)}'" for word in run.words), run.unfinished) for run in sought(query))
    return _FIND_THERE, " & ".join(f"{part}:*" if unfinished else f"({part})" for part, unfinished in parts)


def _bare(word: str) -> str:
    """Without its accents: FTS5 takes them off by itself."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
