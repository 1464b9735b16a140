"""Limits that many processes count together: each decides by what it knows, and tells Redis what it let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import structlog
from redis.exceptions import ReadOnlyError, ResponseError

from tickets.limit import Limit

MOST_WAITING = 10_000  # counts; more are not told
AT_A_TIME = 200  # in one script, so that it does not keep others waiting

Full = tuple[str, str, float]
"""The name of a limit, a key of it, and in how many seconds its bucket will be full again."""

# The bucket of tickets/limit.py on the server's clock, in milliseconds. All keys lie in one slot of a Cluster.
_COUNT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local short = {}
for n, key in ipairs(KEYS) do
  local full = math.max(tonumber(redis.call('GET', key) or now), now) + tonumber(ARGV[n])
  short[n] = full - now
  redis.call('SET', key, string.format('%.0f', full), 'PX', math.max(short[n], 1))
end
return short
"""

_log = structlog.get_logger("frontdesk.bus")


class SharedLimits:
    """Nobody waits for an answer: it comes a moment later, and the next who asks is told by it.

    So a customer who goes to many processes at the same moment gets through a little more often, and pays for it
    afterwards; who goes from one to the next does not. Names and addresses are hashed: Redis learns none.
    """

    def __init__(self, prefix: str, key: bytes, stir: Callable[[], None]) -> None:
        self._prefix = prefix
        self._key = key
        self._stir = stir
        self._limits: dict[str, Limit] = {}
        self._aloud: set[str] = set()
        self._taken: dict[tuple[str, str], float] = {}
        self._asked: list[list[tuple[str, str]]] = []
        self._refused = False

    def adopt(self, name: str, limit: Limit, *, aloud: bool) -> None:
        """`aloud`: every process hears how full the bucket is; else those that have taken from it themselves."""
        self._limits[name] = limit
        if aloud:
            self._aloud.add(name)

        def told(key: str, seconds: float) -> None:
            if (name, key) in self._taken or len(self._taken) < MOST_WAITING:
                self._taken[name, key] = self._taken.get((name, key), 0.0) + seconds
                self._stir()

        limit.share(known_as=self._hidden, told=told)

    def counted(self) -> list[tuple[str | int, ...]]:
        """The scripts for what was taken since the last time."""
        taken, self._taken = list(self._taken.items()), {}
        parts = [taken[start : start + AT_A_TIME] for start in range(0, len(taken), AT_A_TIME)]
        self._asked = [[of for of, _ in part] for part in parts]
        return [self._script(part) for part in parts]

    def learned(self, answers: Sequence[Any]) -> list[Full]:
        """Takes over what the server says, and gives what everybody should know. Raises where it may not write."""
        found: list[Full] = []
        for asked, answer in zip(self._asked, answers, strict=True):
            if isinstance(answer, ReadOnlyError):
                raise answer
            elif isinstance(answer, ResponseError):
                self._complain(answer)
            else:
                found += [(*of, short / 1000) for of, short in zip(asked, answer, strict=True)]
        self.hear(found)
        return [one for one in found if one[0] in self._aloud]

    def hear(self, full: Iterable[Full]) -> None:
        """What another process has learned."""
        for name, key, seconds in full:
            if name in self._limits:
                self._limits[name].learn(key, seconds)

    def _script(self, part: Sequence[tuple[tuple[str, str], float]]) -> tuple[str | int, ...]:
        keys = [f"{self._prefix}:{name}:{key}" for (name, key), _ in part]
        return ("EVAL", _COUNT, len(keys), *keys, *(max(1, round(seconds * 1000)) for _, seconds in part))

    def _hidden(self, key: str) -> str:
        return blake2b(key.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12).hexdigest()

    def _complain(self, error: ResponseError) -> None:
        if not self._refused:
            _log.warning("limits are not shared", why=str(error))
        self._refused = True
