"""Pictures of a simulated day: what came, who was there, how long people waited. SVG, one file a picture, light or dark
as its reader has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from routing.simulation.outcome import Outcome
from routing.simulation.scenario import HOURS, Line
from routing.simulation.staffing import need

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 720, 320, 56, 52, 52, 20
# Apart in hue and in lightness, so that colour-blind readers and printers tell them apart (Okabe and Ito, 2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73")
ON_DARK = ("#56b4e9", "#ff9a4d", "#2fc79a")
_STYLE = "".join(
    [
        ".paper{fill:#fff}.grid{stroke:#e2e4e8}.ink{fill:#1a1c20}.faint{fill:#5b616b}",
        *(f".s{n}{{--c:{colour}}}" for n, colour in enumerate(COLOURS)),
        ".bar,.dot,.box{fill:var(--c)}.bar{opacity:.45}.line{fill:none;stroke:var(--c);stroke-width:2}",
        "@media(prefers-color-scheme:dark){.paper{fill:#16181d}.grid{stroke:#2c3038}.ink{fill:#eceef2}.faint{fill:#a4abb6}",
        *(f".s{n}{{--c:{colour}}}" for n, colour in enumerate(ON_DARK)),
        "}",
    ]
)


@dataclass(frozen=True)
class Series:
    """`values`: one for each hour; None where there is nothing to say. `bars`: drawn as columns, not as a line."""

    name: str
    values: Sequence[float | None]
    bars: bool = False


def draw(outcome: Outcome, folder: Path) -> list[Path]:
    """One picture of each kind for each queue. The folder is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, line in enumerate(outcome.scenario.lines, 1):
        for name, picture in _pictures(outcome, line).items():
            path = folder / f"{number}-{name}.svg"
            path.write_text(picture, "utf-8")
            made.append(path)
    return made


def _pictures(outcome: Outcome, line: Line) -> dict[str, str]:
    hours = [outcome.in_hour(line, hour) for hour in range(HOURS)]
    needs = [need(outcome.scenario, line, hour) for hour in range(HOURS)]
    days = outcome.scenario.days
    return {
        "contacts": svg(
            f"{line.name}: contacts an hour",
            [Series("answered", [one.answered / days for one in hours], bars=True),
             Series("came", [one.came / days for one in hours])],
        ),
        "agents": svg(
            f"{line.name}: agents",
            [Series("there", [float(one.scheduled) for one in needs], bars=True),
             Series("needed", [float(one.patient if one.impatient is None else one.impatient) for one in needs]),
             Series("needed if all wait", [float(one.patient) for one in needs])],
        ),
        "waits": svg(
            f"{line.name}: seconds until an answer",
            [Series("mean", [one.mean_wait for one in hours], bars=True),
             Series("nine in ten", [one.late_wait for one in hours])],
        ),
        "service": svg(
            f"{line.name}: percent answered in {line.target.seconds:g} s",
            [Series("in time", [_percent(one.service) for one in hours], bars=True),
             Series("wanted", [line.target.percent] * HOURS),
             Series("gave up", [_percent(one.abandoned) for one in hours])],
            most=100.0,
        ),
        "occupancy": svg(
            "Everybody: percent of the time busy",
            [Series("busy", [_percent(outcome.occupancy(hour)) for hour in range(HOURS)], bars=True)],
            most=100.0,
        ),
    }  # fmt: skip


def svg(title: str, series: Sequence[Series], *, most: float | None = None) -> str:
    """Columns and lines over the 24 hours of a day, with a legend, and every value as a tooltip."""
    top = most or _round_up(max((value for one in series for value in one.values if value is not None), default=1.0))
    bars = [one for one in series if one.bars]
    parts = [_frame(title, top)]
    for number, one in enumerate(series):
        drawn = _bars(one, top, bars.index(one), len(bars)) if one.bars else _line(one, top)
        parts.append(f'<g class="s{number}">{drawn}{_legend(number, one.name)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _frame(title: str, top: float) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12">',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<text class="ink" x="{LEFT}" y="26" font-size="15" font-weight="600">{escape(title)}</text>',
    ]
    for n in range(5):
        value = top * n / 4
        y = _y(value, top)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="grid"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" class="faint">{value:,.4g}</text>')
    for hour in range(0, HOURS, 3):
        y = HEIGHT - BOTTOM + 18
        lines.append(f'<text x="{_x(hour + 0.5)}" y="{y}" text-anchor="middle" class="faint">{hour:02}:00</text>')
    return "\n".join(lines)


def _bars(one: Series, top: float, place: int, places: int) -> str:
    width = (_x(1) - _x(0)) * 0.8 / places
    return "\n".join(
        f'<rect x="{_x(hour + 0.1) + place * width:.1f}" y="{_y(value, top)}" width="{width:.1f}" '
        f'height="{HEIGHT - BOTTOM - _y(value, top):.1f}" rx="2" class="bar">{_tip(one, hour)}</rect>'
        for hour, value in enumerate(one.values)
        if value
    )


def _line(one: Series, top: float) -> str:
    known = [(hour, value) for hour, value in enumerate(one.values) if value is not None]
    points = " ".join(f"{_x(hour + 0.5):.1f},{_y(value, top)}" for hour, value in known)
    dots = "".join(
        f'<circle cx="{_x(hour + 0.5):.1f}" cy="{_y(value, top)}" r="3" class="dot">{_tip(one, hour)}</circle>'
        for hour, value in known
    )
    return f'<polyline points="{points}" class="line"/>{dots}'


def _legend(number: int, name: str) -> str:
    x, y = LEFT + number * 160, HEIGHT - 14
    box = f'<rect x="{x}" y="{y - 9}" width="10" height="10" rx="2" class="box"/>'
    return f'{box}<text x="{x + 16}" y="{y}" class="ink">{escape(name)}</text>'


def _tip(one: Series, hour: int) -> str:
    return f"<title>{hour:02}:00 {escape(one.name)} {one.values[hour]:,.4g}</title>"


def _x(hour: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * hour / HOURS


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, top) / top, 1)


def _round_up(value: float) -> float:
    """To a number that reads well on a scale of four: 4, 8, 20, 40, 80, 200 and so on."""
    scale = 1.0
    while value > 8 * scale:
        scale *= 10
    return next(4 * step * scale for step in (0.5, 1, 2) if value <= 4 * step * scale)


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
