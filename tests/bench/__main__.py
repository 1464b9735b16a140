"""`make bench`: what the desk does in a CPU second, beside the bare limit of this machine now.

Product and limit are measured in turn, round by round, so that whatever else the machine does meets both; the middle
round counts. The figure that repeats is work per CPU second of the server: on a busy machine the wall says little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import chat, figures, floor, growth, mail, page, routing, scaled, sockets, turns
from tests.bench.findings import Finding, Scenario, Told, shown, table

ABOUT = Path("docs/bench.md")
_MARK = "<!-- figures -->\n"  # what stands below it in the page is written by a whole run

SCENARIOS: dict[str, Scenario] = {
    "chat": chat.chat,
    "scaled": scaled.scaled,
    "latency": chat.latency,
    "fan-out": chat.fan_out,
    "page": page.page,
    "turns": turns.turns,
    "routing": routing.passes,
    "sockets": sockets.sockets,
    "growth": growth.growth,
    "mail": mail.mails,
    "floor": floor.floor,
    "single": figures.single,
}


def main(words: Sequence[str]) -> int:
    asked = _asked(words)
    told = Told(**{one.name: getattr(asked, one.name) for one in fields(Told)})
    told = told.short() if asked.short else told
    wanted = asked.scenarios or list(SCENARIOS)
    found = {name: list(_measured(name, told)) for name in wanted}
    every = [one for part in found.values() for one in part]
    print("\n" + table(every))
    _keep(asked.out, {"machine": _machine(), "settings": asdict(told), "found": _plain(found)})
    if not asked.short and not asked.scenarios:
        _publish(table(every))
    return 1 if asked.strict and any(one.reached is False for one in every) else 0


def _measured(name: str, told: Told) -> Iterable[Finding]:
    print(f"{name}:", flush=True)
    with tempfile.TemporaryDirectory(prefix=f"frontdesk-bench-{name}-", dir=told.folder) as folder:
        for one in SCENARIOS[name](replace(told, folder=Path(folder))):
            print(f"  {one.name}: {shown(one.value)} {one.unit} {one.wanted}", flush=True)
            yield one


def _machine() -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def _plain(found: dict[str, list[Finding]]) -> dict[str, list[dict[str, object]]]:
    return {name: [{**asdict(one), "reached": one.reached} for one in part] for name, part in found.items()}


def _keep(path: Path, found: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False, default=str) + "\n", "utf-8")
    print(f"kept in {path}")


def _publish(figures: str) -> None:
    """A whole run writes its table into the page about it."""
    before = ABOUT.read_text("utf-8").partition(_MARK)[0]
    machine = _machine()
    told = f"Measured {machine['at']}, Python {machine['python']}, {machine['cores']} cores, load {machine['load']}.\n"
    ABOUT.write_text(f"{before}{_MARK}\n{told}\n{figures}\n", "utf-8")
    print(f"the table stands in {ABOUT}")


def _asked(words: Sequence[str]) -> argparse.Namespace:
    usual = Told()
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="only these: " + ", ".join(SCENARIOS))
    parser.add_argument("--short", action="store_true", help="one short round of everything, large things tried small")
    parser.add_argument("--strict", action="store_true", help="end with 1 where something that is wanted was not found")
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="counted in each, after a warm-up")
    parser.add_argument("--pairs", type=int, default=usual.pairs, help="visitors, and as many consoles")
    parser.add_argument("--window", type=int, default=usual.window, help="messages that each visitor has under way")
    parser.add_argument(
        "--rate", type=int, nargs="+", dest="rates", default=usual.rates, help="messages a second of the open loop"
    )
    parser.add_argument("--counted", type=int, default=usual.counted, help="messages in a round of it, at least")
    parser.add_argument("--consoles", type=int, default=usual.consoles, help="that watch one busy ticket")
    parser.add_argument("--sockets", type=int, default=usual.sockets, help="idle visitors")
    parser.add_argument("--messages", type=int, default=usual.messages, help="in the full store")
    parser.add_argument("--mails", type=int, default=usual.mails, help="that come in without a pause")
    parser.add_argument("--folder", type=Path, default=None, help="where to write; the system's temporary folder")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    found = parser.parse_args(words)
    unknown = set(found.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
