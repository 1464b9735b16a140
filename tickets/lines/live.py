"""How many lines one person has open, whichever process each of them ends at."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, time
from typing import Any

INSTANT = 5.0  # seconds: later than that a question has reached everybody, or nobody

Whispers = Callable[[str, dict[str, Any]], None]


@dataclass
class _Opened:
    """The newest line of somebody in this process, and what the others have said of theirs since."""

    here: int
    most: int
    too_many: Callable[[], None]
    number: int  # of the question that was asked about it
    at: float
    since: float = field(default_factory=monotonic)
    elsewhere: dict[str, int] = field(default_factory=dict)

    @property
    def is_one_too_many(self) -> bool:
        return self.here + sum(self.elsewhere.values()) > self.most


class LinesElsewhere:
    """Whoever opens a line asks the others, by a whisper, how many of that person they have.

    Nobody waits for the answers: a line that was one too many is closed a moment later. Of lines that were opened in a
    single instant, before either process had heard of the other's, the newer one stays: it is the one somebody looks
    at. Where whispers are lost, each process counts its own. `here` says how many it has that go on.
    """

    def __init__(self, of: str, whispers: Whispers, here: Callable[[int], int]) -> None:
        self._topic = f"lines:{of}"
        self._whispers = whispers
        self._here = here
        self.process = secrets.token_hex(8)
        self._opened: dict[int, _Opened] = {}
        self._numbers = count(1)
        self._heard: dict[int, dict[str, int]] = {}  # by person and process, the number of its last question
        self._lately: deque[tuple[float, int, str, int]] = deque()  # the same, in order

    def opened(self, holder: int, *, most: int, too_many: Callable[[], None]) -> None:
        """One more of theirs is open here; `too_many` is called if there are more than `most` in all."""
        self._forget()
        found = _Opened(self._here(holder), most, too_many, next(self._numbers), time())
        self._opened[holder] = found
        asks = {"number": found.number, "at": found.at, "here": found.here, "heard": self._heard.get(holder, {})}
        self._whispers(self._topic, {"by": self.process, "of": holder, **asks})

    def closed(self, holder: int) -> None:
        """None of theirs is open here any more."""
        self._opened.pop(holder, None)

    def hear(self, topic: str, whisper: dict[str, Any]) -> None:
        """What was whispered in any process, whatever it was about."""
        if topic != self._topic or whisper["by"] == self.process:
            return
        if "have" not in whisper:
            self._answer(whisper)
        elif whisper["to"] == self.process:
            self._count(whisper["of"], whisper["by"], whisper["have"])

    def _answer(self, asked: dict[str, Any]) -> None:
        """How many are here that stay, whatever becomes of theirs."""
        by, holder = asked["by"], asked["of"]
        found, gives_way = self._here(holder), self._gives_way(asked)
        if found > gives_way:
            self._whispers(self._topic, {"by": self.process, "to": by, "of": holder, "have": found - gives_way})
        if gives_way:
            self._count(holder, by, asked["here"])
        self._heard.setdefault(holder, {})[by] = asked["number"]
        self._lately.append((monotonic(), holder, by, asked["number"]))
        self._forget()

    def _gives_way(self, asked: dict[str, Any]) -> bool:
        """Whether ours was opened in the same instant as theirs, and is the older one."""
        opened = self._opened.get(asked["of"])
        if opened is None or monotonic() - opened.since > INSTANT:
            return False
        unaware = asked["heard"].get(self.process) != opened.number
        return unaware and (opened.at, self.process) < (asked["at"], asked["by"])

    def _count(self, holder: int, by: str, have: int) -> None:
        if opened := self._opened.get(holder):
            opened.elsewhere[by] = have
            if opened.is_one_too_many:
                del self._opened[holder]
                opened.too_many()

    def _forget(self) -> None:
        while self._lately and monotonic() - self._lately[0][0] > INSTANT:
            _, holder, by, number = self._lately.popleft()
            heard = self._heard.get(holder, {})
            if heard.get(by) == number:
                del heard[by]
                if not heard:
                    del self._heard[holder]
