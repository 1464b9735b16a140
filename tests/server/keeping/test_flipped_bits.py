"""Whatever bit of a backup has turned over, it is refused in a sentence, or nothing of it is lost."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server.database import newest_revision
from server.keeping.archive import FORMAT, MANIFEST, Manifest, writing
from server.keeping.backup import backup
from server.keeping.restore import check, restore
from server.keeping.walk import Shape
from tests.server.keeping.kept import KeptDesk
from tickets.errors import Refused

FLIPS = 400  # every fourth of them used to end in a trace


def test_a_bit_that_turned_over_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Most of it is in a table that is read in several pieces: what is wrong is seen before its end is."""
    made, flipped = a_backup(tmp_path / "made.zip"), tmp_path / "flipped.zip"
    whole, chance, refused = made.read_bytes(), random.Random(4), 0
    assert 400 == check(made).rows
    for _ in range(FLIPS):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        flipped.write_bytes(damaged)
        try:
            check(flipped)
        except Refused:
            refused += 1
    assert refused > FLIPS * 0.8  # the time of an entry, and such, may be any


def a_backup(target: Path) -> Path:
    shape, chance = Shape("message", (("id", "number"), ("text", "text"))), random.Random(5)
    with writing(target) as made:
        table = made.table(shape, (shape.line((n, f"{chance.getrandbits(200):x}")) for n in range(400)))
        made.end(Manifest(FORMAT, "a story", newest_revision(), "2026-01-01T00:00:00+00:00", 0, (table,), {}))
    return target


HARMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a row that is no text": ("tables/message.ndjson", lambda rows: b"\xff" + rows[1:]),
    "a row that is no row": ("tables/message.ndjson", lambda rows: b"{}\n" + rows.split(b"\n", 1)[1]),
    "a row with less": ("tables/message.ndjson", lambda rows: b"[1]\n" + rows.split(b"\n", 1)[1]),
    "a table that nobody knows": (MANIFEST, lambda said: said.replace(b'"text"', b'"test"')),
    "a column that nobody has": (MANIFEST, lambda said: said.replace(b'"client_id"', b'"cliend_id"')),
    "no count": (MANIFEST, lambda said: said.replace(b'"format": 1', b'"format": true')),
    "a revision that is none": (MANIFEST, lambda said: said.replace(b'"revision": "', b'"revision": "-')),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_a_backup_should_not_hold_is_refused_by_a_restore_too(
    desk: KeptDesk, other: KeptDesk, tmp_path: Path, harm: str
) -> None:
    made, damaged, (where, change) = backup(desk.config, tmp_path, with_key=True), tmp_path / "damaged.zip", HARMS[harm]
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == where else content)
    with pytest.raises(Refused):
        restore(other.config, damaged)
