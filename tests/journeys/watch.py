"""Looks over the shoulder of every page in a story, for what no page of ours may ever do."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Response

HERE = ("localhost", "127.0.0.1", "::1")


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Adds a line to `faults` for every request that leaves this machine, broken policy, uncaught error and pop-up.

    A browser's own box (alert and the like) is closed at once: no page of ours opens one, so somebody's text did.
    """

    def see(url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https", "ws", "wss") and host not in HERE and not host.endswith(".localhost"):
            faults.append(f"asked for {url}")

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def read(response: Response) -> None:
        if response.status == 500:
            faults.append(f"{response.url} broke")

    def close(dialog: Dialog) -> None:
        faults.append(f"opened a box: {dialog.type} {dialog.message}")
        dialog.dismiss()

    def follow(page: Page) -> None:
        page.on("websocket", lambda socket: see(socket.url))

    context.on("request", lambda request: see(request.url))
    context.on("response", read)
    context.on("console", hear)
    context.on("dialog", close)
    context.on("weberror", lambda error: faults.append(f"threw {error.error}"))
    context.on("page", follow)
