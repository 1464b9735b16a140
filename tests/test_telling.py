"""Both runs together tell everything: what has asked for an engine on both, all the rest once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.servers.postgres import SHARED
from tests.telling import TOLD

ROOT = Path(__file__).parents[1]
SETTING = "FRONTDESK_TEST_" + "ENGINE"
STORIES = """
import pytest
from sqlalchemy import create_engine
from tests import engine


@pytest.fixture(scope="module")
def desk():
    return engine.scaled()


@pytest.fixture
def queue(desk):
    return desk


def test_decides():
    pass

def test_opens_a_desk():
    engine.scaled()

def test_is_given_a_desk(desk):
    pass

def test_is_given_the_same_desk(queue):
    pass

@engine.about_sqlite
def test_is_about_sqlite():
    engine.scaled()
    create_engine("sqlite://").connect().close()

@engine.about_postgres
def test_is_about_postgres():
    pass

def test_is_wrong():
    assert False

def test_brings_an_sqlite_and_does_not_say_so():
    create_engine("sqlite://").connect().close()
"""


def test_what_asks_is_told_on_both_engines_and_the_rest_once(tmp_path: Path) -> None:
    (tmp_path / "test_stories.py").write_text(STORIES)
    embedded, scaled = told(tmp_path, "embedded"), told(tmp_path, "scaled")

    assert {
        "decides": "PASSED",
        "opens_a_desk": "PASSED",
        "is_given_a_desk": "PASSED",
        "is_given_the_same_desk": "PASSED",
        "is_about_sqlite": "PASSED",
        "is_about_postgres": "SKIPPED",
        "is_wrong": "FAILED",
        "brings_an_sqlite_and_does_not_say_so": "FAILED",
    } == embedded
    assert {
        "opens_a_desk": "PASSED",
        "is_given_a_desk": "PASSED",
        "is_given_the_same_desk": "PASSED",
        "is_about_postgres": "PASSED",
        "is_wrong": "FAILED",
        "brings_an_sqlite_and_does_not_say_so": "FAILED",
    } == scaled


def test_several_workers_find_the_same_and_who_has_told_it_all_is_content(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_decides(): pass\n")
    (tmp_path / "test_two.py").write_text("from tests import engine\n\ndef test_asks(): engine.scaled()\n")
    for engine in ("embedded", "scaled"):
        assert 0 == run(tmp_path, engine, "-n", "2").returncode
    assert ["test_one.py::test_decides"] == json.loads((tmp_path / "told.json").read_text())

    (tmp_path / "test_two.py").unlink()
    assert 0 == run(tmp_path, "scaled", "-n", "2").returncode


def test_the_engine_of_a_run_is_asked_for_in_one_place() -> None:
    """Whoever looks past it is told on one engine only, and nobody notices."""
    looks = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(rf"{SETTING}|engine\.ENGINE\b|import .*\bENGINE\b", path.read_text("utf-8"))
    ]

    assert ["tests/conftest.py", "tests/engine.py", "tests/telling.py"] == sorted(looks)


def told(folder: Path, engine: str) -> dict[str, str]:
    """What became of each story."""
    said = run(folder, engine, "-v").stdout
    return dict(re.findall(r"^test_\w+\.py::test_(\w+) (PASSED|FAILED|SKIPPED)", said, re.MULTILINE))


def run(folder: Path, engine: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The suite's own furniture over the stories in this folder; they open nothing, so no server is started."""
    settings = {SETTING: engine, TOLD: str(folder / "told.json"), SHARED: str(folder), "PYTHONPATH": str(ROOT)}
    plain = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *words, "."],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
