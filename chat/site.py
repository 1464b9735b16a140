"""A website that shows our chat: where it may stand, what it looks like, what it asks and where its chats go."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, select

from chat.events import SiteChanged
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.portal import Face
from tickets.text import one_line

LANGUAGES = ("en", "zh")
TEXTS = ("greeting", "hours", "offline")
FORMS = ("callback", "complaint")
LONGEST_TEXT = 500
MOST_TOPICS = 20
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_USUAL_PORTS = {"http": 80, "https": 443}


class Ask(StrEnum):
    """Whether the visitor is asked for something before the chat."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class SiteForm:
    """What an admin may say about a site.

    `texts` is {language: {greeting, hours, offline}}, a topic {key, name: {language: text}}.
    """

    key: str
    name: str
    origins: Sequence[str] = ()  # empty: any page may show it
    colour: str = "#2563eb"
    languages: Sequence[str] = LANGUAGES  # the first is the one for everybody else
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ask_name: str = Ask.OPTIONAL.value
    ask_email: str = Ask.OPTIONAL.value
    topics: Sequence[Mapping[str, Any]] = ()
    default_queue_id: int | None = None
    calendar_id: int | None = None
    forms: Sequence[str] = ()  # what its chat offers besides writing: callback, complaint
    active: bool = True


