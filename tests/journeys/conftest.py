"""A real browser for the stories: one for all of them, and a fresh profile for every person in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import LAUNCH_ARGS, find_chromium
from tests.journeys.watch import watch

SECONDS_FOR_A_STEP = 10


class ContextFactory(Protocol):
    """Opens a fresh profile: `context_factory(locale="zh-CN", color_scheme="dark", viewport={...})`."""

    def __call__(self, **options: Any) -> BrowserContext: ...


# Only for this folder: the synchronous Playwright holds the thread's event loop for as long as it runs,
# and the asynchronous tests of the other folders need it back.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of all journeys. They are plain functions: an async test cannot run beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context_factory(chromium: Browser) -> Iterator[ContextFactory]:
    """Makes profiles, closes them, and fails the story if a page went elsewhere, broke a policy or threw an error."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_context(**options: Any) -> BrowserContext:
        context = chromium.new_context(**{"locale": "en-GB", "timezone_id": "Europe/Vienna", **options})
        context.set_default_timeout(SECONDS_FOR_A_STEP * 1000)
        watch(context, faults)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert [] == faults
