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
        self._known_as: Callable[[str], str] = str
        self._told: Callable[[str, float], None] = lambda key, seconds: None
        self.hits = 0  # how often somebody was asked for patience

    def wait(self, key: str, amount: float = 1.0) -> float:
        """Seconds until `amount` would be fine; 0 for now. Takes nothing."""
        key, now = self._known_as(key), self._clock()
        short = max(self._full_at.get(key, now), now) + amount * self._each - now - self._seconds
        if short <= ROUNDING:
            return 0.0
        self.hits += 1
        return short

    def take(self, key: str, amount: float = 1.0) -> None:
        key, now = self._known_as(key), self._clock()
        self._keep(key, max(self._full_at.get(key, now), now) + amount * self._each)
        self._told(key, amount * self._each)

    def share(self, *, known_as: Callable[[str], str], told: Callable[[str, float], None]) -> None:
        """From now on others count with us: `told` hears of each take, in seconds of refilling; keys are `known_as`."""
        self._known_as, self._told = known_as, told

    def learn(self, key: str, seconds: float) -> None:
        """Together with others, this bucket will be full again in so many seconds. `key` as it is known to them."""
        full_at = self._clock() + seconds
        if full_at > self._full_at.get(key, 0.0):
            self._keep(key, full_at)

    def _keep(self, key: str, full_at: float) -> None:
        """And forget whoever has not come for so long that they could do everything again, or for longest."""
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        oldest, now = next(iter(self._full_at)), self._clock()
        while oldest != key and (len(self._full_at) > self._keys or self._full_at[oldest] <= now):
            del self._full_at[oldest]
            oldest = next(iter(self._full_at))

    def __len__(self) -> int:
        return len(self._full_at)
