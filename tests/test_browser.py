"""The search for a browser takes what works, and says what is wrong with what does not."""

from pathlib import Path

import pytest

from tests.browser import NoBrowser, find_chromium


def a_program(path: Path, line: str) -> Path:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


def test_the_browser_that_was_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = a_program(tmp_path / "my-chromium", "echo Chromium 1.0")
    monkeypatch.setenv("FRONTDESK_CHROMIUM", str(named))

    assert named == find_chromium()


@pytest.mark.parametrize("line", ["exit 1", "exit 0"])
def test_a_named_browser_that_does_not_start_is_not_replaced_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("FRONTDESK_CHROMIUM", str(a_program(tmp_path / "broken", line)))

    with pytest.raises(NoBrowser, match="is no browser that starts"):
        find_chromium()


def test_a_stub_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ubuntu's chromium-browser without snap only tells how to install it."""
    a_program(tmp_path / "chromium", "exit 10")
    real = a_program(tmp_path / "google-chrome", "echo Google Chrome 1.0")
    monkeypatch.delenv("FRONTDESK_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr("tests.browser.NAMES", ("chromium", "google-chrome"))

    assert real == find_chromium()
