"""The checker finds each fault that is planted in an honest history: one that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.faults.checker import End, Kept, Logged, Sent, View, faults, misread, no_beginning
from tests.faults.history import SAY, sends
from tests.faults.history import History as Written
from tests.faults.laws import report


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


FOUND_AS: dict[Callable[[History], None], str] = {
    acknowledged_before_commit: "lost",
    committed_twice: "doubled",
    resent_under_another_id: "doubled",
    numbered_without_a_lock: "gap",
    a_hole_in_the_timeline: "gap",
    kept_what_was_refused: "kept though refused",
    nobody_sent_it: "invented",
    another_text: "changed",
    another_place_than_was_told: "misplaced",
    overtaken: "out of order",
    a_hole_in_the_log: "gap in the log",
    committed_without_its_event: "unlike the log",
    told_of_what_was_rolled_back: "unlike the log",
    told_out_of_order: "unlike the log",
}


def test_an_honest_history_has_no_fault() -> None:
    history = an_honest_history()

    assert [] == faults(history.sent, history.kept, history.log)


@pytest.mark.parametrize(("plant", "law"), FOUND_AS.items(), ids=lambda each: getattr(each, "__name__", each))
def test_a_planted_fault_is_found(plant: Callable[[History], None], law: str) -> None:
    """For what it is: what one rule does not see, another must not hide that it does not."""
    history = an_honest_history()
    plant(history)

    assert law in {fault.law for fault in faults(history.sent, history.kept, history.log)}


def test_a_person_who_sees_less_more_or_otherwise_is_found() -> None:
    kept = an_honest_history().kept
    whole = [(message.seq, message.text) for message in kept]

    assert [] == misread("sam", View(1, whole), kept)
    assert [] == misread("sam", View(2, whole[1:]), kept)
    for view in (whole[1:], whole[:-1], [*whole, whole[-1]], [*reversed(whole)], []):
        assert misread("sam", View(1, view), kept)


def test_who_saw_something_that_is_not_how_it_begins_is_found() -> None:
    kept = an_honest_history().kept
    whole = [(message.seq, message.text) for message in kept]

    for view in ([], whole[:2], whole):
        assert [] == no_beginning("sam", View(1, view), kept)
    for view in (whole[1:], [whole[0], whole[2]], [*whole, (5, "text 77")]):
        assert no_beginning("sam", View(1, view), kept)


def test_a_history_knows_what_was_told_over_all_tries(tmp_path: Path) -> None:
    """One "ok" counts for ever; refused is only what every try was; anything else is unknown."""
    told = {
        "acknowledged": [End.UNKNOWN, End.ACKNOWLEDGED],
        "acknowledged, then refused": [End.ACKNOWLEDGED, End.REFUSED],
        "refused": [End.REFUSED, End.REFUSED],
        "broken, then refused": [End.UNKNOWN, End.REFUSED],
        "broken": [End.UNKNOWN],
    }
    written = Written(tmp_path / "history.jsonl")
    for key, ends in told.items():
        for end in ends:
            written.begins("sam", SAY, key, text=key)
            written.ends("sam", SAY, key, end, seq=3)
    written.begins("sam", SAY, "never answered", text="?")
    written.close()

    found = {one.client_id: one.end for one in sends(written.lines())}
    assert [End.ACKNOWLEDGED] * 2 + [End.REFUSED] + [End.UNKNOWN] * 3 == list(found.values())


def test_the_report_tells_the_seed_and_the_shortest_story(tmp_path: Path) -> None:
    history = an_honest_history()
    acknowledged_before_commit(history)
    written = Written(tmp_path / "history.jsonl")
    for one in history.sent:
        written.begins("sam", SAY, one.client_id)
        written.ends("sam", SAY, one.client_id, one.end)
    written.close()
    found = faults(history.sent, history.kept, history.log)

    told = report(found, written.lines(), seed=7).splitlines()

    assert "seed 7: 1 faults, the shortest:" == told[0]
    assert told[1].startswith("lost: ")
    assert ["sam say c-3: info", "sam say c-3: ok"] == [line.split(maxsplit=1)[1] for line in told[2:]]
    assert "" == report([], written.lines(), seed=7)
