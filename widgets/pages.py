"""Turns a template and facts into a page, in the reader's language."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from widgets import assets
from widgets.words import translate

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, language: str, **facts: Any) -> str:
    """The page as HTML; every fact is escaped, and one that is missing is a bug."""
    return _environment(language).get_template(template).render(facts)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=partial(translate, language), language=language, asset=assets.url)
    return environment
