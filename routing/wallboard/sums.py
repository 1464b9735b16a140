"""Figures that are counted apart, by queue or day, and added up to one of all together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Sums:
    """Each of its fields is a number that can be added to another one's."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def percent(part: float, whole: float) -> int | None:
    """Rounded down, so that 100 % means all; None where there is nothing to judge."""
    return int(100 * part // whole) if whole else None
