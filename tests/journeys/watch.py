"""Looks over the shoulder of every page in a story, for what no page of ours may ever do."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

HERE = ("localhost", "127.0.0.1", "::1")


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Adds a line to `faults` for every request that leaves this machine, broken policy and uncaught error."""

    def see(url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https", "ws", "wss") and host not in HERE and not host.endswith(".localhost"):
            faults.append(f"asked for {url}")

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def follow(page: Page) -> None:
        page.on("websocket", lambda socket: see(socket.url))

    context.on("request", lambda request: see(request.url))
    context.on("console", hear)
    context.on("weberror", lambda error: faults.append(f"threw {error.error}"))
    context.on("page", follow)
