"""An address means to the desk what it means to PostgreSQL's own programs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from server.config.settings import Database
from server.postgres import address_of, shown

TO_ITS_LIBRARY: dict[str, dict[str, Any]] = {
    "postgresql://ann:pw@db/desk": {"host": "db", "user": "ann", "password": "pw"},
    "postgresql://ann:p@ss@db:5433/desk": {"host": "db", "port": 5433, "user": "ann", "password": "p@ss"},
    "postgresql://ann:p%2Fs%40s%25@db/desk": {"host": "db", "user": "ann", "password": "p/s@s%"},
    "postgresql://ann@one:5432,two:5433/desk": {"host": "one,two", "port": "5432,5433", "user": "ann"},
    "postgresql://ann@one,two/desk?target_session_attrs=read-write": {
        "host": "one,two",
        "port": ",",  # the usual one of each
        "user": "ann",
        "target_session_attrs": "read-write",
    },
    "postgresql://ann@[::1]:5433/desk": {"host": "::1", "port": 5433, "user": "ann"},
    "postgresql://ann@%2Frun%2Fpostgresql/desk": {"host": "/run/postgresql", "user": "ann"},
    "postgresql://ann@%2Frun%2Fpostgresql:5433/desk": {"host": "/run/postgresql", "port": "5433", "user": "ann"},
    "postgresql://ann@/desk?host=/run/postgresql&sslmode=disable": {
        "host": "/run/postgresql",
        "user": "ann",
        "sslmode": "disable",
    },
    "postgresql+psycopg:///desk": {},
}


@pytest.mark.parametrize("url", TO_ITS_LIBRARY)
def test_an_address_is_read_as_the_server_itself_reads_it(url: str) -> None:
    """Several hosts with ports were called malformed, and a password with an @ in it was looked up as a host."""
    assert [] == list(Database(url=url).problems())
    _, given = PGDialect_psycopg().create_connect_args(address_of(url))  # type: ignore[no-untyped-call]
    given.pop("context", None)
    assert {"dbname": "desk", **TO_ITS_LIBRARY[url]} == given


def test_no_password_is_shown_wherever_it_stands() -> None:
    for url in (
        "postgresql://ann:hush@db/desk",
        "postgresql://ann:ha@hush@db/desk",
        "postgresql://ann@db/desk?password=hush&sslpassword=hush&sslmode=require",
    ):
        assert "hush" not in shown(url)
        assert shown(url).startswith("postgresql://ann")


@pytest.mark.parametrize(
    "url", ["postgresql://db", "postgresql:///", "postgresql://a@db:port/x", "postgresql://a:p/s@db/x"]
)
def test_what_is_no_address_is_refused_without_a_word_of_it(url: str) -> None:
    (said,) = Database(url=url).problems()
    assert (
        said == "database.url must be like postgresql://user:password@host/name: a part of it is missing or malformed."
    )
