"""The settings of a house that keeps all it has in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.config.config import Config
from server.config.mail_settings import Mail
from server.config.settings import Bus, Database, Files, Secrets, Server
from tests.engine import bus_url, database_url


def settings_in(folder: Path, *, url: str, **sections: Any) -> Config:
    """A desk at `url`. What a story needs besides it names by section: `callbacks=Callbacks(region="DE")`.

    Where it brings a database of its own, it brings the bus too, or has none.
    """
    if "database" not in sections:
        sections = {"database": Database(url=database_url(folder)), "bus": Bus(url=bus_url()), **sections}
    usual = {
        "server": Server(public_url=url),
        "files": Files(folder=str(folder / "files")),
        "mail": Mail(undo_seconds=0),
        "secrets": Secrets(kept_in=str(folder / "secret.key")),
    }
    return Config(**{**usual, **sections})
