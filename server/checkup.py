"""What `frontdesk check` says: what these settings will do, and what stands in their way."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from server.bus.redis_url import RedisAddress
from server.config.config import Config
from server.config.mail_settings import Mail
from server.config.settings import Bus, Database, Files, Secrets, Server
from server.sqlite import orphan
from tickets.errors import Refused


@dataclass(frozen=True)
class Finding:
    """One line of the check: about what, what is so, and whether the desk can start with it."""

    about: str
    sentence: str
    good: bool = True


def findings(config: Config) -> Iterator[Finding]:
    """Looks without changing anything: nothing is made, migrated or opened for writing."""
    yield Finding(
        "Settings", f"read from {config.source}" if config.source else "all as they come, no config.toml here"
    )
    yield Finding("Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    yield from _address(config.server)
    yield _database(config.database)
    yield _bus(config.bus, config.database)
    yield _files(config.files)
    yield _relay(config.mail)
    yield from _signing(config.mail)
    yield _listener(config.mail)
    yield _secret(config.secrets)


def _address(server: Server) -> Iterator[Finding]:
    yield Finding("Address", f"listens on {server.host}, port {server.port or 'of its own choice'}")
    yield Finding("Known as", f"{server.base_url}, and takes requests for {', '.join(server.hosts)}")
    if server.host in ("0.0.0.0", "::") and not server.public_url:
        yield Finding("Note", "server.public_url is empty: other machines can reach the port, but are turned away")


def _database(database: Database) -> Finding:
    if database.is_postgres:
        return _postgres(database)
    path = database.path
    if journal := orphan(path):
        return Finding("Database", f"{path} is not there, and its last changes are in {journal}", good=False)
    if not path.exists():
        problem = unwritable(path.parent)
        return Finding(
            "Database", problem or f"{path} does not exist yet; it will be made at the first start", not problem
        )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
            rows = (
                connection.execute("select version_num from alembic_version").fetchall()
                if "alembic_version" in tables
                else []
            )
    except sqlite3.Error as error:
        return Finding("Database", f"{path} cannot be opened: {error}", good=False)
    return _migrated(path, is_empty=not tables, revision=rows[0][0] if rows else None)


def _postgres(database: Database) -> Finding:
    from server.database import Database as Opened
    from server.database import newest_revision, revision_there
    from server.postgres import shown

    name = shown(database.url)
    with closing(Opened(database.url, readers=1)) as opened:
        try:
            revision = revision_there(opened)
        except Refused as refusal:
            return Finding("Database", str(refusal), good=False)
    if revision is None:
        return Finding("Database", f"{name} is empty; its tables will be made at the first start")
    elif revision > newest_revision():
        return Finding("Database", f"{name} was made by a later version of Frontdesk than this one", good=False)
    elif revision < newest_revision():
        return Finding("Database", f"{name} is from an earlier version; it will be migrated at the next start")
    else:
        return Finding("Database", f"{name} is there and up to date")


def _migrated(path: Path, *, is_empty: bool, revision: str | None) -> Finding:
    from server.database import newest_revision

    if is_empty:
        return Finding("Database", f"{path} is empty; its tables will be made at the first start")
    elif revision is None:
        return Finding("Database", f"{path} holds tables that are not Frontdesk's", good=False)
    elif revision > newest_revision():
        return Finding("Database", f"{path} was made by a later version of Frontdesk than this one", good=False)
    elif not os.access(path, os.W_OK):
        return Finding("Database", f"{path} cannot be written to", good=False)
    elif revision < newest_revision():
        return Finding("Database", f"{path} is from an earlier version; it will be migrated at the next start")
    else:
        return Finding("Database", f"{path} is there and up to date")


def _bus(bus: Bus, database: Database) -> Finding:
    if not bus.url and not database.is_postgres:
        return Finding("Bus", "in this process; nothing else is needed")
    if not bus.url:
        return Finding("Bus", "in this process; several would look once a second at what the others did")
    return Finding("Bus", f"joins several processes at {RedisAddress.parse(bus.url).bare}")


def _files(files: Files) -> Finding:
    folder = Path(files.folder)
    problem = unwritable(folder)
    will = "is there" if folder.exists() else "will be made"
    return Finding("Files", problem or f"{folder} {will}; files up to {files.largest_mb} MB are taken", not problem)


def _relay(mail: Mail) -> Finding:
    if not mail.relay_host:
        return Finding("Mail out", "mail.relay_host is empty: what is to be sent waits in the outbox")
    signed_in = f", signed in as {mail.relay_user}" if mail.relay_user else ""
    protected = {"none": "without protection", "tls": "with TLS", "starttls": "with STARTTLS"}[mail.relay_security]
    return Finding("Mail out", f"goes to {mail.relay_host}, port {mail.relay_port}, {protected}{signed_in}")


def _signing(mail: Mail) -> Iterator[Finding]:
    """The record that has to stand in the DNS, to be copied from here."""
    from server.mail.signing import signer_of

    try:
        signer = signer_of(mail)
    except Refused as refusal:
        yield Finding("DKIM", str(refusal), good=False)
    else:
        if signer is not None:
            name, text = signer.record
            yield Finding("DKIM", f"mail from {signer.domain} is signed; the DNS must say: {name} TXT {text}")


def _listener(mail: Mail) -> Finding:
    doors = [(mail.listen_host, mail.listen_port, ""), (mail.lmtp_host, mail.lmtp_port, " by LMTP")]
    open_at = [f"on {host}, port {port}{how}" for host, port, how in doors if port]
    if not open_at:
        return Finding("Mail in", "mail.listen_port is 0: nobody can bring mail; mailboxes may be fetched from")
    for file in filter(None, (mail.listen_certificate, mail.listen_key)):
        if not os.access(file, os.R_OK):
            return Finding("Mail in", f"{file} cannot be read", good=False)
    return Finding("Mail in", f"is taken {' and '.join(open_at)}, up to {mail.largest_mb} MB each")


def _secret(secret: Secrets) -> Finding:
    kept = Path(secret.kept_in)
    if secret.key:
        return Finding("Secret", "given by the settings")
    elif not kept.exists():
        problem = unwritable(kept.parent)
        return Finding("Secret", problem or f"will be made and kept in {kept}", not problem)
    elif not os.access(kept, os.R_OK):
        return Finding("Secret", f"{kept} cannot be read", good=False)
    elif kept.stat().st_mode & 0o077:
        return Finding("Secret", f"{kept} can be read by others on this machine: chmod 600 {kept}", good=False)
    else:
        return Finding("Secret", f"kept in {kept}")


def unwritable(folder: Path) -> str:
    """Why nothing can be put into a folder, which may be one that is yet to be made; nothing if it can."""
    nearest = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    if not nearest.is_dir():
        return f"{nearest} is in the way: it is not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        return f"nothing can be written in {nearest}"
    else:
        return ""
