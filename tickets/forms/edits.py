"""What somebody changed in a form: each field that says something else now, in the words that stood there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tickets.forms.fields import Field, Form

LONGEST = 300  # characters of a text that are told
_SECRET = "•••"

Edit = dict[str, Any]
"""{"label", "group", "kind", "before": words, "now": words, "ours": the words are texts of ours, "own": the label is
somebody's own name for something}: plain, so that it can be kept."""


def edits_of(form: Form) -> list[Edit]:
    """In the order of the form; a secret is told without what it is. A label that is there twice names its group."""
    often = Counter(one.label for one in form.fields)
    return [
        {
            "label": one.label,
            "group": group if one.own or often[one.label] > 1 else "",
            "kind": one.kind,
            "before": [word[:LONGEST] for word in words_of(one, form.before)],
            "now": [word[:LONGEST] for word in words_of(one, form.texts)],
            "ours": bool(one.choices) and not one.names,
            "own": one.own,
        }
        for one, group in _grouped(form.fields)
        if _differs(form.before[one.name], form.texts[one.name])
    ]


def plain(text: Any) -> Any:
    """As it is compared: browsers end lines in their own way, and boxes have no order."""
    return sorted(text) if isinstance(text, list) else str(text).replace("\r\n", "\n").strip()


def words_of(one: Field, texts: Mapping[str, Any]) -> list[str]:
    """What stands in a field, in the words of the page; a secret without what it is."""
    text = texts[one.name]
    if one.kind == "password":
        return [_SECRET] if text else []
    said: Mapping[str, str] = dict(one.choices)
    values = text if isinstance(text, list) else [str(text).strip()]
    return [said.get(value, value) for value in values if value or value in said]


def _grouped(fields: Sequence[Field]) -> Iterable[tuple[Field, str]]:
    group = ""
    for one in fields:
        group = one.group or group
        yield one, group


def _differs(before: Any, now: Any) -> bool:
    return bool(plain(before) != plain(now))
