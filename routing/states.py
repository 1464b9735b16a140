"""A desk's own states beside the built-in ones: what an agent may say of themselves, and what reaches them then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, func, select

from routing.events import AgentStateChanged
from routing.medium import Medium
from routing.names import free_name
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused

KEY = "own-"  # and the id: how an own state is named in a form
PLACES = range(1, 100)


class Takes(StrEnum):
    """What of one medium reaches an agent (semantics.md part 3)."""

    NEW = "new"  # whatever routing has for them
    TRANSFERS = "transfers"  # only what a colleague hands them
    NOTHING = "nothing"


class Colour(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PURPLE = "purple"
    GREY = "grey"


GLYPHS = ("moon", "clock", "book", "people", "phone", "mail", "chat", "pen", "star", "flag")


@dataclass(frozen=True)
class StateForm:
    """What an admin says about a state."""

    name: str
    glyph: str = "clock"
    colour: Colour = Colour.YELLOW
    place: int = 10
    asks_reason: bool = False
    takes: Mapping[Medium, Takes] = field(default_factory=dict)  # nothing, of what is not named


class AgentState(SQLModel, table=True):
    """Listed by `place`, then by name. An archived one cannot be chosen any more; who is in it may stay."""

    __tablename__ = "agent_state"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True)
    glyph: str
    colour: str
    place: int
    asks_reason: bool = False
    takes_chat: str = Takes.NOTHING.value
    takes_callback: str = Takes.NOTHING.value
    takes_email: str = Takes.NOTHING.value
    takes_ticket: str = Takes.NOTHING.value
    archived: bool = False

    @property
    def key(self) -> str:
        return f"{KEY}{self.id}"

    @property
    def answers(self) -> bool:
        """Whether any new work reaches who is in it."""
        return any(self.takes(medium) is Takes.NEW for medium in Medium)

    def takes(self, medium: Medium) -> Takes:
        return Takes(getattr(self, f"takes_{medium}"))

    def edit(self, change: Change, form: StateForm) -> None:
        """Who is in it takes at once what it says now. Raises Refused beside the field."""
        name = _free_name(change, form.name, but=self.id)
        if form.glyph not in GLYPHS:
            raise Refused("Choose from what is offered.", field="glyph")
        if form.place not in PLACES:
            raise Refused("A place is a number from 1 to 99.", field="place")
        before = self.model_dump()
        self.name, self.glyph, self.colour, self.place = name, form.glyph, form.colour.value, form.place
        self.asks_reason = form.asks_reason
        for medium in Medium:
            setattr(self, f"takes_{medium}", form.takes.get(medium, Takes.NOTHING).value)
        if self.model_dump() != before:
            change.record(AgentStateChanged(state=self.id))

    def archive(self, change: Change) -> None:
        self._put_away(change, True)

    def restore(self, change: Change) -> None:
        self._put_away(change, False)

    def _put_away(self, change: Change, archived: bool) -> None:
        if self.archived is not archived:
            self.archived = archived
            change.record(AgentStateChanged(state=self.id))


# Verbs


def add_state(change: Change, form: StateForm) -> AgentState:
    """Raises Refused without a name, Conflict where the name is taken."""
    name = _free_name(change, form.name)
    state = change.add(AgentState(id=change.new_id(), name=name, glyph="", colour="", place=0))
    state.edit(change, form)
    return state


# What others ask


def states(session: Session, *, archived: bool = False) -> Sequence[AgentState]:
    """In the order of the menu; the archived ones only when asked for."""
    query = select(AgentState).order_by(col(AgentState.place), func.lower(AgentState.name))
    return session.exec(query if archived else query.where(col(AgentState.archived).is_(False))).all()


def own_state(change: Change, key: str) -> AgentState | None:
    """The own state that a form names so; None where it names a built-in one. Raises NotFound."""
    if not key.startswith(KEY):
        return None
    number = key.removeprefix(KEY)
    found = change.find(AgentState, int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else None
    if found is None or found.archived:
        raise NotFound("This state is no longer in use.", field="intent")
    return found


# How


def _free_name(change: Change, name: str, *, but: int | None = None) -> str:
    return free_name(
        change,
        AgentState,
        name,
        but=but,
        needed=Refused("A state needs a name.", field="name"),
        taken=lambda name: Conflict("There is already a state named {name}.", field="name", name=name),
    )
