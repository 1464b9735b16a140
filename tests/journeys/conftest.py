"""A real browser and a real desk for the stories: one each for all of them, and a fresh profile for every person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser import LAUNCH_ARGS, find_chromium
from tests.journeys.stage import ContextFactory, Stage
from tests.journeys.watch import watch
from tests.running import LONG_RING, RunningDesk

SECONDS_FOR_A_STEP = 30  # a machine that does something else besides is slow, not wrong
# Whoever has left a story must not disturb the next.
PATIENT = {**LONG_RING, "FRONTDESK_ROUTING_AGENT_GRACE_SECONDS": "3600"}


# Only for this folder: the synchronous Playwright holds the thread's event loop for as long as it runs,
# and the asynchronous tests of the other folders need it back.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of all journeys. They are plain functions: an async test cannot run beside it."""
    expect.set_options(timeout=SECONDS_FOR_A_STEP * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A demo desk for each page of stories: whoever still waits in another one is not before anybody here."""
    with RunningDesk(tmp_path_factory.mktemp("desk"), settings=PATIENT) as desk:
        yield desk


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


@pytest.fixture
def stage(desk: RunningDesk, context_factory: ContextFactory) -> Iterator[Stage]:
    """The shared desk, with nobody there yet."""
    stage = Stage(desk, context_factory)
    yield stage
    stage.leave()
