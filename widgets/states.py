"""How an agent's state looks wherever it is shown: a coloured mark, a glyph and its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from routing.presence import Intent, Presence
from routing.states import KEY, AgentState, states
from widgets.labels import INTENT_GLYPHS, INTENTS

_MARKS = {Intent.AVAILABLE: "available", Intent.OFFLINE: "offline"}


@dataclass(frozen=True)
class Look:
    """`own`: its name is somebody's own for it, not a word of ours. `mark`: the class of its coloured dot."""

    key: str
    name: str
    glyph: str
    mark: str
    own: bool = False
    asks_reason: bool = False


BUILT_IN = {
    intent.value: Look(intent.value, INTENTS[intent.value], INTENT_GLYPHS[intent.value], _MARKS.get(intent, "away"))
    for intent in Intent
}


def looks(session: Session, *, archived: bool = False) -> Mapping[str, Look]:
    """Of every state by its key, in the order of the menu: available first, offline last, the desk's own between."""
    own = {state.key: look_of(state) for state in states(session, archived=archived)}
    last = BUILT_IN[Intent.OFFLINE.value]
    return {**{key: look for key, look in BUILT_IN.items() if look is not last}, **own, last.key: last}


def look_of(state: AgentState) -> Look:
    return Look(state.key, state.name, state.glyph, state.colour, own=True, asks_reason=state.asks_reason)


def look(session: Session, key: str) -> Look:
    """Of one state, which may be archived by now."""
    if not key.startswith(KEY):
        return BUILT_IN[key]
    return look_of(session.get_one(AgentState, int(key.removeprefix(KEY))))


def shown(session: Session, people: Sequence[Presence | None]) -> list[Look]:
    """How each of these looks to colleagues: who cannot be reached is offline, whatever they intend."""
    own = looks(session, archived=True) if any(one is not None and one.state_id is not None for one in people) else {}
    known = {**BUILT_IN, **own}
    return [known[one.key if one is not None and one.connected else Intent.OFFLINE.value] for one in people]
