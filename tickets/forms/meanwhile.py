"""Two people, or two windows, fill in the same form: what one saved while the other was writing is seen before it is
written over.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2s
from typing import Any

from tickets.errors import Conflict
from tickets.forms.edits import plain, words_of
from tickets.forms.fields import Field, Form

SEEN = "seen"
"""The field in which a page says what it was made from: "name.mark" for each field, blank ones left out. It is as short
as it can be: a form has a field for each of a thousand agents, and is sent within 64 KB."""

_WHOLE = (
    "This was saved meanwhile, by somebody else or in another window of yours. What was changed is marked: look it "
    "over, then save again."
)
_TAKEN = "Changed meanwhile, to what stands here now."
_BOTH = "Changed meanwhile, to what is shown here; yours is still in the field. Saving again keeps yours."
_EMPTIED = "Emptied meanwhile; yours is still in the field. Saving again keeps yours."


def seen(form: Form) -> str:
    """What stands there now. A secret is left out, as it never stands in a page."""
    marks = ((one.name, _mark(form.before[one.name])) for one in form.fields if one.kind != "password")
    return " ".join(["-", *(f"{name}.{mark}" for name, mark in marks if mark)])


def meet(form: Form, told: str) -> None:
    """`form` holds what was sent by a page that had seen `told`. What was changed meanwhile and is not written here is
    taken in, what both changed is shown beside what is written here; either is noted, unless nothing is written here.

    A page that says nothing of what it has seen is taken at its word.
    """
    if not told:
        return
    was = dict(one.rpartition(".")[::2] for one in told.split())
    theirs, ours, by_part = list[str](), False, _by_part(form)
    for name, parts in by_part.items():
        before, now = ([_mark(texts[one.name]) for one in parts] for texts in (form.before, form.texts))
        then = [was.get(one.name, "") for one in parts]
        ours = ours or now != then
        if before not in (then, now):
            theirs.append(name)
            if now == then:
                form.texts |= {one.name: form.before[one.name] for one in parts}
    if theirs and ours:
        form.note(Conflict(_WHOLE))
        for name in theirs:
            _tell(form, name, by_part[name])


def _tell(form: Form, name: str, parts: Sequence[Field]) -> None:
    if all(plain(form.texts[one.name]) == plain(form.before[one.name]) for one in parts):
        form.note(Conflict(_TAKEN), name)
        return
    form.theirs[name] = words = [said for one in parts for said in _said(one, form.before)]
    form.note(Conflict(_BOTH if words else _EMPTIED), name)


def _said(one: Field, texts: Mapping[str, Any]) -> Sequence[tuple[str, bool]]:
    """Its words, and whether they are texts of ours."""
    if one.kind == "tick":
        return [(one.label, not one.own)] if texts[one.name] else []
    return [(word, bool(one.choices) and not one.names) for word in words_of(one, texts)]


def _by_part(form: Form) -> Mapping[str, Sequence[Field]]:
    """Several fields may be parts of one, which is the first of them."""
    found = defaultdict[str, list[Field]](list)
    for one in form.fields:
        if one.kind != "password":
            found[form.part_of(one.name)].append(one)
    return found


def _mark(text: Any) -> str:
    said = plain(text)
    return urlsafe_b64encode(blake2s(json.dumps(said).encode(), digest_size=3).digest()).decode() if said else ""
