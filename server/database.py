"""Opens the database: one connection that writes, a few that read, and the way from an empty file to today's tables."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from server import postgres, sqlite
from server.config.settings import is_postgres
from tickets.errors import Refused
from tickets.failpoint import reached
from tickets.outage import said_by

MIGRATING_SECONDS = 60
BETWEEN_TRIES = 5  # seconds, in which those who stood in line behind a try are served


class Database:
    """Two engines on one database, one that writes and one that reads.

    SQLite: WAL, synchronous=FULL, exactly one writing connection. PostgreSQL: `writers` of them, and one to take ids.
    """

    def __init__(self, url: str, *, readers: int = 4, writers: int = 3, mark: str = "") -> None:
        self.url = url
        self.is_postgres = is_postgres(url)
        self.folder: Path | None = None  # on whose disk it lies, where that is one of this machine's
        if self.is_postgres:
            self.writes = postgres.writing(url, pool=writers + 1, mark=mark)
            self.reads = postgres.reading(url, pool=readers, mark=mark)
            return
        path = Path(make_url(url).database or "")
        self.folder = path.parent
        _make(self.folder)
        file = sqlite.File(path)
        self.writes = sqlite.engine(file, pool=1, read_only=False)
        self.reads = sqlite.engine(file, pool=readers, read_only=True)

    def close(self) -> None:
        self.reads.dispose()
        self.writes.dispose()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("{folder} cannot be made: {why}.", folder=folder, why=error.strerror or error) from None


def newest_revision() -> str:
    """The revision that this version of the code expects."""
    return max(revisions())


def revisions() -> set[str]:
    """All that this version of the code knows the way from."""
    names = (file.name for file in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*_*.py"))
    return {name.partition("_")[0] for name in names}


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def revision_there(database: Database) -> str | None:
    """Refuses, in a sentence, what is no database of ours, cannot be opened, or forgets what it acknowledged."""
    try:
        with database.reads.connect() as connection:
            if database.is_postgres:
                postgres.check_durable(connection)
            return revision_of(connection)
    except DatabaseError as error:
        raise _unusable(error) from None


def reason(error: DBAPIError) -> str:
    """What the database says about it, for the middle of a sentence."""
    return said_by(error).rstrip(".")


def refuse_unless_writable(database: Database) -> None:
    """That it can be read does not say so: its disk may be there to be read only, a restore may hold it for minutes.

    What is tried changes nothing, and is undone.
    """
    try:
        with database.writes.connect() as connection:
            connection.execute(text("update alembic_version set version_num = version_num"))
            connection.rollback()
    except DatabaseError as error:
        raise _unusable(error) from None


def _unusable(error: DatabaseError) -> Refused:
    if sqlite.waited_too_long(error) or postgres.waited_too_long(error):
        return Refused("Something else is at work in the database, a restore perhaps: try again when that is done.")
    return Refused("The database cannot be used: {why}.", why=reason(error))


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Waits longer than a change would: whoever holds the lock now is migrating too."""
    if connection.dialect.name == "postgresql":
        with connection.begin():
            postgres.wait_to_migrate(connection, MIGRATING_SECONDS)
            yield
    else:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"pragma busy_timeout={MIGRATING_SECONDS * 1000}")
        try:
            with connection.begin():
                yield
        finally:
            driver.execute(f"pragma busy_timeout={sqlite.BUSY_SECONDS * 1000}")


def migrate(database: Database) -> str | None:
    """Bring the tables up to date, all or nothing. Returns the revision it came from, or None where nothing was to do.

    Holds a lock throughout, so that a second process waits, and then finds nothing to do. Whoever reads a table for
    long is not waited for there, where everybody else would have to wait as well: it is tried again for a while.
    """
    revision = revision_there(database)
    if revision == newest_revision():
        return None
    if revision is not None and revision > newest_revision():
        raise Refused(
            "This database was made by a later version of Frontdesk (revision {there}, this one knows {here}).",
            there=revision,
            here=newest_revision(),
        )
    import server.tables  # noqa: F401  (slow to load, and needed inside: not while others wait for the lock)

    until = time.monotonic() + MIGRATING_SECONDS
    while True:
        try:
            return _migrated(database)
        except OperationalError as error:
            if not postgres.waited_too_long(error) or time.monotonic() > until:
                raise Refused(
                    "The database cannot be migrated: {why}. Nothing was changed.", why=reason(error)
                ) from error
        time.sleep(BETWEEN_TRIES)


def _migrated(database: Database) -> str | None:
    with database.writes.connect() as connection, _alone(connection):
        before = revision_of(connection)
        if before == newest_revision():
            return None
        reached("migrate.begun")
        upgrade(connection, "head")
        reached("migrate.done")
    reached("migrate.committed")
    return before or "empty"


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the tables of an empty database, or of an earlier version, to this revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
