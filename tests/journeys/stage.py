"""Where a journey takes place: one desk, a browser profile for each person, and order when they have left."""

from __future__ import annotations

import re
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, Page

from tests.journeys.people import AtConsole, Shopper
from tests.running import RunningDesk

_BADGES: dict[tuple[str, str], list[Any]] = {}


class ContextFactory(Protocol):
    """Opens a fresh profile: `context_factory(locale="zh-CN", color_scheme="dark", viewport={...})`."""

    def __call__(self, **options: Any) -> BrowserContext: ...


class Stage:
    """Opens the people's pages. `url` is where they come in; `script` runs in each of them before their own do."""

    def __init__(self, desk: RunningDesk, open_context: ContextFactory, *, url: str = "", script: str = "") -> None:
        self.desk = desk
        self.url = url or desk.url
        self._script = script
        self._open_context = open_context
        self._consoles: list[AtConsole] = []

    def shopper(self, *, language: str = "en", path: str = "/demo/shop", **options: Any) -> Shopper:
        """A customer nobody knows yet, on the shop's page."""
        page = self.browser(language=language, **options)
        return Shopper(page, self.url, language=language).visits(path)

    def browser(self, *, language: str = "en", **options: Any) -> Page:
        """Somebody's, with nothing open."""
        return self._page({"width": 1000, "height": 760}, language, options)

    def shopper_at(self, site: str, *, language: str = "en", **options: Any) -> Shopper:
        """A customer in the chat of this site, which fills their window."""
        page = self.browser(language=language, **options)
        page.goto(f"{self.url}/chat/v1/frame/{site}?lang={language}")
        return Shopper(page, self.url, language=language)

    def agent(self, who: str, *, available: bool = True, language: str = "en", **options: Any) -> AtConsole:
        """Ada, Bo, Grace or Alex, signed in; rung at when something comes, unless `available` is False."""
        page = self._page({"width": 1280, "height": 800}, language, options)
        console = self._at_work(AtConsole(page, self.url, who, language=language))
        self._consoles.append(console)
        return console.is_available() if available else console.says_they_are("away")

    def takes_home(self, console: AtConsole) -> None:
        """Somebody who came in by their own door leaves with the others."""
        self._consoles.append(console)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, once it is committed."""
        return self.desk.rows(query, *values)

    def leave(self) -> None:
        """Everybody goes home: what the story opened is resolved, and nobody rings in the next one."""
        for console in self._consoles:
            opened = self.rows(
                "select id from ticket where number > 1030 and status not in ('resolved', 'closed', 'spam')"
            )
            _presses(console, *(f"tickets/{ticket}/resolution" for (ticket,) in opened))
            _presses(console, "presence", intent="offline", reason="")

    def _at_work(self, console: AtConsole) -> AtConsole:
        """Signed in: by hand the first time, and as a browser that still is from then on."""
        badge, context = (self.url, console.who), console.page.context
        if badge in _BADGES:
            context.add_cookies(_BADGES[badge])
            console.page.goto(self.url + "/app")
            return console.is_live()
        console.signs_in()
        _BADGES[badge] = [{"name": one["name"], "value": one["value"], "url": self.url} for one in context.cookies()]
        return console

    def _page(self, size: dict[str, int], language: str, options: dict[str, Any]) -> Page:
        locale = {"zh": "zh-CN", "en": "en-GB"}[language]
        before = options.pop("before", None)  # what is done to the page before it goes anywhere
        context = self._open_context(**{"viewport": size, "locale": locale, **options})
        if self._script:
            context.add_init_script(self._script)
        page = context.new_page()
        if before is not None:
            before(page)
        return page


def _presses(console: AtConsole, *acts: str, **fields: str) -> None:
    """What buttons of theirs would do, whatever is on the screen: paths below /app."""
    door = console.page.context.request
    found = re.search('name="csrf" value="([^"]+)"', door.get(f"{console.url}/app/profile").text())
    assert found is not None
    marks = {"X-Requested-With": "frontdesk", "X-CSRF-Token": found[1], "Origin": console.url}
    for act in acts:
        door.post(f"{console.url}/app/{act}", headers=marks, form=dict(fields))
