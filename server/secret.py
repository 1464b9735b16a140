"""The key that signs this desk's tokens: the one its operator gave, else one made once and kept."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from server.config.config import ConfigError
from server.config.settings import Secrets


def secret_key(settings: Secrets) -> bytes:
    """At least 32 bytes. Makes the key and its file on the first call of a new desk.

    Raises ConfigError if the file cannot be read or written, or holds no key.
    """
    kept = Path(settings.kept_in)
    try:
        return settings.key.encode() or _kept(kept) or _made(kept)
    except OSError as error:
        raise ConfigError([f"The key in {kept} cannot be read or made: {error.strerror}."]) from error


def _kept(file: Path) -> bytes:
    key = file.read_bytes().strip() if file.exists() else b""
    if file.exists() and len(key) < 32:
        raise ConfigError([f"{file} holds no key of at least 32 characters: remove it to have a new one made."])
    return key


def _made(file: Path) -> bytes:
    """Two processes that start at once end up with one key: whoever links first wins, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48) + "\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return _kept(file)
