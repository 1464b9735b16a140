"""The people of a journey: what a customer's and an agent's hands can do in their browser, and what their eyes see."""

from __future__ import annotations

from functools import partial
from typing import Self

from playwright.sync_api import FilePayload, Frame, Locator, Page, expect

from widgets.words import translate

PASSWORD = "try-frontdesk"
EMAILS = {
    "Ada": "ada@frontdesk.example",
    "Bo": "bo@frontdesk.example",
    "Grace": "grace@frontdesk.example",
    "Alex": "admin@frontdesk.example",
}


class Shopper:
    """A customer on the shop's page, with the chat in its corner. The launcher is reached by its place alone."""

    def __init__(self, page: Page, url: str, *, language: str = "en") -> None:
        self.page = page
        self.url = url
        self.language = language
        self._ = partial(translate, language)

    def visits(self, path: str = "/demo/shop") -> Self:
        self.page.goto(self.url + path)
        self.page.wait_for_function("window.Frontdesk")
        return self

    @property
    def frame(self) -> Frame:
        """The chat's document, once it is there."""
        found = self._frame()
        if found is None:
            self.page.wait_for_event("framenavigated", predicate=lambda frame: "/chat/v1/frame/" in frame.url)
            found = self._frame()
        assert found is not None
        return found

    def opens(self) -> Self:
        """A click on the launcher, in the corner."""
        size = self.page.viewport_size or {"width": 1000, "height": 760}
        self.page.mouse.click(size["width"] - 48, size["height"] - 48)
        self.frame.wait_for_selector("body[data-screen]")
        return self

    def begins(self, name: str = "", email: str = "", topic: str = "") -> Self:
        """Opens the chat and answers what is asked before it."""
        return self.opens().introduces(name, email, topic)

    def introduces(self, name: str = "", email: str = "", topic: str = "") -> Self:
        """From the first screen to the conversation."""
        self.frame.locator(".way").first.click()
        form = self.frame.locator("form.form")
        form.get_by_label(self._("Your name")).fill(name)
        form.get_by_label(self._("Email")).fill(email)
        if topic:
            form.get_by_label(self._("Topic")).select_option(label=topic)
        self.button("Start the chat").click()
        expect(self.box).to_be_visible()
        return self

    def types(self, text: str) -> Self:
        self.box.press_sequentially(text)
        return self

    def says(self, text: str) -> Self:
        self.box.fill(text)
        self.box.press("Enter")
        return self

    def sends(self, text: str) -> Self:
        """Says it, and sees that the desk has it."""
        self.says(text)
        expect(self.sent.filter(has_text=text)).to_have_count(1)
        return self

    def attaches(self, *files: FilePayload) -> Self:
        self.frame.locator("input[type=file]").set_input_files(list(files))
        return self

    def chooses(self, entry: str) -> Self:
        """An entry of the menu."""
        self.button("Menu").click()
        self.button(entry).click()
        return self

    def ends(self) -> Self:
        self.chooses("End chat")
        self.frame.locator("dialog").get_by_role("button", name=self._("End chat")).click()
        expect(self.frame.locator(".ended")).to_be_visible()
        return self

    def button(self, name: str) -> Locator:
        return self.frame.get_by_role("button", name=self._(name), exact=True)

    @property
    def box(self) -> Locator:
        return self.frame.locator("#message")

    @property
    def lines(self) -> Locator:
        """What the bubbles say, top to bottom."""
        return self.frame.locator(".said .text")

    @property
    def thin(self) -> Locator:
        """What happened, between the bubbles."""
        return self.frame.locator(".log .thin")

    @property
    def sent(self) -> Locator:
        """What this customer said and the desk confirmed."""
        return self.frame.locator(".said.me[data-sent=yes]")

    @property
    def unsent(self) -> Locator:
        return self.frame.locator(".said[data-sent=no]")

    @property
    def heard(self) -> Locator:
        """What the desk's people said."""
        return self.frame.locator(".said.them .text")

    @property
    def status(self) -> Locator:
        return self.frame.locator(".status")

    @property
    def waiting(self) -> Locator:
        """The card with the place in line."""
        return self.frame.locator(".queue")

    @property
    def head(self) -> Locator:
        return self.frame.locator("header.top")

    @property
    def banner(self) -> Locator:
        return self.frame.locator(".banner")

    @property
    def dots(self) -> Locator:
        """Somebody at the desk is typing."""
        return self.frame.locator(".dots")

    def _frame(self) -> Frame | None:
        return next((frame for frame in self.page.frames if "/chat/v1/frame/" in frame.url), None)


