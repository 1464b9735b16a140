"""Bytes are kept once, under their own hash, durably or not at all."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tickets import files
from tickets.errors import Refused, TooBig
from tickets.files.store import Store, Stored


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def everything(store: Store) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash(store: Store) -> None:
    kept = store.keep(b"tea")
    assert (hashlib.sha256(b"tea").hexdigest(), 3) == (kept.sha256, kept.size)
    assert b"tea" == store.path(kept.sha256).read_bytes()


def test_the_same_content_is_kept_once(store: Store) -> None:
    assert store.keep(b"tea") == store.keep(b"tea")
    assert 1 == len(everything(store))


@pytest.fixture
def waited_for(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What of it the disk was waited for, in this order: which file or folder, and how many bytes it had by then."""
    found, wait = list[tuple[int, int]](), os.fsync

    def noted(descriptor: int) -> None:
        wait(descriptor)
        told = os.fstat(descriptor)
        found.append((told.st_ino, told.st_size if stat.S_ISREG(told.st_mode) else 0))

    monkeypatch.setattr(os, "fsync", noted)
    return found


@pytest.mark.parametrize("way", ["kept", "kept beside what is only laid", "laid", "laid again"])
def test_what_is_durable_has_reached_the_disk(store: Store, way: str, waited_for: list[tuple[int, int]]) -> None:
    """Its bytes, its name, and the name of the folder that it lies in: a power cut takes what was not waited for."""
    if way == "laid again":
        store.lay(b"tea")
    if way == "kept beside what is only laid":
        folder = hashlib.sha256(b"tea").hexdigest()[:2]
        store.lay(next(one for n in count() if hashlib.sha256(one := b"%d" % n).hexdigest()[:2] == folder))
    if way.startswith("kept"):
        sha256 = store.keep(b"tea").sha256
    else:
        sha256 = store.lay(b"tea").sha256
        assert [] == waited_for
        store.settle([sha256])
    path = store.path(sha256)

    wanted = [(path.stat().st_ino, len(b"tea")), (path.parent.stat().st_ino, 0), (store.folder.stat().st_ino, 0)]
    assert sorted(wanted) == sorted(waited_for)


def test_a_file_that_was_cut_off_leaves_nothing(store: Store) -> None:
    incoming = store.receive(largest=100)
    incoming.write(b"half of")
    incoming.close()
    assert [] == everything(store)


def test_the_first_byte_too_many_is_refused(store: Store) -> None:
    incoming = store.receive(largest=2 * 1024 * 1024)
    incoming.write(b"x" * 2 * 1024 * 1024)
    with pytest.raises(TooBig, match="Largest is 2 MB"):
        incoming.write(b"x")
    incoming.close()
    assert [] == everything(store)


def test_an_empty_file_is_refused(store: Store) -> None:
    incoming = store.receive(largest=100)
    with pytest.raises(Refused, match="The file is empty"):
        incoming.finish()
    incoming.close()
    assert [] == everything(store)


@pytest.mark.parametrize("path", ["", "../../etc/passwd", "a" * 63, "g" * 64, "A" * 64])
def test_only_a_hash_names_a_file(store: Store, path: str) -> None:
    with pytest.raises(AssertionError):
        store.path(path)


def test_the_sweep_takes_what_is_old_and_leaves_what_was_stored_anew(store: Store) -> None:
    old, fresh = store.keep(b"old").sha256, store.keep(b"fresh").sha256
    os.utime(store.path(old), (0, 0))
    assert [old] == list(store.older_than(3600))
    assert not store.remove(fresh)
    assert store.remove(old)
    assert [store.path(fresh)] == everything(store)


@pytest.mark.parametrize("stores", [Store.keep, Store.lay])
def test_what_is_stored_anew_while_the_sweep_looks_at_it_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch, stores: Callable[[Store, bytes], Stored]
) -> None:
    """Its sender had been told that it is there: the next moment it was gone, and the message had a file of nothing."""
    path, looks = store.path(store.keep(b"tea").sha256), files.store._is_older
    os.utime(path, (0, 0))

    def just_too_early(seen: Path, limit: float) -> bool:
        is_old = looks(seen, limit)
        if seen == path:
            stores(store, b"tea")
        return is_old

    monkeypatch.setattr(files.store, "_is_older", just_too_early)
    assert not store.remove(path.name)
    assert store.holds(path.name)
    assert [path] == everything(store)


def test_what_is_swept_while_it_is_laid_down_anew_is_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path, holds = store.path(store.keep(b"tea").sha256), Store.holds

    def just_before(store: Store, sha256: str) -> bool:
        held = holds(store, sha256)
        path.unlink()
        return held

    monkeypatch.setattr(Store, "holds", just_before)
    store.lay(b"tea")
    assert [path] == everything(store)


def test_storing_again_makes_it_young(store: Store) -> None:
    sha256 = store.keep(b"tea").sha256
    os.utime(store.path(sha256), (0, 0))
    store.keep(b"tea")
    assert [] == list(store.older_than(3600))


def test_what_a_crash_left_half_written_is_swept(store: Store) -> None:
    incoming = store.receive(largest=100)
    incoming.write(b"half")
    (half,) = everything(store)
    assert 0 == store.sweep_unfinished()
    os.utime(half, (0, 0))
    assert 1 == store.sweep_unfinished()
    incoming.close()


def test_what_is_laid_down_lies_under_its_hash_and_settles_there(store: Store) -> None:
    stored = store.lay(b"words")
    store.settle([stored.sha256, stored.sha256])
    assert store.holds(stored.sha256)
    assert [] == [*(store.folder / "unfinished").iterdir()]


def test_to_lay_down_what_is_kept_already_leaves_it_as_it_is(store: Store) -> None:
    """It is durable; another one in its place would not be, until it settles."""
    kept = store.path(store.keep(b"words").sha256)
    before = kept.stat()
    os.utime(kept, (0, 0))
    store.lay(b"words")
    assert before.st_ino == kept.stat().st_ino
    assert kept.stat().st_mtime > 0, "the sweep would take it"


def test_what_a_power_cut_has_emptied_is_laid_down_anew(store: Store) -> None:
    kept = store.path(store.keep(b"words").sha256)
    kept.write_bytes(b"")
    assert store.holds(store.lay(b"words").sha256)


def test_where_there_are_no_links_it_is_kept_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EPERM, "no links on this disk")

    monkeypatch.setattr(os, "link", refuses)
    assert store.holds(store.lay(b"words").sha256)


def test_what_is_not_there_cannot_settle(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.settle(["0" * 64])
