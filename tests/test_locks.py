"""The lock files name packages, versions and hashes, and nothing about where anybody got them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Package name to locked version."""
    return dict(PINNED.findall((ROOT / lock).read_text("utf-8")))


def wanted(*groups: str) -> set[str]:
    """The names that pyproject.toml asks for, those of the named groups included."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = [*asked["project"]["dependencies"], *(line for name in groups for line in asked["dependency-groups"][name])]
    return {re.split(r"[\[<>=]", line)[0] for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")

    assert not re.search(r"://|^--|^-e|@ file|\.whl|(?<!\S)/", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock: str) -> None:
    blocks = re.split(r"(?m)^(?=[a-z0-9-]+==)", (ROOT / lock).read_text("utf-8"))[1:]

    assert [] == [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]


def test_everything_that_is_asked_for_is_locked() -> None:
    """If this fails: make lock."""
    assert set() == wanted("build") - pins("requirements.lock").keys()
    assert set() == wanted("build", "dev") - pins("requirements-dev.lock").keys()


def test_the_suite_runs_with_the_versions_that_people_run() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
