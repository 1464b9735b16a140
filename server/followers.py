"""Who follows what in this process, and what each of them gets."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from server.missed import Delivery
from tickets.live import Outbox, Topic
from tickets.parcel import Parcel

_NOTHING = Parcel()

Key = TypeVar("Key", Topic, str)


@dataclass(eq=False, slots=True)
class Follower:
    """One screen. What happens while it still reads what it missed is held until then."""

    outbox: Outbox
    topics: frozenset[Topic]
    held: list[bytes] | None = None

    def gets(self, parcel: Parcel) -> None:
        if self.held is None:
            self.outbox.put_parcel(parcel)
        else:
            self.held += parcel.frames


class Followers:
    """By outbox, by topic and by topic name. On the event loop."""

    def __init__(self) -> None:
        self._by_outbox: dict[Outbox, Follower] = {}
        self._of: dict[Topic, set[Follower]] = {}
        self._named: dict[str, set[Follower]] = {}
        self._topics: frozenset[Topic] | None = None

    @property
    def outboxes(self) -> Collection[Outbox]:
        return self._by_outbox.keys()

    @property
    def topics(self) -> frozenset[Topic]:
        """All that anyone follows, as a value that another thread may keep; the same one as long as it is so."""
        if self._topics is None:
            self._topics = frozenset(self._of)
        return self._topics

    @property
    def settled(self) -> frozenset[Topic] | None:
        """For other threads: the same value, where nobody came or went since somebody asked for it."""
        return self._topics

    def follows(self, name: str) -> bool:
        return name in self._named

    def join(self, outbox: Outbox, topics: frozenset[Topic]) -> Follower:
        """It gets what happens from now on, once what it missed has been put before."""
        follower = self._by_outbox[outbox] = Follower(outbox, topics, held=[])
        for topic in topics:
            self._of.setdefault(topic, set()).add(follower)
            self._named.setdefault(topic.name, set()).add(follower)
        self._topics = None
        return follower

    def leave(self, outbox: Outbox) -> None:
        follower = self._by_outbox.pop(outbox, None)
        if follower is not None:
            for topic in follower.topics:
                _discard(self._of, topic, follower)
                _discard(self._named, topic.name, follower)
            self._topics = None

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Put frames into the outboxes of everyone who follows their topic: all that one of them gets, in one step."""
        told: dict[Follower, Parcel] = {}
        for delivery in deliveries:
            longer: dict[Parcel, Parcel] = {}  # those who got the same so far get the same again
            for follower in self._of.get(delivery.topic, ()):
                before = told.get(follower, _NOTHING)
                if before not in longer:
                    longer[before] = before.and_then(delivery.frame)
                told[follower] = longer[before]
        for follower, parcel in told.items():
            follower.gets(parcel)

    def whisper(self, name: str, frame: bytes) -> None:
        """Past what is held: a whisper is for this moment, and is told to nobody later."""
        followers = self._named.get(name)
        if followers:
            parcel = Parcel([frame])
            for follower in followers:
                follower.outbox.put_parcel(parcel)


def _discard(index: dict[Key, set[Follower]], key: Key, follower: Follower) -> None:
    followers = index.get(key)
    if followers is not None:
        followers.discard(follower)
        if not followers:
            del index[key]
