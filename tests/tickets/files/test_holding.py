"""A desk clears away what it does not know of its own files only: never in a folder that another has, or had last."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tickets.files.holding import NAME, Holding


def test_a_folder_is_of_the_desk_that_came_first(tmp_path: Path) -> None:
    """A copy that was opened to try it removed every file that had come since: it knew none of them."""
    with (
        closing(Holding(tmp_path)) as desk,
        closing(Holding(tmp_path)) as its_second,
        closing(Holding(tmp_path)) as copy,
    ):
        assert desk.is_ours(["lumen"])
        assert its_second.is_ours(["lumen"])
        assert not copy.is_ours(["lumen", "rehearsal"]), "that it was the same once does not help while both are open"
        assert not copy.is_ours(["lumen", "rehearsal"])
        assert desk.is_ours(["lumen"])


def test_a_desk_finds_its_own_folder_again(tmp_path: Path) -> None:
    """After a move or a restart the name is another; and a desk that was killed holds nothing."""
    with closing(Holding(tmp_path)) as earlier:
        assert earlier.is_ours(["before"])
    with closing(Holding(tmp_path)) as later:
        assert later.is_ours(["before", "after"])
    with closing(Holding(tmp_path)) as latest:
        assert latest.is_ours(["before", "after", "long after"])


def test_a_folder_that_another_desk_has_left_stays_its_own(tmp_path: Path) -> None:
    """An empty desk that was started by mistake on another's folder took all its files for orphans."""
    with closing(Holding(tmp_path)) as desk:
        assert desk.is_ours(["lumen"])
    with closing(Holding(tmp_path)) as stranger, closing(Holding(tmp_path)) as desk_again:
        assert not stranger.is_ours(["new here"])
        assert desk_again.is_ours(["lumen", "lumen again"]), "who has no business there is in nobody's way"
        assert not stranger.is_ours(["new here"])


def test_the_desk_that_was_left_does_not_clear_the_folder_that_went_on(tmp_path: Path) -> None:
    with closing(Holding(tmp_path)) as desk:
        assert desk.is_ours(["lumen"])
    with closing(Holding(tmp_path)) as moved:
        assert moved.is_ours(["lumen", "on postgres"])
    with closing(Holding(tmp_path)) as left:
        assert not left.is_ours(["lumen", "lumen again"])


def test_a_folder_is_free_when_somebody_says_so(tmp_path: Path) -> None:
    """By removing what is written there, whether the desk that waits for it is open or not."""
    with closing(Holding(tmp_path)) as gone:
        assert gone.is_ours(["lumen"])
    with closing(Holding(tmp_path)) as heir:
        assert not heir.is_ours(["another"])
        (tmp_path / NAME).unlink()
        assert heir.is_ours(["another"])
        assert "another" == (tmp_path / NAME).read_text("utf-8")


def test_a_restored_desk_takes_its_folder_whoever_had_it_last(tmp_path: Path) -> None:
    """The archive is older than the name that is written there; but nobody is pushed out."""
    with closing(Holding(tmp_path)) as desk:
        assert desk.is_ours(["lumen", "a much longer name than that of others"])
        with closing(Holding(tmp_path)) as restoring:
            assert not restoring.take("restored")
    with closing(Holding(tmp_path)) as restoring:
        assert restoring.take("restored")
    with closing(Holding(tmp_path)) as opened:
        assert opened.is_ours(["lumen", "restored", "opened"])


def test_a_desk_whose_name_becomes_another_while_it_is_open_has_it_still(tmp_path: Path) -> None:
    """As all its processes have, where a server that took over lacks the last moments."""
    with closing(Holding(tmp_path)) as first, closing(Holding(tmp_path)) as second, closing(Holding(tmp_path)) as copy:
        assert first.is_ours(["lumen"])
        assert second.is_ours(["lumen"])
        assert not copy.is_ours(["rehearsal"])
        assert first.is_ours(["anew"])
        assert second.is_ours(["anew"])
        assert not copy.is_ours(["rehearsal"])
