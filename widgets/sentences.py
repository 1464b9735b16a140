"""What each kind of event says in a timeline, in one thin sentence; some say nothing there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from chat.events import ChatEnded, ChatRated, VisitorCame, VisitorLeft
from chat.surveys.answering import BY_LETTER
from routing.callbacks.callback import AGAIN
from routing.events import NeedsRelaxed, OfferDeclined, OfferExpired, OfferMade, QueueFull
from routing.limits import WhenFull
from routing.presence import GONE
from tickets.events import (
    ChannelChanged,
    Event,
    LiveBegan,
    LiveEnded,
    PriorityChanged,
    StatusChanged,
    SubjectChanged,
    TicketAssigned,
    TicketMoved,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketSnoozed,
    TicketWoken,
)
from tickets.log import LogRow
from widgets import favour_sentences, moments
from widgets.call_sentences import CALLS
from widgets.complaint_sentences import COMPLAINTS
from widgets.labels import CHANNELS, PRIORITIES, STATUSES
from widgets.mail_sentences import MAIL
from widgets.names import Names
from widgets.promise_sentences import PROMISES
from widgets.promise_sentences import Said as Promised
from widgets.words import translate
from widgets.work_sentences import WORK


@dataclass(frozen=True)
class Sentence:
    """An English sentence with {blanks}. `facts` are names and moments, `words` are texts of ours, translated too."""

    says: str
    icon: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)  # seconds

    def html(self, language: str) -> Markup:
        said = {name: translate(language, word) for name, word in self.words.items()}
        said |= {name: moments.length(language, seconds, days=False) for name, seconds in self.times.items()}
        names = {name: _isolated(fact) for name, fact in self.facts.items()}
        return Markup(escape(translate(language, self.says))).format(**names, **said)


@dataclass(frozen=True)
class Told:
    """One event, with the names around it."""

    row: LogRow
    names: Names
    customer: str

    @property
    def by(self) -> str:
        """The agent who did it; empty where nobody of us did."""
        return self.names.of(self.row.by)


def sentence(row: LogRow, names: Names, customer: str) -> Sentence | None:
    """What the event says; None where it says nothing."""
    event = row.event
    says = SENTENCES.get(type(event))
    return says(Told(row, names, customer), event) if says else None


def _opened(told: Told, event: TicketOpened) -> Sentence | None:
    if event.channel == "callback":
        return None  # when they want to be rung says it
    if event.channel == "chat":
        return Sentence("{name} started a chat", "chat", {"name": told.customer})
    if told.by and event.channel == "email":
        return Sentence("{by} wrote to {name}", "mail", {"by": told.by, "name": told.customer})
    return Sentence("{name} wrote to us: {channel}", "inbox", {"name": told.customer}, _channel(event.channel))


def _assigned(told: Told, event: TicketAssigned) -> Sentence:
    name = told.names.agent(event.agent)
    if told.row.by == f"agent:{event.agent}":
        return Sentence("{name} took it", "person", {"name": name})
    if told.by:
        return Sentence("{by} gave it to {name}", "person", {"by": told.by, "name": name})
    return Sentence("Given to {name}", "person", {"name": name})


def _released(told: Told, event: TicketReleased) -> Sentence | None:
    name = told.names.agent(event.agent)
    if event.why in {"moved", AGAIN}:
        return None
    if event.why == GONE:
        return Sentence("{name} could not be reached, so it is back in the queue", "person", {"name": name})
    if told.by:
        return Sentence("{by} gave it back to the queue", "person", {"by": told.by})
    return Sentence("Back in the queue", "person")


def _moved(told: Told, event: TicketMoved) -> Sentence:
    if event.because:
        return Sentence(*favour_sentences.moved(told, event))
    facts = {"queue": told.names.queue(event.queue)}
    if event.before is None or not told.by:
        return Sentence("In {queue}", "inbox", facts)
    return Sentence("{by} moved it to {queue}", "inbox", {**facts, "by": told.by})


def _priority(told: Told, event: PriorityChanged) -> Sentence:
    if event.because:
        return Sentence(*favour_sentences.raised(told, event))
    return _by(told, "{by} set the priority: {priority}", "Priority: {priority}", "flag", priority=event.priority)


def _status(told: Told, event: StatusChanged) -> Sentence | None:
    """A new ticket that somebody takes or answers is open: that goes without saying."""
    if (event.before, event.status) == ("new", "open"):
        return None
    own = told.names.status(event.name)
    if own and told.by:
        return Sentence("{by} set the status: {status}", "dot", {"by": told.by, "status": own})
    if own:
        return Sentence("Status: {status}", "dot", {"status": own})
    return _by(told, "{by} set the status: {status}", "Status: {status}", "dot", status=event.status)


def _subject(told: Told, _: SubjectChanged) -> Sentence:
    return _by(told, "{by} changed the subject", "The subject was changed", "pen")


def _snoozed(told: Told, event: TicketSnoozed) -> Sentence | None:
    if event.why:
        return None
    until = _moment(event.until)
    if told.by:
        return Sentence("{by} snoozed it until {time}", "moon", {"by": told.by, "time": until})
    return Sentence("Snoozed until {time}", "moon", {"time": until})


def _woken(told: Told, _: TicketWoken) -> Sentence:
    return _by(told, "{by} ended the snooze", "No longer snoozed", "moon")


def _resolved(told: Told, _: TicketResolved) -> Sentence:
    return _by(told, "{by} resolved it", "Resolved", "check")


def _reopened(told: Told, _: TicketReopened) -> Sentence:
    return _by(told, "{by} reopened it", "Open again", "back")


def _channel_changed(told: Told, event: ChannelChanged) -> Sentence:
    says = {"callback": "{name} would rather be called", "email": "{name} would rather be answered by email"}
    return Sentence(says.get(event.channel, "{name} waits in the chat again"), "chat", {"name": told.customer})


def _live(told: Told, _: LiveBegan) -> Sentence:
    return Sentence("{name} waits for an answer live", "chat", {"name": told.customer})


def _live_over(told: Told, _: LiveEnded) -> Sentence | None:
    """Whoever ended it has already said so; only a visitor who stayed away needs a sentence."""
    return Sentence("Nobody waits live any more", "chat") if told.row.by == "system" else None


def _offered(told: Told, event: OfferMade) -> Sentence:
    return Sentence("Offered to {name}", "bolt", {"name": told.names.agent(event.agent)})


def _declined(told: Told, event: OfferDeclined) -> Sentence:
    return Sentence("{name} declined", "bolt", {"name": told.names.agent(event.agent)})


def _expired(told: Told, event: OfferExpired) -> Sentence:
    return Sentence("{name} did not answer the offer", "bolt", {"name": told.names.agent(event.agent)})


def _relaxed(told: Told, event: NeedsRelaxed) -> Sentence:
    if event.helper is not None:
        return Sentence("Nobody was free: {queue} may help", "bolt", {"queue": told.names.queue(event.helper)})
    if event.dropped:
        return Sentence("Nobody was free who can do all that it asks for: it asks for less", "bolt")
    return Sentence("It has waited long", "bolt")


def _full(told: Told, event: QueueFull) -> Sentence:
    facts = {"queue": told.names.queue(event.queue), "name": told.customer}
    if event.then == WhenFull.QUEUE:
        return Sentence("{queue} was full", "warn", facts)
    return Sentence("{queue} was full: {name} was told that we answer in writing", "warn", facts)


def _came(told: Told, _: VisitorCame) -> Sentence:
    return Sentence("{name} is back", "person", {"name": told.customer})


def _left(told: Told, _: VisitorLeft) -> Sentence:
    return Sentence("{name} left the page", "person", {"name": told.customer})


def _ended(told: Told, _: ChatEnded) -> Sentence:
    return Sentence("{name} ended the chat", "x", {"name": told.customer})


def _rated(told: Told, event: ChatRated) -> Sentence:
    facts = {"name": told.customer, "score": event.score, "comment": event.comment}
    if event.way == BY_LETTER and event.comment:
        return Sentence("{name} rated our help: {score} of 5. “{comment}”", "star", facts)
    if event.way == BY_LETTER:
        return Sentence("{name} rated our help: {score} of 5", "star", facts)
    if event.comment:
        return Sentence("{name} rated the chat: {score} of 5. “{comment}”", "star", facts)
    return Sentence("{name} rated the chat: {score} of 5", "star", facts)


def _moment(at: datetime) -> Markup:
    said = at.strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}" data-as="when">{}</time>').format(moments.iso(at), said)


def _by(told: Told, by_hand: str, by_itself: str, icon: str, **values: str) -> Sentence:
    """Two ways to say it: with the agent who did it, or without."""
    labels = {"priority": PRIORITIES, "status": STATUSES}
    words = {name: labels[name].get(value, value) for name, value in values.items()}
    return Sentence(by_hand, icon, {"by": told.by}, words) if told.by else Sentence(by_itself, icon, {}, words)


def _channel(channel: str) -> dict[str, str]:
    return {"channel": CHANNELS.get(channel, channel)}


def _called(says: Callable[[Told, Any], tuple[Any, ...] | None]) -> Callable[[Told, Any], Sentence | None]:
    """What a request for a call or a complaint says, as a sentence."""

    def said(told: Told, event: Any) -> Sentence | None:
        found = says(told, event)
        return Sentence(*found) if found else None

    return said


def _promised(says: Callable[[Told, Any], Promised]) -> Callable[[Told, Any], Sentence]:
    """What a promise says, as a sentence."""
    return lambda told, event: Sentence(*says(told, event))


def _isolated(fact: Any) -> Markup:
    """A name may run the other way; it must not take the sentence with it."""
    return fact if isinstance(fact, Markup) else Markup("<bdi>{}</bdi>").format(fact)


SENTENCES: dict[type[Event], Callable[[Told, Any], Sentence | None]] = {
    TicketOpened: _opened,
    TicketAssigned: _assigned,
    TicketReleased: _released,
    TicketMoved: _moved,
    PriorityChanged: _priority,
    StatusChanged: _status,
    SubjectChanged: _subject,
    TicketSnoozed: _snoozed,
    TicketWoken: _woken,
    TicketResolved: _resolved,
    TicketReopened: _reopened,
    ChannelChanged: _channel_changed,
    LiveBegan: _live,
    LiveEnded: _live_over,
    OfferMade: _offered,
    OfferDeclined: _declined,
    OfferExpired: _expired,
    NeedsRelaxed: _relaxed,
    QueueFull: _full,
    VisitorCame: _came,
    VisitorLeft: _left,
    ChatEnded: _ended,
    ChatRated: _rated,
    **{kind: _promised(says) for kind, says in PROMISES.items()},
    **{kind: _called(says) for kind, says in (CALLS | WORK | COMPLAINTS | MAIL).items()},
}
