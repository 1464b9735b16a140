"""What a setting is made of: its rule, its default, and the section of config.toml that it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

Value = TypeVar("Value", str, int, bool, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting is for, and what it may be. Numbers lie in least..most; a secret is never printed."""

    says: str
    least: int = 1
    most: int = 10**9
    one_of: tuple[str, ...] = ()
    secret: bool = False


def setting(default: Value, says: str, **rule: Any) -> Value:
    """A field of a section; its rule is the only place that explains it."""
    # Typed as the value it holds, as dataclasses.field is: a checker should see `port: int`, not a Field.
    made: Any = field(default=default, repr=not rule.get("secret"), metadata={"rule": Rule(says=says, **rule)})
    return cast(Value, made)


@dataclass(frozen=True)
class Section:
    """One part of config.toml."""

    def problems(self) -> Iterator[str]:
        """What cannot be, each a sentence; nothing for a section whose settings are right one by one."""
        yield from ()
