"""All processes of one desk have one key: whoever comes with another while they are at work is not let in.

Each would make a key of its own where they share a database and no folder. Neither would hear the other, the links and
addresses of one would lead nowhere at the other, and limits would be counted twice: all of it without a word.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from sqlalchemy import text

from server.config.settings import is_postgres
from server.database import Database
from tickets.errors import Refused

_OTHERS = text(
    "select count(*) from pg_stat_activity where datname = current_database() "
    "and application_name like 'frontdesk %' and application_name <> current_setting('application_name')"
)


def mark_of(key: bytes) -> str:
    """By which processes of the same key know each other; it tells nothing of the key."""
    return hmac.digest(key, b"process", "sha256")[:6].hex()


def come_in(url: str, key: bytes) -> Callable[[], None]:
    """Raises Refused where others are at work with another key.

    From now on whoever comes with another one is refused because of us, until what is returned is called: by then lines
    of the desk itself must be open under its mark.
    """
    if not is_postgres(url):
        return lambda: None
    database = Database(url, readers=1, mark=mark_of(key))
    with database.reads.connect() as line:  # and stays open in its pool
        others = line.execute(_OTHERS).scalar_one()
    if others:
        database.close()
        raise Refused(
            "Other processes of this desk have another key. Give all of them the same one (secrets.key, or one "
            "file for secrets.kept_in) and one folder for files (files.folder); or stop those first."
        )
    return database.close
