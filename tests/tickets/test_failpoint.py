"""A process dies at the place that it was told, and nowhere else; nobody else pays for that."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.faults.places import places
from tickets.failpoint import _go_on, armed

STORY = """
from tickets.failpoint import reached
for place in ("writer.begun", "writer.logged", "writer.begun"):
    reached(place)
    print(place)
"""


def _told(failpoint: str) -> tuple[int, list[str]]:
    told = subprocess.run(
        [sys.executable, "-u", "-c", STORY], env={"FRONTDESK_FAILPOINT": failpoint}, capture_output=True, text=True
    )
    return told.returncode, told.stdout.split()


def test_it_dies_where_it_was_told_for_the_nth_time() -> None:
    assert (-signal.SIGKILL, ["writer.begun"]) == _told("writer.logged")
    assert (-signal.SIGKILL, ["writer.begun", "writer.logged"]) == _told("writer.begun:2")


def test_a_place_it_never_comes_to_changes_nothing() -> None:
    assert (0, ["writer.begun", "writer.logged", "writer.begun"]) == _told("writer.committed")


def test_unset_each_place_is_an_empty_function() -> None:
    assert armed("") is _go_on


def test_every_place_has_a_name_of_its_own() -> None:
    assert len(places()) == len(set(places()))
    assert len(places()) >= 30


NEVER_WITHOUT = {
    "before a commit and after it": {"writer.flushed", "writer.logged", "writer.committed"},
    "the same, of a batch that is written again": {"writer.replayed", "writer.replay_committed"},
    "before people are answered and after": {"desk.handing_back", "desk.answering", "desk.answered"},
    "before a chat is acknowledged": {"chat.said", "chat.acknowledging"},
    "before the screens are told": {"feed.read"},
    "in a mail that comes, before and after 250": {"smtp.data", "smtp.stored", "smtp.kept", "smtp.answered"},
    "before a mail elsewhere is marked and after": {"imap.stored", "imap.kept", "imap.marked"},
    "before a pipe ends with 0": {"pipe.stored", "pipe.kept"},
    "before a mail is read and after": {"mail.leased", "mail.read", "mail.said"},
    "on both sides of the dot of a mail that goes": {"outbox.claimed", "outbox.before_dot", "outbox.dot_sent"},
    "before it is written down what became of it": {"outbox.judged", "outbox.settled"},
    "before a file is durable and after": {"file.written", "file.synced", "file.named", "file.settled", "upload.kept"},
    "between a claim and what follows": {"breach.claimed", "warning.claimed", "step.claimed", "offer.claimed"},
    "in the middle of a round": {"scheduler.looked", "sweep.found", "sweep.unfinished"},
    "in a migration": {"migrate.begun", "migrate.step", "migrate.done", "migrate.committed"},
    "in a backup, a restore and a copy": {"backup.rows", "restore.filled", "restore.committed", "copy.filled"},
}
"""Where most would be lost (reliability.md F2). A place that nobody names is died at by nobody."""


@pytest.mark.parametrize(("where", "names"), NEVER_WITHOUT.items(), ids=NEVER_WITHOUT)
def test_no_place_at_which_most_would_be_lost_goes_without_a_name(where: str, names: set[str]) -> None:
    assert set() == names - set(places()), where
