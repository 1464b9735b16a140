"""How often something may be done before whoever does it is asked for patience."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 50_000  # remembered by one limit; beyond it the ones unused for longest are forgotten
ROUNDING = 1e-6  # seconds: sums of fractions on a large clock are not exact


class Limit:
    """A token bucket for each key: `most` at once, refilled evenly over `seconds`. One number is kept for a key.

    (The generic cell rate algorithm: the number is the time at which the bucket will be full again.)
    """

    def __init__(self, most: float, seconds: float, clock: Callable[[], float], *, keys: int = MOST_KEYS) -> None:
        self._each = seconds / most
        self._seconds = seconds
        self._clock = clock
        self._keys = keys
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str, amount: float = 1.0) -> float:
        """Seconds until `amount` would be fine; 0 for now. Takes nothing."""
        now = self._clock()
        short = max(self._full_at.get(key, now), now) + amount * self._each - now - self._seconds
        return short if short > ROUNDING else 0.0

    def take(self, key: str, amount: float = 1.0) -> None:
        now = self._clock()
        self._full_at[key] = max(self._full_at.get(key, now), now) + amount * self._each
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)

    def __len__(self) -> int:
        return len(self._full_at)
