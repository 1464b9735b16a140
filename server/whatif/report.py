"""What came of a replay, in columns for a terminal or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from routing.sla.replay.outcome import Changed, Difference, Outcome, Row, Tally

MOST_TOLD = 40  # changed tickets, in a terminal


def told(outcome: Outcome, queues: Mapping[int, str], seconds: float) -> str:
    """`seconds`: how long it took."""
    return "\n".join(_lines(outcome, queues, seconds)) + "\n"


def as_json(outcome: Outcome, queues: Mapping[int, str], seconds: float) -> str:
    """Percents have one place; null where there was no promise."""
    found = {
        "since": outcome.since.isoformat(),
        "until": outcome.until.isoformat(),
        "tickets": outcome.tickets,
        "seconds": round(seconds, 2),
        "promises": _row(outcome.promises),
        "by": {
            by: {_name(by, name, queues): _row(row) for name, row in rows.items()} for by, rows in outcome.by.items()
        },
        "changed": [_changed(one) for one in outcome.changes],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _lines(outcome: Outcome, queues: Mapping[int, str], seconds: float) -> Iterator[str]:
    yield f"{outcome.since:%Y-%m-%d %H:%M} to {outcome.until:%Y-%m-%d %H:%M} UTC: {outcome.tickets:,} tickets " \
          f"in {seconds:.1f} s. Nothing was written."  # fmt: skip
    yield ""
    yield f"{'promises kept':<28} {'really':>19} {'then':>19}"
    yield _line("all", outcome.promises)
    for by, rows in outcome.by.items():
        yield f"by {by}"
        for name in sorted(rows, key=str):
            yield _line(f"  {_name(by, name, queues)}", rows[name])
    yield ""
    yield f"{len(outcome.changes):,} tickets would have come out differently."
    for one in outcome.changes[:MOST_TOLD]:
        yield f"  #{one.ticket.number:<8} {', '.join(_difference(each) for each in one.differences)}"
    if len(outcome.changes) > MOST_TOLD:
        yield f"  and {len(outcome.changes) - MOST_TOLD:,} more: --json tells all of them"


def _line(name: str, row: Row) -> str:
    return f"{name[:28]:<28} {_tally(row.really):>19} {_tally(row.then):>19}"


def _tally(tally: Tally) -> str:
    return "-" if tally.percent is None else f"{tally.percent:.1f} % of {tally.n:,}"


def _difference(one: Difference) -> str:
    return f"{one.metric.replace('_', ' ')} {one.really or 'not decided'} -> {one.then or 'not decided'}"


def _name(by: str, name: str | int, queues: Mapping[int, str]) -> str:
    return queues.get(int(name), "none") if by == "queue" else str(name)


def _row(row: Row) -> dict[str, Any]:
    return {"really": _figures(row.really), "then": _figures(row.then)}


def _figures(tally: Tally) -> dict[str, Any]:
    percent = None if tally.percent is None else round(tally.percent, 1)
    return {"kept": tally.kept, "broken": tally.broken, "percent": percent}


def _changed(one: Changed) -> dict[str, Any]:
    differences = [
        {"metric": each.metric, "since": each.started_at.isoformat(), "really": each.really, "then": each.then}
        for each in one.differences
    ]
    return {"number": one.ticket.number, "differences": differences}
