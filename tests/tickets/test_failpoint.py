"""A process dies at the place that it was told, and nowhere else; nobody else pays for that."""

from __future__ import annotations

import signal
import subprocess
import sys

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
