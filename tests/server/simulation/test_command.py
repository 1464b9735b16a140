"""`frontdesk simulate`: what docs/simulator.md shows is what it says, and its pictures can be looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from server.cli import main
from server.simulation.plots import Series, svg
from tests.elsewhere import ROOT
from tests.engine import brings_its_own

EXAMPLE = ROOT / "docs" / "simulator.toml"
_SHOWN = re.compile(r"```\n(A weekday at the shop: .*?)```", re.S)


@brings_its_own
def test_the_page_shows_what_the_example_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same people on any machine: the seed stands in the file. How they fare may change a little with the rules."""
    page = (ROOT / "docs" / "simulator.md").read_text("utf-8")
    settings = tmp_path / "config.toml"
    settings.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/desk.db"\n')

    assert 0 == main(["--config", str(settings), "simulate", str(EXAMPLE), "--plots", str(tmp_path / "plots")])
    said = capsys.readouterr().out
    shown = _SHOWN.search(page)
    assert shown is not None
    assert _hours(shown[1]) == _hours(said), "who came and what that needs is not the desk's doing"
    for there, here in zip(_services(shown[1]), _services(said), strict=True):
        assert there == pytest.approx(here, abs=8), (
            "the page is to be written anew: frontdesk simulate docs/simulator.toml"
        )

    pictures = sorted((tmp_path / "plots").glob("*.svg"))
    assert 10 == len(pictures)
    for picture in pictures:
        drawn = etree.parse(picture).getroot()
        assert "{http://www.w3.org/2000/svg}svg" == drawn.tag
        assert drawn.get("aria-label")
    assert not list(tmp_path.glob("*.db")), "nothing is written but the pictures"


def _hours(text: str) -> list[list[str]]:
    """Of each hour: how many came, their load, the agents there, and those needed by both formulas."""
    return [line.split()[:6] for line in text.splitlines() if re.match(r"  \d\d:00 ", line)]


def _services(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"service level +([\d.]+) %", text)]


def test_a_scenario_that_cannot_be_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.toml").write_text("")

    assert 1 == main(["simulate", str(tmp_path / "empty.toml")])
    assert "queue is needed, as [[queue]].\n" == capsys.readouterr().err


def test_a_name_is_no_markup_in_a_picture() -> None:
    drawn = svg("<Support> & co", [Series("<came>", [None] * 23 + [5.0]), Series("there", [2.0] * 24, bars=True)])

    names = [one.text for one in etree.fromstring(drawn.encode()).iter("{http://www.w3.org/2000/svg}text")]
    assert {"<Support> & co", "<came>", "there"} <= set(names)
