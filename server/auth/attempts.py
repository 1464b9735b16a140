"""Guessing is slow: after a few wrong passwords the next try has to wait, for an account and for an address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Field, SQLModel, col, delete, select

from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.errors import TooFast
from tickets.moment import Moment

WINDOW = timedelta(minutes=15)  # in which the tries of one address are counted
KEPT = timedelta(hours=1)  # after the last try everything is forgotten


class LoginAttempt(SQLModel, table=True):
    """How often somebody tried, by account or by address. `key` is a hash: a password typed as a name is not kept."""

    __tablename__ = "login_attempt"

    key: str = Field(primary_key=True)
    tries: int = 0
    since: datetime = Field(sa_type=Moment)
    last_at: datetime = Field(sa_type=Moment, index=True)
    waits_until: datetime | None = Field(default=None, sa_type=Moment)


@dataclass(frozen=True)
class Limits:
    per_address: int = 20  # in WINDOW
    free: int = 5  # wrong passwords for an account before the first wait
    longest: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class Tried:
    """An account by the name that was typed, and the network it came from (an address, or an IPv6 /64)."""

    account: str
    network: str

    @property
    def account_key(self) -> str:
        return _key("account", self.account.strip().lower())

    @property
    def network_key(self) -> str:
        return _key("network", self.network)


def begin(change: Change, tried: Tried, limits: Limits) -> None:
    """Count a try before it is made, so that many at once are no way around. Refuses while it has to wait."""
    account, network = _row(change, tried.account_key), _row(change, tried.network_key)
    if change.now - network.since >= WINDOW:
        network.tries, network.since, network.waits_until = 0, change.now, None
    _refuse_early(change.now, account, network)
    for row in (account, network):
        row.tries += 1
        row.last_at = change.now
    if account.tries >= limits.free:
        account.waits_until = change.now + _delay(account.tries - limits.free, limits.longest)
    if network.tries >= limits.per_address:
        network.waits_until = network.since + WINDOW


def succeeded(change: Change, tried: Tried) -> None:
    """The password was right: the account starts afresh, and the try does not count against the address."""
    account, network = change.find(LoginAttempt, tried.account_key), change.find(LoginAttempt, tried.network_key)
    if account is not None:
        account.tries, account.waits_until = 0, None
    if network is not None and network.tries > 0:
        network.tries -= 1
        network.waits_until = None


def _row(change: Change, key: str) -> LoginAttempt:
    row = change.find(LoginAttempt, key)
    if row is None:
        row = change.add(LoginAttempt(key=key, since=change.now, last_at=change.now))
    elif change.now - row.last_at >= KEPT:
        row.tries, row.since, row.waits_until = 0, change.now, None
    return row


def _refuse_early(now: datetime, *rows: LoginAttempt) -> None:
    until = max((row.waits_until for row in rows if row.waits_until is not None), default=now)
    if until > now:
        seconds = (until - now).total_seconds()
        minutes = ceil(seconds / 60)
        says = "Try again in a minute." if minutes == 1 else "Try again in {n} minutes."
        raise TooFast(says, retry_after=seconds, n=minutes)


def _delay(beyond: int, longest: timedelta) -> timedelta:
    """One minute, then twice as long each time, never longer than `longest`."""
    return min(longest, timedelta(minutes=2 ** min(beyond, 10)))


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()


def _forget(change: Change, key: str) -> None:
    change.claim(
        delete(LoginAttempt).where(col(LoginAttempt.key) == key, col(LoginAttempt.last_at) <= change.now - KEPT)
    )


_OLD = Due(select(LoginAttempt.key).where(LoginAttempt.last_at <= NOW).limit(100), after=KEPT)
FORGET_OLD = Chore("forget old sign-in attempts", _OLD, _forget, every=SELDOM)
