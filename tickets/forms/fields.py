"""Forms that keep what was typed: declared once, read with a sentence for each mistake, shown again as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tickets.errors import Refused
from tickets.people import IdentifierKind
from tickets.text import is_blank

Kind = Literal[
    "text", "email", "tel", "password", "number", "long", "choice", "one", "several", "tick", "colour", "date", "files"
]
Reads = Callable[[str], Any]
_LISTS = ("several", "files")  # of these a form holds any number
_LONGEST_ID = 18  # digits


class Posted(Protocol):
    """What a browser sent: under each name any number of texts, and of files."""

    def getlist(self, key: Any) -> Sequence[Any]: ...


def as_typed(text: str) -> str:
    return text.strip()


def as_email(text: str) -> str:
    """An address as it is kept, "" where nothing was typed. Raises Refused for what is none."""
    return IdentifierKind.EMAIL.normal(text) if text.strip() else ""


def as_id(text: str) -> int | None:
    """Of a choice whose values are ids; "" is none of them."""
    return int(text) if text else None


def as_number(text: str) -> int | None:
    """A whole number, None where nothing was typed. Raises Refused for what is none."""
    text = text.strip()
    if text and not _is_whole(text):
        raise Refused("Write a whole number.")
    return int(text) if text else None


def as_number_within(least: int, most: int) -> Reads:
    """The same, with the bounds in the refusal."""

    def read(text: str) -> int | None:
        text = text.strip()
        if text and not (_is_whole(text) and least <= int(text) <= most):
            raise Refused("Write a whole number from {least} to {most}.", least=least, most=most)
        return int(text) if text else None

    return read


def as_ticked(text: str) -> bool:
    return bool(text)


def as_lines(text: str) -> list[str]:
    """One entry a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `read` turns the text into a value, or raises Refused with what is wrong."""

    name: str
    label: str
    kind: Kind = "text"
    read: Reads = as_typed
    hint: str = ""
    needed: bool = True
    longest: int = 200  # characters
    choices: Sequence[tuple[str, str]] = ()  # (value, what it says); for choice (a menu), one (a list) and several
    names: bool = False  # what the choices say are people's own names for things, not words of ours
    autocomplete: str = "off"
    rows: int = 4  # of a long text
    group: str = ""  # a heading above this field
    either: bool = False  # not needed, yet one of several that are: its label does not say optional
    own: bool = False  # its label is somebody's own name for something, not a word of ours
    ways: Sequence[str] = ()  # shown only while one of these is chosen in a field above; ways.css knows how
    beside: bool = False  # its label stands beside it, as in a short list of alike fields


@dataclass(frozen=True)
class Mistake:
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Form:
    """`texts` is what stands in the fields, `mistakes` what is wrong with it, by field; "" is about the whole."""

    def __init__(self, fields: Sequence[Field], values: Mapping[str, Any] | None = None) -> None:
        self.fields = fields
        self.texts: dict[str, Any] = {one.name: _blank(one) for one in fields} | dict(values or {})
        self.before = {**self.texts}  # as it stood there before anything was sent
        self.mistakes: dict[str, Mistake] = {}
        self.theirs: dict[str, Sequence[tuple[str, bool]]] = {}  # saved meanwhile: words, and whether they are ours
        self.refusal: Refused | None = None  # the first one

    @property
    def good(self) -> bool:
        return not self.mistakes

    def begins_at(self, *, empty: bool = False) -> str:
        """Where the cursor belongs: the first field with a mistake, else (if asked) the first that is empty."""
        wrong = (one.name for one in self.fields if one.name in self.mistakes)
        open_ones = (one.name for one in self.fields if empty and not self.texts[one.name])
        return next(wrong, "") or next(open_ones, "")

    def fill(self, posted: Posted) -> None:
        for one in self.fields:
            texts = [text for text in posted.getlist(one.name) if isinstance(text, str)]
            self.texts[one.name] = texts if one.kind in _LISTS else "".join(texts[:1])

    def values(self) -> dict[str, Any]:
        """What was typed, as values. Every mistake is noted; raises Refused if there is one."""
        found = {}
        for one in self.fields:
            with self.noting(one.name):
                found[one.name] = _value(one, self.texts[one.name])
        if self.mistakes:
            raise _Noted
        return found

    def read(self) -> dict[str, Any] | None:
        """The same; None where there is a mistake, which is noted."""
        found: list[dict[str, Any]] = []
        with self.noting():
            found.append(self.values())
        return found[0] if found and self.good else None

    @contextmanager
    def noting(self, name: str = "") -> Iterator[None]:
        """A refusal in here is shown in the form: beside the field that it names, else beside `name`."""
        try:
            yield
        except _Noted:
            pass
        except Refused as refusal:
            self.note(refusal, name)

    def note(self, refusal: Refused, name: str = "") -> None:
        """Show it in the form. The first one of a field stays."""
        self.refusal = self.refusal or refusal
        named = refusal.field if refusal.field in self.texts else name
        self.mistakes.setdefault(self.part_of(named or ""), Mistake(refusal.says, refusal.facts))

    def part_of(self, name: str) -> str:
        """The field beside which it is said what is wrong with this one: itself, unless it is a part of another."""
        return name


class _Noted(Exception):
    """The mistakes are in the form already."""


def _upload(id: str) -> int:
    """The number under which a file was stored before the form was sent."""
    if not _is_whole(id) or len(id) > _LONGEST_ID:
        raise Refused("This file is no longer here. Please add it again.")
    return int(id)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _blank(one: Field) -> Any:
    return [] if one.kind in _LISTS else ""


def _value(one: Field, text: Any) -> Any:
    if one.kind == "several":
        known = {value for value, _ in one.choices}
        if not set(text) <= known:
            raise Refused("Choose from what is offered.")
        return list(text)
    if one.kind == "files":
        return [_upload(id) for id in text]
    if len(text) > one.longest:
        raise Refused("This is longer than it can be, by {n}.", n=len(text) - one.longest)
    if one.needed and is_blank(text):
        raise Refused("This is needed.")
    if one.kind in {"choice", "one"} and text not in {value for value, _ in one.choices}:
        raise Refused("Choose from what is offered.")
    return one.read(text)
