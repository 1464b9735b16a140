"""Scripts and styles travel small, and stay in the browser for good."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from tests.settings import settings_in
from widgets import assets


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    return TestClient(create_app(settings_in(tmp_path, url="http://testserver")))


@pytest.mark.parametrize("path", ["/widget.js", assets.url("console/tokens.css")])
def test_what_a_browser_can_unpack_travels_packed(browser: TestClient, path: str) -> None:
    with browser:
        plain = browser.get(path, headers={"Accept-Encoding": "identity"})
        packed = browser.get(path, headers={"Accept-Encoding": "gzip"})

    assert plain.text == packed.text
    assert "gzip" == packed.headers["content-encoding"]
    assert "content-encoding" not in plain.headers
    assert len(gzip.compress(plain.content, 9, mtime=0)) == int(packed.headers["content-length"])
    assert "Accept-Encoding" in packed.headers["vary"]


def test_an_asset_is_kept_for_good_because_its_address_changes_with_it(browser: TestClient) -> None:
    with browser:
        answer = browser.get(assets.url("console/tokens.css"))
        other = browser.get("/static/0123456789abcdef/console/tokens.css")

    assert "public, max-age=31536000, immutable" == answer.headers["cache-control"]
    assert 404 == other.status_code
