"""`make bench`: durable chat messages a second from visitor to agent, beside the bare limit of this machine now.

Both servers are measured in turn, round by round, so that whatever else the machine does meets both; the middle
round counts. The figure that repeats is messages per CPU second of the server: on a busy machine the wall says little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

import uvloop

from tests.bench import figures, mail
from tests.bench.houses import a_desk, bare_pairs, bare_server, desk_pairs
from tests.bench.load import Figures, Line, measure
from tests.bench.process import on_core

WANTED = 500  # messages a second, end to end, in one process (issue 2)
Rounds = dict[str, list[Figures]]


def main(words: Sequence[str]) -> int:
    told = _asked(words)
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-", dir=told.folder) as name:
        rounds = chat(Path(name), told)
        print()
        found = {kind: _middle(measured) for kind, measured in rounds.items()}
        _print_chat(found)
        single = {} if told.chat_only else _single(Path(name), told)
    _keep(told.out, {"machine": _machine(), "settings": vars(told), "chat": found, "figures": single})
    return 0


def chat(folder: Path, told: argparse.Namespace) -> Rounds:
    """Bare, desk, bare, desk … each round with people of its own."""
    rounds: Rounds = {"bare": [], "desk": [], "desk, list open": []}
    with on_core(0):
        desk = a_desk(folder / "desk").start()
    try:
        with bare_server(folder / "bare") as (url, pid), on_core(-1):
            for number in range(told.rounds):
                pairs = bare_pairs(url, told.pairs)
                rounds["bare"].append(_measured("bare", number, pairs, pid, told))
                for kind, view in (("desk", None), ("desk, list open", "open")):
                    pairs = desk_pairs(desk, told.pairs, view=view)
                    rounds[kind].append(_measured(kind, number, pairs, desk.pid, told))
    finally:
        desk.stop()
    return rounds


def _measured(
    kind: str, number: int, pairs: Sequence[tuple[Line, Line]], pid: int, told: argparse.Namespace
) -> Figures:
    found = uvloop.run(measure(pairs, server=pid, window=told.window, seconds=told.seconds))
    print(f"  round {number + 1} {kind:16s} {found.per_second:7.0f}/s {found.per_cpu_second:7.0f} per CPU second")
    if found.lost:
        raise SystemExit(f"{kind}: {found.lost} messages were never acknowledged or never arrived")
    return found


def _middle(measured: Sequence[Figures]) -> dict[str, float]:
    rows = [asdict(figures) for figures in measured]
    return {name: round(median(row[name] for row in rows), 3) for name in rows[0]}


def _print_chat(found: dict[str, dict[str, float]]) -> None:
    print("chat, durable, visitor socket to agent socket   per second  per CPU s     p50 ms     p99 ms  ack p99 ms")
    for kind, row in found.items():
        columns = [row["per_second"], row["per_cpu_second"], row["p50"], row["p99"], row["ack_p99"]]
        print(f"{kind:46s}" + "".join(f"{value:12.1f}" if value < 100 else f"{value:12.0f}" for value in columns))
    share = found["desk"]["per_cpu_second"] / found["bare"]["per_cpu_second"]
    enough = "reached" if found["desk"]["per_second"] >= WANTED else "NOT reached"
    print(f"the desk does {share:.0%} of the bare limit; {WANTED} a second: {enough}")


def _single(folder: Path, told: argparse.Namespace) -> dict[str, float]:
    found: dict[str, float] = {}
    parts: list[Callable[[], dict[str, float]]] = [
        lambda: mail.mails(folder / "mail", rounds=told.rounds),
        lambda: figures.ready_and_idle(folder / "idle"),
        lambda: figures.finding(folder / "finding"),
        figures.calendars,
    ]
    for part in parts:
        for name, value in part().items():
            found[name] = round(value, 3)
            print(f"{name:46s}{value:12.2f}")
    return found


def _machine() -> dict[str, object]:
    return {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()}


def _keep(path: Path, found: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False, default=str) + "\n", "utf-8")
    print(f"kept in {path}")


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="counted in each measurement, after a warm-up")
    parser.add_argument("--pairs", type=int, default=16, help="visitors, and as many consoles")
    parser.add_argument("--window", type=int, default=8, help="messages that each visitor has under way")
    parser.add_argument("--folder", type=Path, default=None, help="where to write; the system's temporary folder")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--chat-only", action="store_true")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
