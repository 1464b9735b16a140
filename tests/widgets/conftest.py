"""A customer in a real browser, on a shop's page that embeds the chat of a scripted desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser import LAUNCH_ARGS, find_chromium
from tests.journeys.watch import watch
from tests.running import LONG_RING, RunningDesk
from tests.widgets.console import AtTheConsole, Console, Customer
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper

SECONDS_FOR_A_STEP = 30  # a machine that does something else besides is slow, not wrong
WIDE = {"width": 1440, "height": 900}


# For a module only: the synchronous Playwright holds the thread's event loop, which asynchronous tests need back.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=SECONDS_FOR_A_STEP * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def desk() -> Iterator[FakeDesk]:
    with FakeDesk() as desk:
        yield desk


@pytest.fixture
def browser_of(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Fresh profiles; the test fails if a page went elsewhere, broke a policy or threw an error."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def profile(**options: Any) -> BrowserContext:
        wide = {"width": 1000, "height": 760}
        context = chromium.new_context(**{"locale": "en-GB", "timezone_id": "UTC", "viewport": wide, **options})
        context.set_default_timeout(SECONDS_FOR_A_STEP * 1000)
        watch(context, faults)
        opened.append(context)
        return context

    yield profile
    for context in opened:
        context.close()
    assert [] == faults


@pytest.fixture
def sam(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> Shopper:
    """On the shop's page; nothing is opened yet."""
    return Shopper(desk, browser_of().new_page())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """The demo desk, served as its users serve it."""
    with RunningDesk(tmp_path_factory.mktemp("desk"), settings=LONG_RING) as running:
        yield running


@pytest.fixture
def at_the_console(running: RunningDesk, browser_of: Callable[..., BrowserContext]) -> AtTheConsole:
    """`at_the_console("bo", viewport={...})` signs somebody in in a fresh profile."""
    return lambda who="ada", **options: Console(running, browser_of(**({"viewport": WIDE} | options)), who)


@pytest.fixture
def ada(at_the_console: AtTheConsole) -> Console:
    return at_the_console()


@pytest.fixture
def comes(running: RunningDesk) -> Iterator[Callable[[str], Customer]]:
    """`comes("Sam Okafor")` opens the shop's chat."""
    here: list[Customer] = []

    def arrive(name: str) -> Customer:
        here.append(Customer(running, name))
        return here[-1]

    yield arrive
    for customer in here:
        customer.leave()
