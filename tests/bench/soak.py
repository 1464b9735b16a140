"""`make soak`: a desk at a steady rate for half an hour; its memory must not grow once it is warm.

Every minute the people are others: new visitors with tickets of their own, and consoles that open and close. First
twenty thousand messages are said as fast as it goes, by more people than a desk remembers drawings of: what it
remembers on purpose, up to a limit, is full then (at a steady rate that takes an hour), and what still grows is what
nobody limits. Ends with 1 if the memory of the process grows by more than a megabyte an hour, as far as that can be
told from its noise.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import uvloop

from tests.bench.houses import a_desk, desk_pairs
from tests.bench.load import measure
from tests.bench.process import megabytes, on_core
from tests.running import RunningDesk

MOST = 1.0  # megabytes an hour
EVERY = 2.0  # seconds between two looks
BLOCK = 30.0  # seconds whose mean is one point: within it the looks depend on each other
WARM_UP = 0.25  # of the time
STRETCH = 60.0  # seconds until other people come
HURRIED = 0.5  # seconds, where they say as much as they can
PATIENCE = 900.0  # seconds for the prelude: on a busy machine it is shorter
SURE = 2.0  # standard errors


@dataclass(frozen=True)
class Slope:
    """Megabytes an hour, and how far that may be off."""

    growth: float
    error: float

    @property
    def grows(self) -> bool:
        return self.growth - SURE * self.error > MOST


def main(words: Sequence[str]) -> int:
    told = _asked(words)
    with tempfile.TemporaryDirectory(prefix="frontdesk-soak-", dir=told.folder) as folder:
        desk = a_desk(Path(folder))
        with on_core(0):
            desk.start()
        try:
            with on_core(-1):
                _hurried(desk, told)
                with _watched(desk) as looks:
                    said = _soaked(desk, told)
        finally:
            desk.stop()
    found = slope(looks, warm_up=told.minutes * 60 * WARM_UP)
    _tell(told, said, looks, found)
    return 1 if found.grows else 0


def slope(looks: Sequence[tuple[float, float]], *, warm_up: float) -> Slope:
    """Of (seconds, megabytes), by least squares over the means of half-minutes after the warm-up."""
    blocks: dict[int, list[tuple[float, float]]] = {}
    for at, size in looks:
        if at >= warm_up:
            blocks.setdefault(int(at // BLOCK), []).append((at, size))
    points = [(fmean(at for at, _ in block), fmean(size for _, size in block)) for block in blocks.values()]
    if len(points) < 3:
        raise ValueError("too short to tell")
    middle, level = fmean(at for at, _ in points), fmean(size for _, size in points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    steep = sum((at - middle) * (size - level) for at, size in points) / spread
    off = sum((size - level - steep * (at - middle)) ** 2 for at, size in points)
    return Slope(steep * 3600, (off / (len(points) - 2) / spread) ** 0.5 * 3600)


def _hurried(desk: RunningDesk, told: argparse.Namespace) -> None:
    """What is remembered on purpose is full afterwards."""
    said, people, until = 0.0, 0, time.monotonic() + PATIENCE
    while (said < told.prelude or people < told.people) and time.monotonic() < until:
        found = uvloop.run(
            measure(desk_pairs(desk, told.pairs, view="open"), server=desk.pid, seconds=HURRIED, warm_up=0.0)
        )
        said, people = said + found.per_second * HURRIED, people + told.pairs
    print(f"  {said:,.0f} messages of {people} people beforehand: {megabytes(desk.pid):.1f} MB", flush=True)


def _soaked(desk: RunningDesk, told: argparse.Namespace) -> int:
    """How many messages came through."""
    said, until = 0.0, time.monotonic() + told.minutes * 60
    while (left := until - time.monotonic()) > 1:
        pairs = desk_pairs(desk, told.pairs, view="open")
        seconds = min(STRETCH, left)
        found = uvloop.run(measure(pairs, server=desk.pid, rate=told.rate, seconds=seconds))
        if found.lost:
            raise SystemExit(f"{found.lost} messages were never acknowledged or never arrived")
        said += found.per_second * seconds
        print(f"  {left / 60:5.1f} minutes left: {megabytes(desk.pid):.1f} MB, p99 {found.p99:.1f} ms", flush=True)
    return round(said)


@contextmanager
def _watched(desk: RunningDesk) -> Iterator[list[tuple[float, float]]]:
    """Its memory, looked at all the while."""
    looks: list[tuple[float, float]] = []
    over, began = threading.Event(), time.monotonic()

    def look() -> None:
        while not over.wait(EVERY):
            looks.append((time.monotonic() - began, megabytes(desk.pid)))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        over.set()
        watcher.join()


def _tell(told: argparse.Namespace, said: int, looks: Sequence[tuple[float, float]], found: Slope) -> None:
    print(
        f"{said:,} messages in {told.minutes:g} minutes; {looks[0][1]:.1f} MB at first, {looks[-1][1]:.1f} MB at last"
    )
    verdict = "it GROWS" if found.grows else "flat"
    print(f"after the warm-up {found.growth:+.2f} MB an hour, give or take {SURE * found.error:.2f}: {verdict}")
    told.out.parent.mkdir(parents=True, exist_ok=True)
    kept = {"messages": said, "minutes": told.minutes, "growth": found.growth, "error": found.error, "looks": looks}
    told.out.write_text(json.dumps(kept) + "\n", "utf-8")


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--prelude", type=int, default=20_000, help="messages beforehand, as fast as it goes")
    parser.add_argument("--people", type=int, default=640, help="who say them, at least so many")
    parser.add_argument("--rate", type=float, default=20, help="messages a second")
    parser.add_argument("--pairs", type=int, default=8, help="visitors, and as many consoles, at a time")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=Path("build/soak.json"))
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
