"""Turns a template and facts into HTML, in the reader's language. A fact that is missing is a bug."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from widgets import assets, marks, moments, windows, written
from widgets.compiling import FORETOLD, Compiling
from widgets.words import translate

TEMPLATES = Path(__file__).parent / "templates"
REMEMBERED = 512  # fragments that stay drawn: two or three megabytes; most are of one ticket, and soon of no use


def render(template: str, language: str, **facts: Any) -> str:
    """The page or fragment as HTML; every fact is escaped, and one that is missing is a bug."""
    found, common = _ready(template, language)
    assert FORETOLD.isdisjoint(facts), f"no fact may be called {FORETOLD & facts.keys()}"
    context = found.environment.context_class(found.environment, {**common, **facts}, found.name, found.blocks)
    try:
        return "".join(found.root_render_func(context))
    except Exception:
        found.environment.handle_exception()


def redraw(template: str, language: str, **facts: Hashable) -> str:
    """As `render`, from plain values: what was drawn of the same ones a while ago is not drawn anew.

    A fact that can change without becoming another value, as a row can, would be shown as it was.
    """
    return _remembered(template, language, tuple(facts.items()))


@lru_cache(maxsize=REMEMBERED)
def _remembered(template: str, language: str, facts: tuple[tuple[str, Hashable], ...]) -> str:
    return render(template, language, **dict(facts))


@cache
def _ready(template: str, language: str) -> tuple[Template, dict[str, Any]]:
    """The template, and what every drawing of it may call: looked up and put together once."""
    found = environment(language).get_template(template)
    return found, dict(found.globals)


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
    environment.code_generator_class = Compiling
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
        icon=marks.icon,
        time=marks.time,
        avatar=marks.avatar,
    )
    environment.filters.update(linked=written.linked, marked=written.marked)
    return environment