class Site(SQLModel, table=True):
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str = Field(unique=True)  # public: stands in the page's source
    name: str
    origins: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    colour: str
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    texts: dict[str, dict[str, str]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    ask_name: str = Ask.OPTIONAL.value
    ask_email: str = Ask.OPTIONAL.value
    topics: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    default_queue_id: int | None = None
    calendar_id: int | None = None
    forms: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    active: bool = True

    def edit(self, change: Change, form: SiteForm) -> None:
        """Say it anew, as a whole. The key stays: it stands in other people's pages."""
        wanted = _checked(form)
        if wanted["key"] != self.key:
            raise Refused("The key of a site cannot change: pages out there use it.", field="key")
        changed = {name: value for name, value in wanted.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            change.record(SiteChanged(site=self.id))

    def best_language(self, wanted: str | None) -> str:
        """The site's language that fits "zh-CN" or "en" best; its first one where none does."""
        short = (wanted or "").replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else self.languages[0]

    def text(self, which: str, language: str) -> str:
        """The greeting, hours or offline text in this language, else in the site's first."""
        own = self.texts.get(language, {}).get(which, "")
        return own or self.texts.get(self.languages[0], {}).get(which, "")

    def topic(self, key: str | None) -> str:
        """The key, where it is one of the site's topics; else none."""
        return key if key and any(topic["key"] == key for topic in self.topics) else ""


def add_site(change: Change, form: SiteForm) -> Site:
    wanted = _checked(form)
    if change.one(select(Site).where(Site.key == wanted["key"])) is not None:
        raise Conflict("There is already a site with this key.", field="key")
    site = change.add(Site(id=change.new_id(), **wanted))
    change.record(SiteChanged(site=site.id))
    return site


def edit_site(change: Change, site_id: int, form: SiteForm) -> Site:
    site = change.take(Site, site_id)
    site.edit(change, form)
    return site


def face_of(session: Session, key: str) -> Face | None:
    """What pages outside the chat may know of an active site."""
    site = session.exec(select(Site).where(Site.key == key, Site.active)).first() if key else None
    if site is None:
        return None
    shown = {name: getattr(site, name) for name in ("key", "name", "colour", "languages", "origins", "topics", "forms")}
    return Face(**shown, queue_id=site.default_queue_id)


def may_embed(origins: Collection[str], origin: str | None) -> bool:
    """Whether a page of this origin may show the chat. No origins: any page with an origin of its own may."""
    return bool(origin) and origin != "null" and (origin in origins or not origins)


def frame_ancestors(origins: Collection[str]) -> str:
    """The same rule, as a Content-Security-Policy source list (CSP3, frame-ancestors)."""
    return " ".join(origins) or "*"


def key_of(text: str, field: str | None = "key") -> str:
    if not _KEY.fullmatch(text):
        raise Refused("A key has small letters, digits and hyphens, up to 40 of them.", field=field)
    return text


def colour_of(text: str) -> str:
    if not _COLOUR.fullmatch(text.lower()):
        raise Refused("A colour looks like #2563eb.", field="colour")
    return text.lower()


def origins_of(texts: Sequence[str]) -> list[str]:
    """Each once, exactly as browsers send them (RFC 6454, 6.2): small letters, no path, no usual port."""
    wrong = [text for text in texts if not _is_origin(text)]
    if len(wrong) == 1:
        says = 'An origin looks like https://shop.example.com, but one is "{origin}".'
        raise Refused(says, field="origins", origin=wrong[0])
    if wrong:
        says = "An origin looks like https://shop.example.com, but these do not: {origins}"
        raise Refused(says, field="origins", origins=", ".join(f'"{text}"' for text in wrong))
    return list(dict.fromkeys(texts))


def languages_of(codes: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(codes))
    if not chosen or not set(chosen) <= set(LANGUAGES):
        raise Refused("Choose at least one language from: {known}.", field="languages", known=", ".join(LANGUAGES))
    return chosen


def _checked(form: SiteForm) -> dict[str, Any]:
    name = one_line(form.name, 100)
    if not name:
        raise Refused("A name is needed.", field="name")
    return {
        "key": key_of(form.key),
        "name": name,
        "origins": origins_of(form.origins),
        "colour": colour_of(form.colour),
        "languages": languages_of(form.languages),
        "texts": _texts(form.texts),
        "ask_name": _ask(form.ask_name, "ask_name"),
        "ask_email": _ask(form.ask_email, "ask_email"),
        "topics": _topics(form.topics),
        "default_queue_id": form.default_queue_id,
        "calendar_id": form.calendar_id,
        "forms": [one for one in FORMS if one in form.forms],
        "active": form.active,
    }


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        exact = parts.scheme in _USUAL_PORTS and bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"
        usual = parts.port is not None and parts.port == _USUAL_PORTS.get(parts.scheme)
    except ValueError:
        return False
    plain = text.isascii() and text == text.lower() and not set(text) & set("@*;, '\"\\?#")
    return exact and not usual and plain and not text.endswith(":")


def _texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    if not set(texts) <= set(LANGUAGES) or not all(set(said) <= set(TEXTS) for said in texts.values()):
        raise Refused("This text is not one that the chat shows.", field="texts")
    kept = {
        language: {which: one_line(said[which], LONGEST_TEXT) for which in TEXTS if said.get(which, "").strip()}
        for language, said in texts.items()
    }
    return {language: said for language, said in kept.items() if said}


def _ask(value: str, field_name: str) -> str:
    if value not in {ask.value for ask in Ask}:
        raise Refused("Choose one of the values offered.", field=field_name)
    return str(value)


def _topics(topics: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(topics) > MOST_TOPICS:
        raise Refused("A site has at most {n} topics.", field="topics", n=MOST_TOPICS)
    kept: list[dict[str, Any]] = [
        {"key": str(topic.get("key", "")), "name": _names(topic.get("name"))} for topic in topics
    ]
    keys = [topic["key"] for topic in kept]
    if not all(_KEY.fullmatch(key) for key in keys) or len(set(keys)) != len(keys):
        raise Refused("Each topic needs a key of its own, in small letters, digits and hyphens.", field="topics")
    if not all(topic["name"] for topic in kept):
        raise Refused("Each topic needs a name.", field="topics")
    return kept


def _names(names: Any) -> dict[str, str]:
    given = names.items() if isinstance(names, Mapping) else ()
    cleaned = {language: one_line(str(name), 60) for language, name in given if language in LANGUAGES}
    return {language: name for language, name in cleaned.items() if name}
