"""Two desks that have one folder of files open, as one and a rehearsal of it do, clear nothing away there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tickets.files.holding import Holding


def test_a_folder_is_of_the_desk_that_came_first(tmp_path: Path) -> None:
    """A copy that was opened to try it removed every file that had come since: it knew none of them."""
    with (
        closing(Holding(tmp_path)) as desk,
        closing(Holding(tmp_path)) as its_second,
        closing(Holding(tmp_path)) as copy,
    ):
        assert desk.is_ours("lumen")
        assert its_second.is_ours("lumen")
        assert not copy.is_ours("rehearsal")
        assert not copy.is_ours("rehearsal")
        assert desk.is_ours("lumen")


def test_whoever_is_alone_takes_it_over(tmp_path: Path) -> None:
    """After a move, a restart or a restore the name is another; and a desk that was killed holds nothing."""
    with closing(Holding(tmp_path)) as earlier:
        assert earlier.is_ours("before")
    with closing(Holding(tmp_path)) as later:
        assert later.is_ours("after")


def test_a_desk_whose_name_becomes_another_while_it_is_open_has_it_still(tmp_path: Path) -> None:
    """As all its processes have, where a server that took over lacks the last moments."""
    with closing(Holding(tmp_path)) as first, closing(Holding(tmp_path)) as second, closing(Holding(tmp_path)) as copy:
        assert [True, True, False] == [first.is_ours("lumen"), second.is_ours("lumen"), copy.is_ours("rehearsal")]
        assert [True, True, False] == [first.is_ours("anew"), second.is_ours("anew"), copy.is_ours("rehearsal")]
