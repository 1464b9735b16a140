"""Compares what people were told with what the desk still knows; pure, so that it can be proved to find faults.

Every send ends in one of three ways: acknowledged (it must be there), refused (it must not), or unknown, when the line
broke first (it may be there, once). Unknown ends are where doubles are born.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class End(Enum):
    ACKNOWLEDGED = "ok"
    REFUSED = "fail"
    UNKNOWN = "unknown"


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


def faults(sent: Sequence[Sent], kept: Sequence[Kept], log: Sequence[Logged]) -> list[str]:
    """Everything that is wrong, in sentences; empty where all promises were kept."""
    return [
        *_lost_or_changed(sent, kept),
        *_unwanted(sent, kept),
        *_out_of_order(sent, kept),
        *_gaps(kept),
        *_unlike_the_log(kept, log),
    ]


def misread(author: str, view: View, kept: Sequence[Kept]) -> list[str]:
    """What is wrong with the timeline that a person sees once they are connected and idle."""
    tickets = {message.ticket for message in kept if message.author == author}
    timeline = sorted((message.seq, message.text) for message in kept if message.ticket in tickets)
    wanted = [each for each in timeline if each[0] >= view.first]
    return [] if view.messages == wanted else [f"{author} sees {view.messages[-5:]}, it is {timeline[-5:]}"]


def _lost_or_changed(sent: Iterable[Sent], kept: Iterable[Kept]) -> list[str]:
    found = {(message.author, message.client_id): message for message in kept}
    wrong = []
    for one in sent:
        message = found.get((one.author, one.client_id))
        if one.end is End.ACKNOWLEDGED and message is None:
            wrong.append(f"lost: {one} was acknowledged")
        elif message is not None and message.text != one.text:
            wrong.append(f"changed: {one} is kept as {message}")
        elif one.end is End.ACKNOWLEDGED and message is not None and message.seq != one.seq:
            wrong.append(f"misplaced: {one} is kept as {message}")
    return wrong


def _unwanted(sent: Iterable[Sent], kept: Sequence[Kept]) -> list[str]:
    asked = {(one.author, one.client_id): one for one in sent}
    wrong = []
    for (author, client_id), times in Counter((message.author, message.client_id) for message in kept).items():
        one = asked.get((author, client_id))
        if times > 1:
            wrong.append(f"doubled: {author} {client_id} is there {times} times")
        if one is None:
            wrong.append(f"invented: nobody sent {author} {client_id}")
        elif one.end is End.REFUSED:
            wrong.append(f"kept though refused: {one}")
    for said, times in Counter((message.author, message.text) for message in kept).items():
        if times > 1:
            wrong.append(f"doubled: {said} is there {times} times under several ids")
    return wrong


def _out_of_order(sent: Iterable[Sent], kept: Sequence[Kept]) -> list[str]:
    """Each author's messages stand in the order in which they were first sent."""
    turn = {(one.author, one.client_id): one.turn for one in sent}
    turns: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for message in sorted(kept, key=lambda message: message.seq):
        if (message.author, message.client_id) in turn:
            turns[message.author, message.ticket].append(turn[message.author, message.client_id])
    return [f"out of order: {who} spoke as {found}" for who, found in turns.items() if found != sorted(found)]


def _gaps(kept: Iterable[Kept]) -> list[str]:
    seqs: defaultdict[int, list[int]] = defaultdict(list)
    for message in kept:
        seqs[message.ticket].append(message.seq)
    return [
        f"gap: ticket {ticket} holds {sorted(found)}"
        for ticket, found in seqs.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]


def _unlike_the_log(kept: Iterable[Kept], log: Sequence[Logged]) -> list[str]:
    """The log counts from 1 without a gap, and tells of exactly the messages that are there, each ticket's in order."""
    wrong = []
    positions = [row.pos for row in log]
    if positions != list(range(1, len(log) + 1)):
        missing = sorted(set(range(1, max(positions, default=0) + 1)) - set(positions))
        wrong.append(f"gap: the log lacks {missing} or is out of order")
    told = [(row.ticket, row.seq) for row in log if row.seq is not None]
    held = Counter((message.ticket, message.seq) for message in kept)
    if Counter(told) != held:
        wrong.append(f"the log tells of {Counter(told) - held} too many and of {held - Counter(told)} too few")
    seqs: defaultdict[int, list[int]] = defaultdict(list)
    for ticket, seq in told:
        seqs[ticket].append(seq or 0)
    wrong.extend(f"the log tells ticket {t} out of order: {s}" for t, s in seqs.items() if s != sorted(s))
    return wrong
