"""Compares what people were told with what the desk still knows; pure, so that it can be proved to find faults.

Every send ends in one of three ways: acknowledged (it must be there), refused (it must not), or unknown, when the line
broke first (it may be there, once). Unknown ends are where doubles are born. tests/faults/history.py writes them down,
tests/faults/laws.py judges what is no message: mail, promises, files, calls.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise


class End(Enum):
    ACKNOWLEDGED = "ok"
    REFUSED = "fail"
    UNKNOWN = "info"


@dataclass
class Sent:
    """One message as its author knows it. `turn` counts each author's sends."""

    author: str
    client_id: str
    turn: int
    text: str
    end: End = End.UNKNOWN
    seq: int | None = None  # as acknowledged


@dataclass(frozen=True)
class Kept:
    """One message as the database holds it."""

    ticket: int
    seq: int
    author: str
    client_id: str
    text: str


@dataclass(frozen=True)
class Logged:
    """One row of the log; `seq` where it is about a message."""

    pos: int
    ticket: int  # 0 where it is about none
    seq: int | None = None


@dataclass(frozen=True)
class View:
    """What one screen shows, as (seq, text), from `first` on."""

    first: int
    messages: list[tuple[int, str]]


@dataclass(frozen=True)
class Fault:
    """A promise that was broken: which, in a sentence, and the (author, client id) of what it is about."""

    law: str
    says: str
    keys: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        return f"{self.law}: {self.says}"


def faults(sent: Sequence[Sent], kept: Sequence[Kept], log: Sequence[Logged]) -> list[Fault]:
    """Everything that is wrong; empty where all promises were kept."""
    return [
        *_lost_or_changed(sent, kept),
        *_unwanted(sent, kept),
        *_out_of_order(sent, kept),
        *_gaps(kept),
        *_unlike_the_log(kept, log),
    ]


def misread(author: str, view: View, kept: Sequence[Kept]) -> list[Fault]:
    """What is wrong with the timeline that a person sees once they are connected and idle."""
    timeline = _timeline(author, kept)
    wanted = [each for each in timeline if each[0] >= view.first]
    wrong = f"{author} sees {view.messages[-5:]}, it is {timeline[-5:]}"
    return [] if view.messages == wanted else [Fault("misread", wrong)]


def no_beginning(author: str, view: View, kept: Sequence[Kept]) -> list[Fault]:
    """What is wrong with the timeline that a person saw in between: it must be how the final one begins."""
    wanted = [each for each in _timeline(author, kept) if each[0] >= view.first]
    wrong = f"{author} saw {view.messages[-5:]}, which is not how {wanted[: len(view.messages)][-5:]} begins"
    return [] if view.messages == wanted[: len(view.messages)] else [Fault("no prefix", wrong)]


def _timeline(author: str, kept: Sequence[Kept]) -> list[tuple[int, str]]:
    tickets = {message.ticket for message in kept if message.author == author}
    return sorted((message.seq, message.text) for message in kept if message.ticket in tickets)


def _lost_or_changed(sent: Iterable[Sent], kept: Iterable[Kept]) -> list[Fault]:
    found = {(message.author, message.client_id): message for message in kept}
    wrong = []
    for one in sent:
        key = frozenset({(one.author, one.client_id)})
        message = found.get((one.author, one.client_id))
        if one.end is End.ACKNOWLEDGED and message is None:
            wrong.append(Fault("lost", f"{one} was acknowledged", key))
        elif message is not None and message.text != one.text:
            wrong.append(Fault("changed", f"{one} is kept as {message}", key))
        elif one.end is End.ACKNOWLEDGED and message is not None and message.seq != one.seq:
            wrong.append(Fault("misplaced", f"{one} is kept as {message}", key))
    return wrong


def _unwanted(sent: Iterable[Sent], kept: Sequence[Kept]) -> list[Fault]:
    asked = {(one.author, one.client_id): one for one in sent}
    wrong = []
    for key, times in Counter((message.author, message.client_id) for message in kept).items():
        one = asked.get(key)
        if times > 1:
            wrong.append(Fault("doubled", f"{key} is there {times} times", frozenset({key})))
        if one is None:
            wrong.append(Fault("invented", f"nobody sent {key}", frozenset({key})))
        elif one.end is End.REFUSED:
            wrong.append(Fault("kept though refused", str(one), frozenset({key})))
    ids: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for message in kept:
        ids[message.author, message.text].add((message.author, message.client_id))
    wrong += [Fault("doubled", f"{said} under {ours}", frozenset(ours)) for said, ours in ids.items() if len(ours) > 1]
    return wrong


def _out_of_order(sent: Iterable[Sent], kept: Sequence[Kept]) -> list[Fault]:
    """Each author's messages stand in the order in which they were first sent."""
    turn = {(one.author, one.client_id): one.turn for one in sent}
    theirs: defaultdict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for message in sorted(kept, key=lambda message: message.seq):
        if (message.author, message.client_id) in turn:
            theirs[message.author, message.ticket].append((message.author, message.client_id))
    return [
        Fault("out of order", f"{one[1]} stands before {next_[1]}, which was sent first", frozenset({one, next_}))
        for found in theirs.values()
        for one, next_ in pairwise(found)
        if turn[one] > turn[next_]
    ]


def _gaps(kept: Iterable[Kept]) -> list[Fault]:
    seqs: defaultdict[int, list[int]] = defaultdict(list)
    for message in kept:
        seqs[message.ticket].append(message.seq)
    return [
        Fault("gap", f"ticket {ticket} holds {sorted(found)}", _first_gap(ticket, kept))
        for ticket, found in seqs.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]


def _first_gap(ticket: int, kept: Iterable[Kept]) -> frozenset[tuple[str, str]]:
    """The messages on both sides of it."""
    ours = sorted((message for message in kept if message.ticket == ticket), key=lambda message: message.seq)
    apart = next(((one, two) for one, two in pairwise(ours) if two.seq != one.seq + 1), tuple(ours[:1]))
    return frozenset((message.author, message.client_id) for message in apart)


def _unlike_the_log(kept: Iterable[Kept], log: Sequence[Logged]) -> list[Fault]:
    """The log counts from 1 without a gap, and tells of exactly the messages that are there, each ticket's in order."""
    wrong = []
    positions = [row.pos for row in log]
    if positions != list(range(1, len(log) + 1)):
        missing = sorted(set(range(1, max(positions, default=0) + 1)) - set(positions))
        wrong.append(Fault("gap in the log", f"it lacks {missing} or is out of order"))
    told = [(row.ticket, row.seq) for row in log if row.seq is not None]
    held = Counter((message.ticket, message.seq) for message in kept)
    if Counter(told) != held:
        more, less = Counter(told) - held, held - Counter(told)
        keys = {(one.author, one.client_id) for one in kept if (one.ticket, one.seq) in less}
        wrong.append(Fault("unlike the log", f"it tells of {more} too many and of {less} too few", frozenset(keys)))
    seqs: defaultdict[int, list[int]] = defaultdict(list)
    for ticket, seq in told:
        seqs[ticket].append(seq or 0)
    wrong += [Fault("unlike the log", f"ticket {t} is told as {s}") for t, s in seqs.items() if s != sorted(s)]
    return wrong
