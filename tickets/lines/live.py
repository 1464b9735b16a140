"""How many lines one person has open, whichever process each of them ends at."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Whispers = Callable[[str, dict[str, Any]], None]


@dataclass
class _Opened:
    """The newest line of somebody in this process, and what the others have said of theirs since."""

    here: int
    most: int
    too_many: Callable[[], None]
    elsewhere: dict[str, int] = field(default_factory=dict)


class LinesElsewhere:
    """Whoever opens a line asks the others, by a whisper, how many of that person they have.

    Nobody waits for the answers: a line that was one too many is closed a moment later. Where whispers are lost, each
    process counts its own. `here` says how many it has.
    """

    def __init__(self, of: str, whispers: Whispers, here: Callable[[int], int]) -> None:
        self._topic = f"lines:{of}"
        self._whispers = whispers
        self._here = here
        self.process = secrets.token_hex(8)
        self._opened: dict[int, _Opened] = {}

    def opened(self, holder: int, *, most: int, too_many: Callable[[], None]) -> None:
        """One more of theirs is open here; `too_many` is called if there are more than `most` in all."""
        self._opened[holder] = _Opened(self._here(holder), most, too_many)
        self._whispers(self._topic, {"by": self.process, "of": holder})

    def closed(self, holder: int) -> None:
        """None of theirs is open here any more."""
        self._opened.pop(holder, None)

    def hear(self, topic: str, whisper: dict[str, Any]) -> None:
        """What was whispered in any process, whatever it was about."""
        if topic != self._topic or whisper["by"] == self.process:
            return
        holder, found = whisper["of"], self._here(whisper["of"])
        if "have" not in whisper and found:
            self._whispers(self._topic, {"by": self.process, "of": holder, "have": found})
        elif "have" in whisper and (opened := self._opened.get(holder)):
            opened.elsewhere[whisper["by"]] = whisper["have"]
            if opened.here + sum(opened.elsewhere.values()) > opened.most:
                del self._opened[holder]
                opened.too_many()
