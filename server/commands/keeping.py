"""What a desk holds is brought up to date, written down, put back, or carried elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.commands.words import Commands, add

SOMETHING_DAMAGED = 3  # the work is done; whoever watches the timer sees that somebody has to look


def keeping(commands: Commands) -> None:
    add(commands, "migrate", _migrate, "bring the database up to this version")
    keep = add(commands, "backup", _backup, "write down all that the desk holds, while it goes on working")
    keep.add_argument("where", type=Path, metavar="FILE-OR-FOLDER", help="the archive to make, or a folder for it")
    keep.add_argument("--with-key", action="store_true", help="put the secret key into it; without it, keep that apart")
    back = add(commands, "restore", _restore, "make the desk of a backup the desk of these settings")
    back.add_argument("archive", type=Path, metavar="FILE")
    back.add_argument("--replace", action="store_true", help="although there is a desk already, which will be gone")
    back.add_argument("--check", action="store_true", help="only read the backup, and say whether it is whole")
    move = add(commands, "copy", _copy, "copy the desk into another database")
    move.add_argument("--to", required=True, metavar="URL", help="the other database, for example postgresql://...")
    move.add_argument("--while-running", action="store_true", help="as a rehearsal: without what happens meanwhile")


def _migrate(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.database import Database, migrate
    from server.postgres import shown

    config = Config.load(told.config)
    database = Database(config.database.url)
    try:
        came_from = migrate(database)
    finally:
        database.close()
    name = shown(database.url) if database.is_postgres else config.database.path
    print(f"{name} {'is up to date now' if came_from else 'was up to date already'}.")
    return 0


def _backup(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.archive import reading
    from server.keeping.backup import backup

    made = backup(Config.load(told.config), told.where, with_key=told.with_key, tell=print)
    print(f"The desk is in {made} now.")
    key = "is in it: whoever has this file can sign as the desk" if told.with_key else "is not in it: keep it elsewhere"
    print(f"The secret key {key}.")
    with reading(made) as archive:
        return SOMETHING_DAMAGED if archive.manifest.damaged or archive.manifest.gone else 0


def _restore(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.restore import check, restore

    if told.check:
        manifest = check(told.archive, tell=print)
        print(f"{told.archive} is whole: the desk as it was at {manifest.at}.")
        return 0
    manifest = restore(Config.load(told.config), told.archive, replace=told.replace, tell=print)
    print(f"The desk is as it was at {manifest.at}. Everybody signs in again.")
    if not manifest.with_key:
        print("The backup holds no secret key: put the desk's own where it was, or links in earlier mails are void.")
    return 0


def _copy(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.copying import copy

    done = copy(Config.load(told.config), told.to, while_running=told.while_running, tell=print)
    rows = sum(tally.rows for tally in done.values())
    print(f"All {rows} rows of {len(done)} tables are there, as they were. Set database.url to the new address now.")
    return 0
