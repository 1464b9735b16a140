"""The topics that a site offers, a few rows at a time, and the queue that each one leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from chat.site import LANGUAGES, MOST_TOPICS, Site, key_of
from routing import placing
from server.doors.languages import LANGUAGES as NAMES
from server.forms import Field, as_id
from tickets.change import Change
from tickets.status import Channel

SPARE = 2  # empty rows to write new ones in


@dataclass(frozen=True)
class Topic:
    key: str
    name: Mapping[str, str]
    queue_id: int | None


def rows_for(topics: Sequence[object]) -> int:
    return min(MOST_TOPICS, max(3, len(topics) + SPARE))


def topic_fields(rows: int, queues: Sequence[tuple[str, str]]) -> list[Field]:
    fields = []
    for n in range(rows):
        hint = "Small letters, digits and hyphens. Empty: no such topic." if n == 0 else ""
        fields.append(Field(f"topic{n}", "Topic", read=_key, needed=False, longest=40, hint=hint, group=_group(n)))
        fields += [
            Field(f"topic{n}_{language}", f"Shown as, in {NAMES[language]}", needed=False, longest=60)
            for language in LANGUAGES
        ]
        choices, hint = [("", "As usual"), *queues], "From every site that offers this topic." if n == 0 else ""
        fields.append(
            Field(f"topic{n}_queue", "Goes to", "choice", as_id, needed=False, choices=choices, names=True, hint=hint)
        )
    return fields


def topic_texts(topics: Sequence[Mapping[str, Any]], placed: Mapping[str, int]) -> dict[str, str]:
    texts = {}
    for n, topic in enumerate(topics):
        texts[f"topic{n}"] = topic["key"]
        texts |= {f"topic{n}_{language}": topic["name"].get(language, "") for language in LANGUAGES}
        texts[f"topic{n}_queue"] = str(placed.get(topic["key"], ""))
    return texts


def topics_in(values: Mapping[str, Any], rows: int) -> list[Topic]:
    """The rows that were filled in."""
    return [
        Topic(
            values[f"topic{n}"],
            {language: values[f"topic{n}_{language}"] for language in LANGUAGES},
            values[f"topic{n}_queue"],
        )
        for n in range(rows)
        if values[f"topic{n}"] or any(values[f"topic{n}_{language}"] for language in LANGUAGES)
    ]


def place_topics(change: Change, topics: Sequence[Topic], *, before: Sequence[str] = ()) -> None:
    """New chats about a topic join its queue, whichever site they come from; those about a topic that no site has any
    more go where all others go. `before`: the keys that the site had, whose queues were on the page. What a site only
    begins to offer goes where it goes from others, unless a queue was chosen.
    """
    for topic in topics:
        if topic.queue_id is not None:
            placing.place(change, Channel.CHAT.value, topic.key, topic.queue_id)
        elif topic.key in before:
            placing.unplace(change, Channel.CHAT.value, topic.key)
    for key in set(before) - {topic["key"] for site in change.rows(select(Site)) for topic in site.topics}:
        placing.unplace(change, Channel.CHAT.value, key)


def _key(text: str) -> str:
    return key_of(text.strip(), field=None) if text.strip() else ""


def _group(n: int) -> str:
    return "Topics to choose from before the chat" if n == 0 else "Another topic"
