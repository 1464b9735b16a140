"""The mails that the desk writes by itself: short, calm, in the reader's language, and without a word of anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from widgets.drawing import environment
from widgets.sla import METRICS
from widgets.words import languages


def notice(name: str, language: str, facts: Mapping[str, Any], *, public_url: str, desk: str) -> tuple[str, str]:
    """Subject and text of templates/mail/{name}.txt, whose blocks they are.

    Facts that are paths become links at `public_url`; `desk` is the name under which we write.
    """
    language = language if language in languages() else "en"
    template = _plain(language).get_template(f"mail/{name}.txt")
    whole = {key: _link(public_url, value) for key, value in facts.items()}
    context = template.new_context({**whole, "desk": desk, "metrics": METRICS})
    subject, text = ("".join(template.blocks[block](context)) for block in ("subject", "text"))
    return " ".join(subject.split()), text.strip() + "\n"


def _link(public_url: str, value: Any) -> Any:
    is_path = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    return public_url.rstrip("/") + value if is_path else value


@cache
def _plain(language: str) -> Environment:
    """As for pages, but nothing is escaped: a mail's text is no HTML. What shows HTML escapes it there."""
    return environment(language).overlay(autoescape=False)
