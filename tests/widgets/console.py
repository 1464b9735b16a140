"""Ada at the console of a real desk, in a real browser; customers are told their lines."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx2
from playwright.sync_api import BrowserContext, Locator, Page, expect
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from server.demo.story import PASSWORD
from tests.running import RunningDesk

MANDATE, PREMIUM, INVOICE, PARCEL = 1006, 1016, 1022, 1029  # of the demo's story: Bo's, nobody's, Ada's, Ada's


class Customer:
    """Somebody with the shop's chat open, without a browser."""

    def __init__(self, desk: RunningDesk, name: str) -> None:
        self.name = name
        self._said = 0
        self._line = self._connect(desk)

    def says(self, text: str) -> None:
        self._said += 1
        words: dict[str, Any] = {"id": f"c-{self._said}", "text": text}
        if self._said == 1:
            words |= {"name": self.name, "email": f"{self.name.split()[0].lower()}@mail.example"}
        self._line.send(json.dumps({"say": words}))

    def types(self) -> None:
        self._line.send(json.dumps({"typing": True}))

    def reads(self, seq: int) -> None:
        self._line.send(json.dumps({"seen": {"seq": seq}}))

    def leave(self) -> None:
        self._line.close()

    def _connect(self, desk: RunningDesk) -> ClientConnection:
        asked = urllib.request.Request(
            f"{desk.url}/chat/v1/visitors",
            json.dumps({"site": "lumen", "lang": "en", "page": {"url": f"{desk.url}/demo/shop", "title": ""}}).encode(),
            {"Content-Type": "application/json", "Origin": desk.url, "Sec-Fetch-Site": "same-origin"},
        )
        with urllib.request.urlopen(asked) as answer:
            token = json.load(answer)["token"]
        line = connect(f"{desk.url.replace('http', 'ws')}/chat/v1/socket", origin=Origin(desk.url), legacy=True)
        line.send(json.dumps({"hello": {"token": token, "epoch": None, "cursor": None, "lang": "en"}}))
        return line


@cache
def signed_in(url: str, who: str) -> list[Any]:
    """The cookies of an agent's session, without going to the door each time: one session serves many profiles."""
    form = {"email": f"{who}@frontdesk.example", "password": PASSWORD}
    with httpx2.Client(base_url=url, headers={"Origin": url, "Sec-Fetch-Site": "same-origin"}) as client:
        [token] = re.findall(r'name="csrf" value="([^"]+)"', client.get("/app/login").text)
        assert 303 == client.post("/app/login", data={**form, "csrf": token}).status_code
        return [{"name": cookie.name, "value": cookie.value, "url": url} for cookie in client.cookies.jar]


class Console:
    """One agent's page."""

    def __init__(self, desk: RunningDesk, context: BrowserContext, who: str = "ada") -> None:
        self.desk = desk
        context.add_cookies(signed_in(desk.url, who))
        self.page: Page = context.new_page()
        self.page.goto(f"{desk.url}/app")
        self.page.wait_for_url("**/app/views/**")

    @property
    def text(self) -> Locator:
        return self.page.locator(".composer textarea")

    @property
    def number(self) -> str:
        """Of the ticket that is open."""
        return str(self.page.locator(".ticket-head").get_attribute("data-number"))

    def messages(self) -> list[str]:
        return self.page.locator("[role=log] .text").all_inner_texts()

    def opens(self, number: int) -> None:
        """A ticket of the story that the demo brings."""
        self.page.goto(f"{self.desk.url}/app/tickets/{number}?view=open")
        expect(self.page.locator(".composer")).to_be_visible()

    def takes_the_chat(self, customer: str) -> None:
        offer = self.page.locator(".offer", has_text=customer)
        offer.get_by_role("button", name="Accept").click()
        expect(self.page.locator(".composer")).to_have_attribute("data-customer", customer)

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def sees(self, selector: str, **having: Any) -> None:
        expect(self.page.locator(selector, **having).first).to_be_visible()


AtTheConsole = Callable[..., Console]
