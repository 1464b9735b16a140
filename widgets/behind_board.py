"""What the pages behind the wallboard have in common: who reads them, and what their scripts go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from tickets import log
from tickets.people import initials
from widgets.drawing import render
from widgets.wallboard import Watcher, script_facts

READER = ("agent", "language", "csrf", "epoch", "now")


def watcher_of(reader: Mapping[str, Any]) -> Watcher:
    """Who reads, of all that is known of a request."""
    return Watcher(**{name: reader[name] for name in READER})


def behind(template: str, session: Session, reader: Mapping[str, Any], /, **facts: Any) -> str:
    """The whole page, with the place in the log as of which it holds."""
    watcher = watcher_of(reader)
    known = {"reader": watcher, "initials": initials(watcher.agent.name), "here": "wallboard"}
    return render(template, watcher.language, **known, facts=script_facts(watcher, log.newest(session)), **facts)
