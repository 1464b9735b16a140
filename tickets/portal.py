"""What a page that a customer opens knows of the website they came from: its name, its colour, its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlmodel import Session


@dataclass(frozen=True)
class Face:
    """A site as its visitors see it. `topics` are {key, name: {language: text}}; no origins: any page may frame it."""

    key: str
    name: str
    colour: str
    languages: Sequence[str]
    origins: Sequence[str]
    topics: Sequence[Mapping[str, Any]] = ()
    queue_id: int | None = None  # where its matters go when no rule says better
    forms: Sequence[str] = ()  # callback, complaint

    def best_language(self, wanted: str | None) -> str:
        """The site's language that fits "zh-CN" or "en" best; its first one where none does."""
        short = (wanted or "").replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else self.languages[0]

    def topic_names(self, language: str) -> list[tuple[str, str]]:
        """(key, name) of each topic, in this language or the nearest there is."""
        return [(topic["key"], _said(topic["name"], language, self.languages[0])) for topic in self.topics]

    def topic(self, key: str) -> str:
        """The key, where it is one of the site's topics; else none."""
        return key if any(topic["key"] == key for topic in self.topics) else ""


class Faces(Protocol):
    """`request.state.faces`: the face of the active site with this key; None where there is none."""

    def __call__(self, session: Session, key: str) -> Face | None: ...


def _said(names: Mapping[str, str], language: str, first: str) -> str:
    return names.get(language) or names.get(first) or next(iter(names.values()))
