"""Passwords: which ones we take, and how they are kept so that a stolen database tells nobody what they were."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server.auth.common import COMMON
from tickets.errors import Refused

SHORTEST = 10  # characters
LONGEST = 1024  # bytes; checked before anything is computed from them


@dataclass(frozen=True)
class Cost:
    """What one guess costs: OWASP's second choice for Argon2id, about 20 ms here. Tests take a smaller one."""

    memory: int = 19 * 1024  # KiB
    passes: int = 2
    lanes: int = 1


@dataclass(frozen=True)
class Checked:
    """Whether a password was right, and the hash to keep from now on where the cost has changed since."""

    good: bool
    renewed: str | None = None


class Passwords:
    """Hashes and checks on threads, a few at a time: each takes its whole memory and a core while it runs."""

    def __init__(self, cost: Cost | None = None, *, at_once: int = 2) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)
        self._nobodys = self._hasher.hash(secrets.token_hex(16))
        self._turn = asyncio.Semaphore(at_once)

    async def hashed(self, password: str) -> str:
        """What is stored. The caller has asked `good_enough` before."""
        async with self._turn:
            return await asyncio.to_thread(lambda: self._hasher.hash(_same(password)))

    async def check(self, kept: str, password: str) -> Checked:
        """Whether `password` is the one behind `kept`. An empty `kept` takes as long to say no as a real one."""
        if not _short_enough(password):
            return Checked(good=False)
        async with self._turn:
            return await asyncio.to_thread(self._check, kept, _same(password))

    def _check(self, kept: str, password: bytes) -> Checked:
        try:
            self._hasher.verify(kept or self._nobodys, password)
        except (Argon2Error, InvalidHashError):
            return Checked(good=False)
        if not kept:
            return Checked(good=False)
        renew = self._hasher.check_needs_rehash(kept)
        return Checked(good=True, renewed=self._hasher.hash(password) if renew else None)


def good_enough(password: str, *, person: tuple[str, ...] = (), field: str = "password") -> None:
    """Refuse a password that is too short, too long or among the first that anybody tries.

    `person` holds the owner's name and address: a password that is one of them is known to everyone.
    """
    if len(password) < SHORTEST:
        raise Refused("Use at least {n} characters.", field=field, n=SHORTEST)
    if not _short_enough(password):
        raise Refused("This password is too long.", field=field)
    if _easy(password.casefold(), {word.casefold().replace(" ", "") for word in person}):
        raise Refused("This password is easy to guess. Choose another one.", field=field)


def _easy(password: str, person: set[str]) -> bool:
    plain = password.replace(" ", "")
    return plain in COMMON or plain in person or len(set(plain)) < 4


def _short_enough(password: str) -> bool:
    return len(password) <= LONGEST and len(password.encode("utf-8", "surrogatepass")) <= LONGEST


def _same(password: str) -> bytes:
    """One spelling for what keyboards spell in several (RFC 8265, OpaqueString: NFC)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
