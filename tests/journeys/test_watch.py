"""The watch over the stories is awake: what it should catch is caught, and nothing really leaves."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.journeys.stage import ContextFactory
from tests.journeys.watch import watch


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    """The address of a page on this machine."""
    (tmp_path / "index.html").write_text("<title>Shop</title>")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page in a profile of its own, and what the watch noted about it."""
    context, faults = chromium.new_context(), list[str]()
    watch(context, faults)
    yield context.new_page(), faults
    context.close()


def test_a_page_on_this_machine_is_nothing_to_note(context_factory: ContextFactory, shop: str) -> None:
    page = context_factory(locale="zh-CN").new_page()

    page.goto(shop)

    assert "Shop" == page.title()
    assert "zh-CN" == page.evaluate("navigator.language")


@pytest.mark.parametrize("address", ["http://192.0.2.1/", "https://shop.example.com/", "http://[2001:db8::1]/"])
def test_a_request_to_elsewhere_is_noted_and_goes_nowhere(watched: tuple[Page, list[str]], address: str) -> None:
    page, faults = watched

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(address)
    assert [f"asked for {address}"] == faults


def test_a_socket_to_elsewhere_is_noted(watched: tuple[Page, list[str]], shop: str) -> None:
    page, faults = watched

    page.goto(shop)
    page.evaluate("new Promise(done => new WebSocket('wss://shop.example.com/').onerror = () => done(0))")

    assert ["asked for wss://shop.example.com/"] == faults


def test_an_error_that_nobody_caught_is_noted(watched: tuple[Page, list[str]], shop: str) -> None:
    page, faults = watched

    page.goto(shop)
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('the till is stuck') })")

    assert 1 == len(faults)
    assert "the till is stuck" in faults[0]


def test_a_broken_policy_is_noted(watched: tuple[Page, list[str]], shop: str) -> None:
    page, faults = watched

    page.goto(shop)
    page.set_content("<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\">")
    with page.expect_console_message():
        page.evaluate("document.head.append(Object.assign(document.createElement('script'), {textContent: '1'}))")

    assert 1 == len(faults)
    assert "Content Security Policy" in faults[0]
