"""One table of a file that somebody wrote, key by key: what is wrong is said in a sentence, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from routing.calendars import Span
from server.admin.hours_text import read_spans
from tickets.errors import Refused

T = TypeVar("T")


class Part:
    """A table of the file, and where it stands. What nobody asked for is a mistake: somebody meant something by it."""

    def __init__(self, where: str, told: Any) -> None:
        self.where = where
        self.expect(isinstance(told, dict), "", "is a table")
        self._left = dict(told)

    def expect(self, holds: bool, name: str, what: str) -> None:
        if not holds:
            place = ".".join(one for one in (self.where, name) if one)
            raise Refused("{place} {what}.", place=place or "The scenario", what=what)

    def take(self, name: str, kind: type[T], usual: T | None = None) -> T:
        found: T = self._left.pop(name, usual)
        self.expect(found is not None, name, "is needed")
        self.expect(type(found) is kind, name, f"is {_KINDS[kind]}")
        return found

    def number(self, name: str, usual: int | None = None, *, least: int = 0, most: int = 10**9) -> int:
        found = self.take(name, int, usual)
        self.expect(least <= found <= most, name, f"is a number from {least} to {most}")
        return found

    def amount(self, name: str, usual: float | None = None, *, least: float = 0.0, most: float = 1e7) -> float:
        found = self._left.pop(name, usual)
        self.expect(found is not None, name, "is needed")
        self.expect(type(found) in (int, float) and least <= found <= most, name, f"is from {least:g} to {most:g}")
        return float(found)

    def choice(self, name: str, choices: Sequence[T], usual: T | None = None) -> T:
        found = self._left.pop(name, usual)
        self.expect(found in choices, name, f"is one of {', '.join(str(one) for one in choices)}")
        return choices[choices.index(found)]

    def parts(self, name: str, *, least: int = 0) -> list[Part]:
        found = self._left.pop(name, [])
        self.expect(isinstance(found, list) and len(found) >= least, name, "is needed, as [[" + name + "]]")
        return [Part(f"{self._at(name)}[{number}]", one) for number, one in enumerate(found, 1)]

    def part(self, name: str) -> Part | None:
        found = self._left.pop(name, None)
        return None if found is None else Part(self._at(name), found)

    def perhaps(self, name: str, *, least: float, most: float) -> float | None:
        """As `amount`, where it need not be said."""
        return self.amount(name, least=least, most=most) if name in self._left else None

    def truth(self, name: str) -> bool:
        return self.take(name, bool, False)

    def levels(self, name: str) -> dict[str, int]:
        found = self._left.pop(name, {})
        good = isinstance(found, dict) and all(type(level) is int and 1 <= level <= 5 for level in found.values())
        self.expect(good, name, "gives each skill a level from 1 to 5")
        return dict(found)

    def names(
        self, name: str, known: Sequence[str], *, usual: Sequence[str] | None = None, of: str = "queues of this file"
    ) -> list[str]:
        found = self._left.pop(name, list(known if usual is None else usual))
        self.expect(isinstance(found, list) and all(one in known for one in found), name, f"names {of}")
        return list(found)

    def queue(self, name: str, known: Sequence[str], usual: str | None = None, *, what: str = "a queue") -> str:
        found = self.take(name, str, usual)
        self.expect(found in known or found == usual, name, f"names {what} of this file")
        return found

    @property
    def keys(self) -> Sequence[str]:
        """That nobody has asked for yet."""
        return list(self._left)

    def spans(self, name: str) -> tuple[Span, ...]:
        try:
            return read_spans(self.take(name, str, ""))
        except Refused as refused:
            raise Refused("{place}: {what}", place=self._at(name), what=str(refused)) from None

    def ends(self) -> None:
        self.expect(not self._left, next(iter(self._left), ""), "is nothing that a scenario knows")

    def pop(self, name: str) -> Any:
        return self._left.pop(name, None)

    def _at(self, name: str) -> str:
        return ".".join(one for one in (self.where, name) if one)


_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    date: "a day, such as 2026-11-23",
}
