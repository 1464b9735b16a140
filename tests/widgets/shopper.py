"""A customer's hands and eyes: opens the chat on a shop's page, writes, and looks at what stands there."""

from __future__ import annotations

from typing import Self

from playwright.sync_api import ElementHandle, Frame, Locator, Page, expect

from tests.widgets.fake_desk import FakeDesk


class Shopper:
    """`page` is the shop, `frame` the chat in it. The launcher, in a closed shadow root, is reached by its place."""

    def __init__(self, desk: FakeDesk, page: Page) -> None:
        self.desk = desk
        self.page = page
        self.visit()

    def visit(self, url: str = "") -> Self:
        """Goes to the shop, where the launcher appears."""
        self.page.goto(url or self.desk.shop)
        self.page.wait_for_function("window.Frontdesk")
        return self

    @property
    def frame(self) -> Frame:
        """The chat's document, once it is there."""
        known = self._frame()
        if known is None:
            self.page.wait_for_event("framenavigated", predicate=lambda frame: "/chat/v1/frame/" in frame.url)
            known = self._frame()
        assert known is not None
        return known

    def opens(self) -> Self:
        """A click on the launcher."""
        self.presses_launcher()
        self.frame.wait_for_selector("body[data-screen]")
        return self

    def presses_launcher(self) -> Self:
        """A click in the corner, whatever may come of it."""
        size = self.page.viewport_size or {"width": 1000, "height": 760}
        self.page.mouse.click(size["width"] - 48, size["height"] - 48)
        return self

    def starts(self) -> Self:
        """Opens the chat and goes to the conversation."""
        self.opens()
        self.frame.get_by_role("button", name="Chat with us").click()
        expect(self.box).to_be_visible()
        return self

    def says(self, text: str) -> Self:
        self.box.fill(text)
        self.box.press("Enter")
        return self

    @property
    def box(self) -> Locator:
        return self.frame.get_by_label("Message", exact=True)

    @property
    def bubbles(self) -> Locator:
        """Everything said, by either side."""
        return self.frame.locator(".said")

    @property
    def sent(self) -> Locator:
        """What this customer said and the desk confirmed."""
        return self.frame.locator(".said.me[data-sent=yes]")

    @property
    def unsent(self) -> Locator:
        return self.frame.locator(".said[data-sent=no]")

    @property
    def status(self) -> Locator:
        return self.frame.locator(".status")

    @property
    def banner(self) -> Locator:
        return self.frame.locator(".banner")

    def button(self, name: str) -> Locator:
        return self.frame.get_by_role("button", name=name, exact=True)

    def menu(self, entry: str) -> None:
        self.button("Menu").click()
        self.button(entry).click()

    @property
    def lines(self) -> Locator:
        """What the bubbles say, top to bottom."""
        return self.frame.locator(".said .text")

    def panel(self) -> ElementHandle:
        """The frame's element on the shop's page."""
        return self.frame.frame_element()

    def _frame(self) -> Frame | None:
        return next((frame for frame in self.page.frames if "/chat/v1/frame/" in frame.url), None)
