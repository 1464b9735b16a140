"""What a console's scripts do with a frame, done to a parsed page; and when two pages are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import html
from lxml.html import HtmlElement

_TICKING = {"ago", "span"}  # what these say depends on the moment, not on the state
_VOLATILE = {"data-cursor", "data-now"}


def parsed(page: str) -> HtmlElement:
    return html.document_fromstring(page)


def by_id(page: HtmlElement, id: str) -> HtmlElement | None:
    found = page.xpath("//*[@id=$id]", id=id)
    assert len(found) <= 1, f"{id} stands {len(found)} times on the page"
    return found[0] if found else None


def apply(page: HtmlElement, frame: bytes, *, panes: Callable[[], str]) -> None:
    """One frame. `panes` fetches what a script that is told to reload would."""
    told = json.loads(frame)
    for swap in told.get("swaps", []):
        _WAYS[swap["way"]](page, swap)
    if "reload" in told:
        for pane in _elements(panes()):
            _put(page, pane)
    _mark(page)


def same(page: HtmlElement) -> list[str]:
    """The page as lines, without what is no part of its state."""
    page = deepcopy(page)
    for script in page.xpath("//script"):
        script.getparent().remove(script)
    for time in page.xpath("//time"):
        if time.get("data-as") in _TICKING:
            time.text = ""
    for counted in page.xpath("//*[@data-left]"):
        counted.text = ""
    for element in page.iter():
        for name in _VOLATILE & set(element.attrib):
            del element.attrib[name]
    text = html.tostring(page, encoding="unicode")
    return [line for line in re.sub(r">\s*", ">\n", re.sub(r"\s*<", "\n<", text)).splitlines() if line.strip()]


def roots(fragment: str) -> list[HtmlElement]:
    return _elements(fragment)


def _append(page: HtmlElement, swap: dict[str, Any]) -> None:
    if by_id(page, swap["id"]) is not None:
        _replace(page, swap)
    else:
        to = by_id(page, swap["to"])
        if to is not None:
            to.append(_one(swap))


def _replace(page: HtmlElement, swap: dict[str, Any]) -> None:
    _put(page, _one(swap))


def _remove(page: HtmlElement, swap: dict[str, Any]) -> None:
    old = by_id(page, swap["id"])
    if old is not None:
        old.drop_tree()


def _place(page: HtmlElement, swap: dict[str, Any]) -> None:
    to = by_id(page, swap["to"])
    if to is None:
        return
    fresh, old = _one(swap), by_id(page, swap["id"])
    if old is not None:
        _keep(old, fresh)
        old.drop_tree()
    after = next((row for row in to if row.get("data-order") > swap["order"]), None)
    if after is None:
        to.append(fresh)
    else:
        after.addprevious(fresh)


def _put(page: HtmlElement, fresh: HtmlElement) -> None:
    old = by_id(page, fresh.get("id"))
    if old is not None:
        _keep(old, fresh)
        fresh.tail = old.tail
        old.getparent().replace(old, fresh)


def _keep(old: HtmlElement, fresh: HtmlElement) -> None:
    """Which row and which view are open belongs to the person and not to the state."""
    for current in old.xpath("descendant-or-self::*[@aria-current and @id]"):
        for again in fresh.xpath("descendant-or-self::*[@id=$id]", id=current.get("id")):
            again.set("aria-current", current.get("aria-current"))


def _mark(page: HtmlElement) -> None:
    """The row of the ticket that is open, when it comes into the list."""
    for ticket in page.xpath("//main[@data-ticket]/@data-ticket"):
        row = by_id(page, f"open-{ticket}")
        if row is not None:
            row.set("aria-current", "true")


def _one(swap: dict[str, Any]) -> HtmlElement:
    (root,) = _elements(swap["html"])
    assert swap["id"] == root.get("id"), "a swap is named after the element that it brings"
    return root


def _elements(text: str) -> list[HtmlElement]:
    return [element for element in html.fragments_fromstring(text) if isinstance(element, HtmlElement)]


_WAYS = {"append": _append, "replace": _replace, "remove": _remove, "place": _place}
