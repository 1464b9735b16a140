"""A TOML file that a person wrote: read, and each value taken as what it must be, or a sentence with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from tickets.errors import Refused
from tickets.text import one_line

MOST_NAMED, LONGEST_SHOWN = 30, 60  # of what could be meant; characters of what was written instead
_LONG_NUMBER = re.compile(r"[0-9_]{1000,}")
_LONG_KEY = re.compile(r"(?:\.[^.\n=\[\]]{0,40}){50}")  # a.a.a: a reader takes seconds for thousands of these
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
Read = TypeVar("Read")
Unsaid = TypeVar("Unsaid")


class InLine(Refused):
    """What is wrong, and in which line of a policy; "" where the sentence names it."""

    def __init__(self, line: str, wrong: Refused) -> None:
        super().__init__(str(wrong))
        self.says, self.facts = wrong.says, wrong.facts
        self.line = "" if line in str(wrong) else brief(line)


@contextmanager
def at(line: str) -> Iterator[None]:
    """What is refused in here is wrong in this line, unless it is known more exactly."""
    try:
        yield
    except InLine:
        raise
    except Refused as refused:
        raise InLine(line, refused) from None


# Reading


def parsed(text: str) -> dict[str, Any]:
    """Raises Refused, with the line, for whatever the reader of TOML stops at."""
    if (found := _LONG_KEY.search(text)) is not None:
        raise Refused("Line {n} is nested too deeply.", field="policies", n=_line(text, found))
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise Refused("This is not TOML: {why}.", field="policies", why=str(error)) from None
    except RecursionError:
        raise Refused("Line {n} is nested too deeply.", field="policies", n=_deepest(text)) from None
    except ValueError:  # Python reads no number of so many digits
        n = _line(text, _LONG_NUMBER.search(text))
        raise Refused("The number in line {n} is too long.", field="policies", n=n) from None


def taken(told: dict[str, Any], line: str, read: Callable[[object], Read], unsaid: Unsaid) -> Read | Unsaid:
    """The value of a line, which nobody asks for again; `unsaid` where there is none."""
    with at(line):
        return read(told.pop(line)) if line in told else unsaid


def as_yes(name: str) -> Callable[[object], bool]:
    def read(told: object) -> bool:
        if not isinstance(told, bool):
            raise Refused("{name} is true or false.", name=name)
        return told

    return read


def as_whole(name: str) -> Callable[[object], int]:
    def read(told: object) -> int:
        if type(told) is not int:
            raise Refused("{name} is a whole number.", name=name)
        return told

    return read


def as_text(name: str) -> Callable[[object], str]:
    def read(told: object) -> str:
        if not isinstance(told, str):
            raise Refused("{name} is one text in quotes.", name=name)
        return told

    return read


def as_texts(name: str) -> Callable[[object], list[str]]:
    def read(told: object) -> list[str]:
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise Refused("{name} is a list of names.", name=name)
        return told

    return read


def meant(what: str, name: str, known: Mapping[str, Read]) -> Read:
    """What this name stands for."""
    if what not in known:
        could = [*known][:MOST_NAMED] + ["…"] * (len(known) > MOST_NAMED)
        raise Refused(
            "“{what}” is not among {name}: {known}.", what=brief(what), name=name, known=", ".join(could) or "–"
        )
    return known[what]


def brief(text: str) -> str:
    """Of what was written as much as a sentence can hold."""
    line = one_line(text, LONGEST_SHOWN + 1)
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def shown(told: object) -> str:
    """A value as it was written, without what it holds."""
    if isinstance(told, str):
        return repr(brief(told))
    if isinstance(told, bool):
        return str(told).lower()
    return "[…]" if isinstance(told, list) else "{…}" if isinstance(told, dict) else _number(told)


def _number(told: object) -> str:
    """Or a day, or an hour. A number may be longer than Python writes one."""
    try:
        return brief(str(told))
    except ValueError:
        return "…"


def _line(text: str, found: re.Match[str] | None) -> int:
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _deepest(text: str) -> int:
    """The number of the line in which the most brackets are open."""
    line, open_now, most, found = 1, 0, 0, 1
    for c in text:
        line += c == "\n"
        open_now += (c in "[{") - (c in "]}")
        if open_now > most:
            most, found = open_now, line
    return found


# Writing


def listed(values: Sequence[str]) -> str:
    return "[" + ", ".join(quoted(one) for one in values) + "]"


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
