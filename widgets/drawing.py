"""Turns a template and facts into HTML, in the reader's language. A fact that is missing is a bug."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from widgets import assets, moments, windows, written
from widgets.words import translate

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, language: str, **facts: Any) -> str:
    """The page or fragment as HTML; every fact is escaped, and one that is missing is a bug."""
    return environment(language).get_template(template).render(facts)


@cache
def environment(language: str) -> Environment:
    """Templates, and what they may call."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,  # looking at the files each time took a third of each drawing
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=partial(translate, language),
        language=language,
        asset=assets.url,
        colour_sheet=assets.colour_sheet,
        ago=partial(moments.ago, language),
        span=partial(moments.span, language),
        clock=moments.clock,
        on_day=partial(moments.day, language),
        long_day=partial(moments.long_day, language),
        long_moment=partial(moments.long_moment, language),
        iso=moments.iso,
        size=partial(written.size, language),
        window=partial(windows.told, language),
        window_day=partial(windows.day, language),
        window_hours=partial(windows.hours, language),
        window_at=partial(windows.at, language),
        clock_of=partial(windows.clock_of, language),
    )
    environment.filters.update(linked=written.linked, marked=written.marked)
    marks = environment.get_template("console/marks.html").module  # importing them anew each time took another
    environment.globals.update({name: getattr(marks, name) for name in ("icon", "time", "avatar")})
    return environment