class AtConsole:
    """An agent at their console."""

    def __init__(self, page: Page, url: str, who: str, *, language: str = "en") -> None:
        self.page = page
        self.url = url
        self.who = who
        self._ = partial(translate, language)

    def signs_in(self, path: str = "/app") -> Self:
        self.page.goto(self.url + path)
        self.page.locator("[name=email]").fill(EMAILS[self.who])
        self.page.locator("[name=password]").fill(PASSWORD)
        self.button("Sign in").click()
        return self.is_live()

    def is_live(self) -> Self:
        """The page follows what happens at the desk."""
        expect(self.page.locator("#desk")).to_have_attribute("data-line", "up")
        return self

    def is_available(self) -> Self:
        """Ready to be rung at."""
        if self.presence.get_attribute("data-intent") != "available":
            self.says_they_are("available")
        return self

    def says_they_are(self, intent: str) -> Self:
        self.page.locator("#presence-button").click()
        self.page.locator(f"#menu-presence [data-value={intent}]").first.click()
        expect(self.presence).to_have_attribute("data-intent", intent)
        return self

    def accepts(self) -> Self:
        """Takes what rings, which opens it."""
        self.offer.get_by_role("button", name=self._("Accept")).click()
        expect(self.offer).to_have_count(0)
        expect(self.box).to_be_visible()
        return self

    def declines(self) -> Self:
        self.offer.get_by_role("button", name=self._("Not now")).click()
        expect(self.offer).to_have_count(0)
        return self

    def opens(self, number: int) -> Self:
        """A ticket that stands in the list."""
        self.page.locator(f".row[data-number='{number}'] a").click()
        expect(self.head).to_have_attribute("data-number", str(number))
        return self

    def views(self, view: str) -> Self:
        self.page.locator(f"#view-{view}").click()
        expect(self.list).to_have_attribute("data-view", view)
        return self

    def searches(self, words: str) -> Self:
        self.page.locator("#search").fill(words)
        self.page.locator("#search").press("Enter")
        expect(self.list).to_have_attribute("data-query", words)
        return self

    def answers(self, text: str) -> Self:
        """Writes and sends it, and sees that everybody was told."""
        self._writes("reply", text)
        return self

    def notes(self, text: str) -> Self:
        self._writes("note", text)
        return self

    def turns_to(self, kind: str) -> Self:
        """To the reply or to the note."""
        self.page.locator(f".composer [role=tab][data-kind={kind}]").click()
        return self

    def sets(self, what: str, value: str) -> Self:
        """One of the ticket's facts, by its menu: sets("priority", "high")."""
        self.fact(what).click()
        self.page.locator(f".menu:popover-open [data-value='{value}']").click()
        return self

    def resolves(self) -> Self:
        self.head.locator("[data-act=resolution]:not([data-method])").click()
        expect(self.head).to_have_attribute("data-status", "resolved")
        return self

    def _writes(self, kind: str, text: str) -> None:
        self.turns_to(kind)
        self.box.fill(text)
        self.page.locator(".composer [data-send]").click()
        ours = self.page.locator(f".timeline > [role=log] .msg.{'note' if kind == 'note' else 'out'} .text")
        expect(ours.last).to_have_text(text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self._(name), exact=True)

    def fact(self, what: str) -> Locator:
        return self.head.locator(f"[data-menu={what}]")

    def row(self, number: int) -> Locator:
        return self.page.locator(f".row[data-number='{number}']")

    @property
    def number(self) -> int:
        """Of the ticket that is open."""
        return int(self.head.get_attribute("data-number") or 0)

    @property
    def presence(self) -> Locator:
        return self.page.locator("#presence")

    @property
    def offer(self) -> Locator:
        return self.page.locator(".offer")

    @property
    def list(self) -> Locator:
        return self.page.locator("#list-pane")

    @property
    def head(self) -> Locator:
        return self.page.locator(".ticket-head")

    @property
    def lines(self) -> Locator:
        """What stands in the open ticket's timeline, top to bottom: kept by the desk, known to everybody."""
        return self.page.locator(".timeline > [role=log] .msg .text")

    @property
    def pending(self) -> Locator:
        """Written here, and not yet confirmed."""
        return self.page.locator(".timeline .pending .msg")

    @property
    def entries(self) -> Locator:
        """What happened, between the messages."""
        return self.page.locator(".timeline > [role=log] .entry p > span")

    @property
    def typing(self) -> Locator:
        return self.page.locator("[data-typing]")

    @property
    def box(self) -> Locator:
        return self.page.locator(".composer textarea")

    @property
    def refusal(self) -> Locator:
        return self.page.locator(".composer [data-refusal]")

    @property
    def toasts(self) -> Locator:
        return self.page.locator("#toasts .toast")

    @property
    def panel(self) -> Locator:
        return self.page.locator("#context-pane")

    @property
    def line_state(self) -> Locator:
        """What is said of the line to the desk while it is down."""
        return self.page.locator("#line-state")
