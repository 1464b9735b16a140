"""What ought to be so on a floor, said plainly: who holds what, how full they are, which state they are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

POOL, CHAT, MAIL, TICKET = 60, 25, 10, 5
MOST = 3  # chats at once
WRAP, SILENCE, GRACE = timedelta(seconds=30), timedelta(minutes=10), timedelta(seconds=90)


@dataclass
class Who:
    """An agent."""

    state: str = "away"
    later: str = ""
    connected: bool = False
    seen: datetime | None = None

    @property
    def answers(self) -> bool:
        return self.connected and self.state == "available" and not self.later


@dataclass
class Matter:
    """A ticket. `turn`: since when it is the customer's turn to write; `offer`: the one by which its agent has it."""

    age: datetime
    live: bool
    mail: bool = False
    done: bool = False
    silent: bool = False
    holder: int | None = None
    held_since: datetime | None = None
    turn: datetime | None = None
    offer: int | None = None

    @property
    def weight(self) -> int:
        return 0 if self.done or self.silent else CHAT if self.live else self.weight_unwatched

    @property
    def weight_unwatched(self) -> int:
        """While nobody waits at the other end."""
        return MAIL if self.mail else TICKET


@dataclass
class Wrap:
    ticket: int
    agent: int
    room: int
    due: datetime
    offer: int | None
    ours: bool = True  # of the present stay in the agent's hands


@dataclass
class Model:
    who: dict[int, Who] = field(default_factory=dict)
    matters: dict[int, Matter] = field(default_factory=dict)
    wraps: list[Wrap] = field(default_factory=list)
    rings: dict[int, tuple[int, datetime]] = field(default_factory=dict)  # ticket: agent, until; which, routing chooses
    offers: dict[int, str] = field(default_factory=dict)  # what became of those that were accepted

    def held(self, agent: int) -> Iterator[Matter]:
        return (one for one in self.matters.values() if one.holder == agent and not one.done)

    def used(self, agent: int) -> int:
        rings = sum(self.matters[ticket].weight for ticket, (rung, _) in self.rings.items() if rung == agent)
        return rings + sum(one.weight for one in self.held(agent)) + sum(w.room for w in self.wraps if w.agent == agent)

    def aside(self, agent: int, *, mails: bool) -> int:
        """What of it may be laid aside for a talk: mails, or other tickets."""
        return sum(one.weight for one in self.held(agent) if not one.live and one.mail is mails)

    def busy(self, agent: int) -> bool:
        return any(one.live for one in self.held(agent)) or any(wrap.agent == agent for wrap in self.wraps)

    # What happens to a ticket

    def take(self, ticket: int, agent: int, now: datetime, offer: int | None = None) -> None:
        one = self.matters[ticket]
        if one.holder != agent and not one.done:
            self.let_go(ticket)
            one.held_since, one.offer = now, offer
            if offer is not None:
                self.offers[offer] = "accepted"
            if one.live and not self.who[agent].connected:
                self.who[agent].seen = self.who[agent].seen or now  # from now on they have the grace to come
            if one.live:
                self.talks_again(ticket, agent)
        one.holder = agent

    def let_go(self, ticket: int, became: str = "completed") -> None:
        """Out of its agent's hands; what they still write down of it, they do."""
        one = self.matters[ticket]
        if one.holder is not None and not one.done:
            self._end_offer(one, became)
            one.silent = False
        for wrap in self.wraps:
            wrap.ours = wrap.ours and wrap.ticket != ticket
        one.holder = None

    def leave(self, ticket: int, now: datetime) -> None:
        """Nobody waits at the other end any more."""
        one = self.matters[ticket]
        if one.live:
            room = one.weight - one.weight_unwatched
            one.live = one.silent = False
            if one.holder is not None:
                self._talked(ticket, room, now)

    def come_back(self, ticket: int, now: datetime) -> None:
        one = self.matters[ticket]
        if one.done:
            self.reopen(ticket, now)
            if one.holder is not None:  # in their hands again, if only until somebody sees that they do not answer
                self.talks_again(ticket, one.holder)
        if not one.live:
            one.live = True
            if one.holder is not None and not self.who[one.holder].answers:
                self.let_go(ticket)
            elif one.holder is not None:
                one.held_since = now
                self.talks_again(ticket, one.holder)

    def talks_again(self, ticket: int, agent: int) -> None:
        """Nobody writes down what goes on in their hands, of whatever stay."""
        self.stop_wraps([wrap for wrap in self.wraps if (wrap.ticket, wrap.agent) == (ticket, agent)])

    def resolve(self, ticket: int, now: datetime) -> None:
        one = self.matters[ticket]
        if not one.done:
            room, was_live = one.weight, one.live
            one.live = one.silent = False
            if one.holder is not None and was_live:
                self._talked(ticket, room, now)
            if one.holder is not None and not any(w.ours and w.ticket == ticket for w in self.wraps):
                self._end_offer(one)
            one.done = True

    def reopen(self, ticket: int, now: datetime) -> None:
        one = self.matters[ticket]
        one.done, one.age, one.held_since, one.offer = False, now, now, None
        for wrap in self.wraps:
            wrap.ours = wrap.ours and wrap.ticket != ticket

    def write(self, ticket: int, now: datetime) -> None:
        one = self.matters[ticket]
        if one.done:
            self.reopen(ticket, now)
        if one.silent:
            one.held_since = now
        one.silent, one.turn = False, None

    def answer(self, ticket: int, now: datetime) -> None:
        self.matters[ticket].turn = self.matters[ticket].turn or now

    # What happens to an agent

    def choose(self, agent: int, state: str, *, later: bool) -> None:
        here = self.who[agent]
        if later and state != here.state and self.busy(agent):
            here.later = state
        else:
            here.state, here.later = state, ""

    def pass_time(self, now: datetime) -> None:
        """Everything that is due, in the order in which the house looks."""
        for agent in {agent for agent, until in self.rings.values() if until <= now}:
            self.choose(agent, "away", later=False)
        for agent, here in self.who.items():
            if here.seen is not None and here.seen + GRACE <= now:
                here.connected, here.seen = False, None
                for ticket, one in self.matters.items():
                    if one.live and one.holder == agent and not one.done:
                        self.let_go(ticket, "orphaned")
        for one in self.matters.values():
            if one.live and one.holder is not None and one.turn is not None and one.held_since is not None:
                one.silent = one.silent or max(one.turn, one.held_since) + SILENCE <= now
        self.stop_wraps([wrap for wrap in self.wraps if wrap.due <= now])

    def go_on(self) -> None:
        """Who has served whoever they were with is in the state that they chose for then."""
        for agent, here in self.who.items():
            if here.later and not self.busy(agent):
                here.state, here.later = here.later, ""

    # How

    def _talked(self, ticket: int, room: int, now: datetime) -> None:
        one = self.matters[ticket]
        if room > 0 and one.holder is not None:
            self.wraps.append(Wrap(ticket, one.holder, room, now + WRAP, one.offer))
            if self.offers.get(one.offer or 0) == "accepted":
                self.offers[one.offer or 0] = "wrapping"
        else:
            self._end_offer(one)

    def stop_wraps(self, over: list[Wrap]) -> None:
        for wrap in over:
            self.wraps.remove(wrap)
            if self.offers.get(wrap.offer or 0) == "wrapping":
                self.offers[wrap.offer or 0] = "completed"

    def _end_offer(self, one: Matter, became: str = "completed") -> None:
        if self.offers.get(one.offer or 0) == "accepted":
            self.offers[one.offer or 0] = became
        one.offer = None if self.offers.get(one.offer or 0) != "wrapping" else one.offer
