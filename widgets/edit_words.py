"""What was changed in a form, in sentences: from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from widgets.words import translate

_TYPED = frozenset({"text", "long", "email", "tel"})


def sentences(language: str, edits: Sequence[Mapping[str, Any]]) -> list[str]:
    """One for each field that says something else than before; `edits` as tickets.forms.edits makes them."""
    return [_sentence(language, edit) for edit in edits]


def _sentence(language: str, edit: Mapping[str, Any]) -> str:
    what = _label(language, edit)
    if edit["kind"] == "tick":
        return (
            translate(language, "“{what}” is on now.", what=what)
            if edit["now"]
            else translate(language, "“{what}” is off now.", what=what)
        )
    if edit["kind"] == "several":
        return _several(language, what, edit)
    before, now = _listed(language, edit, edit["before"]), _listed(language, edit, edit["now"])
    if edit["kind"] == "password":
        return translate(language, "“{what}” is another one now.", what=what)
    if not before:
        return translate(language, "“{what}” is {now} now.", what=what, now=now)
    if not now:
        return translate(language, "“{what}” was {before}, and is empty now.", what=what, before=before)
    return translate(language, "“{what}” was {before}, and is {now} now.", what=what, before=before, now=now)


def _several(language: str, what: str, edit: Mapping[str, Any]) -> str:
    came = _listed(language, edit, [one for one in edit["now"] if one not in edit["before"]])
    went = _listed(language, edit, [one for one in edit["before"] if one not in edit["now"]])
    if came and went:
        return translate(language, "“{what}”: {came} added, {went} taken out.", what=what, came=came, went=went)
    if came:
        return translate(language, "“{what}”: {came} added.", what=what, came=came)
    return translate(language, "“{what}”: {went} taken out.", what=what, went=went)


def _label(language: str, edit: Mapping[str, Any]) -> str:
    label = edit["label"] if edit["own"] else translate(language, edit["label"])
    return f"{translate(language, edit['group'])} · {label}" if edit["group"] else label


def _listed(language: str, edit: Mapping[str, Any], words: Sequence[str]) -> str:
    """What somebody typed stands in marks: it may be a sentence itself."""
    if edit["kind"] in _TYPED:
        return "".join(translate(language, "“{text}”", text=one) for one in words)
    return translate(language, ", ").join(translate(language, one) if edit["ours"] else one for one in words)
