"""The checker finds each fault that is planted in an honest history: one that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.faults.checker import End, Kept, Logged, Sent, View, faults, misread


@dataclass
class History:
    sent: list[Sent]
    kept: list[Kept]
    log: list[Logged]

    def forget(self, place: int) -> None:
        """As if this message had never been written, timeline and log closed up again."""
        del self.kept[place]
        self.kept = [replace(message, seq=n) for n, message in enumerate(self.kept, 1)]
        self._tell()

    def insert(self, place: int, message: Kept) -> None:
        self.kept.insert(place, message)
        self.kept = [replace(message, seq=n) for n, message in enumerate(self.kept, 1)]
        self._tell()

    def _tell(self) -> None:
        self.log = [Logged(1, 7), *(Logged(message.seq + 1, message.ticket, message.seq) for message in self.kept)]


def an_honest_history() -> History:
    """Sam sent six: the third was refused, the fifth's line broke before it arrived, the sixth's after."""
    sent = [Sent("sam", f"c-{turn}", turn, f"text {turn}", End.ACKNOWLEDGED) for turn in range(6)]
    sent[2].end, sent[4].end, sent[5].end = End.REFUSED, End.UNKNOWN, End.UNKNOWN
    kept = [Kept(7, n, "sam", f"c-{turn}", f"text {turn}") for n, turn in enumerate([0, 1, 3, 5], 1)]
    for one, seq in [(sent[0], 1), (sent[1], 2), (sent[3], 3)]:
        one.seq = seq
    history = History(sent, kept, [])
    history._tell()
    return history


def acknowledged_before_commit(history: History) -> None:
    history.forget(2)


def committed_twice(history: History) -> None:
    """A resend that was not recognised, in a place of its own."""
    history.insert(4, replace(history.kept[3], seq=5))


def resent_under_another_id(history: History) -> None:
    history.sent.append(Sent("sam", "c-9", 9, "text 5", End.ACKNOWLEDGED, 5))
    history.insert(4, Kept(7, 5, "sam", "c-9", "text 5"))


def numbered_without_a_lock(history: History) -> None:
    history.kept[2] = replace(history.kept[2], seq=2)


def a_hole_in_the_timeline(history: History) -> None:
    history.kept[3] = replace(history.kept[3], seq=9)


def kept_what_was_refused(history: History) -> None:
    history.insert(2, Kept(7, 3, "sam", "c-2", "text 2"))


def nobody_sent_it(history: History) -> None:
    history.insert(4, Kept(7, 5, "sam", "c-77", "text 77"))


def another_text(history: History) -> None:
    history.kept[0] = replace(history.kept[0], text="Text 0")


def another_place_than_was_told(history: History) -> None:
    history.sent[0].seq = 4


def overtaken(history: History) -> None:
    one, two = history.kept[0], history.kept[1]
    history.kept[:2] = [replace(two, seq=1), replace(one, seq=2)]
    history.sent[0].seq, history.sent[1].seq = 2, 1


def a_hole_in_the_log(history: History) -> None:
    history.log[3:] = [replace(row, pos=row.pos + 1) for row in history.log[3:]]


def committed_without_its_event(history: History) -> None:
    history.log.pop()


def told_of_what_was_rolled_back(history: History) -> None:
    history.log.append(Logged(len(history.log) + 1, 7, 5))


def told_out_of_order(history: History) -> None:
    history.log[1:3] = [replace(history.log[2], pos=2), replace(history.log[1], pos=3)]


PLANTED = [
    acknowledged_before_commit, committed_twice, resent_under_another_id, numbered_without_a_lock,
    a_hole_in_the_timeline, kept_what_was_refused, nobody_sent_it, another_text, another_place_than_was_told,
    overtaken, a_hole_in_the_log, committed_without_its_event, told_of_what_was_rolled_back, told_out_of_order,
]  # fmt: skip


def test_an_honest_history_has_no_fault() -> None:
    history = an_honest_history()

    assert [] == faults(history.sent, history.kept, history.log)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Callable[[History], None]) -> None:
    history = an_honest_history()
    plant(history)

    assert faults(history.sent, history.kept, history.log)


def test_a_person_who_sees_less_more_or_otherwise_is_found() -> None:
    kept = an_honest_history().kept
    whole = [(message.seq, message.text) for message in kept]

    assert [] == misread("sam", View(1, whole), kept)
    assert [] == misread("sam", View(2, whole[1:]), kept)
    for view in (whole[1:], whole[:-1], [*whole, whole[-1]], [*reversed(whole)], []):
        assert misread("sam", View(1, view), kept)
