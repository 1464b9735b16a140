"""The mails that the desk writes by itself: short, calm, in the reader's language, and without a word of anybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

from tickets.email.mailbox import Mailbox
from tickets.email.templates import BLANKS, MailTemplate
from widgets import windows
from widgets.drawing import environment
from widgets.sla import METRICS
from widgets.words import languages

_FACTS = {
    "call.time": "when",
    "call.link": "link",
    "call.again": "again",
    "survey.link": "link",
    "complaint.number": "number",
    "complaint.link": "link",
}
"""Which fact fills which blank."""


def notice(name: str, language: str, facts: Mapping[str, Any], *, public_url: str, desk: str) -> tuple[str, str]:
    """Subject and text of templates/mail/{name}.txt, whose blocks they are.

    Facts that are paths become links at `public_url`; `desk` is the name under which we write.
    """
    language = spoken(language)
    template = _plain(language).get_template(f"mail/{name}.txt")
    context = template.new_context({**_whole(language, facts, public_url), "desk": desk, "metrics": METRICS})
    subject, text = ("".join(template.blocks[block](context)) for block in ("subject", "text"))
    return " ".join(subject.split()), text.strip() + "\n"


def in_own_words(
    template: MailTemplate | None,
    name: str,
    language: str,
    facts: Mapping[str, Any],
    *,
    public_url: str,
    mailbox: Mailbox,
    number: int,
) -> tuple[str, str]:
    """The same, in the mailbox's own words where it has some. `number`: of the ticket."""
    usual = notice(name, language, facts, public_url=public_url, desk=mailbox.name)
    if template is None:
        return usual
    known = _whole(spoken(language), facts, public_url)
    values = {blank: str(known[fact]) for blank, fact in _FACTS.items() if fact in known}
    values |= {"mailbox.name": mailbox.name, "mailbox.address": mailbox.address, "ticket.number": str(number)}
    values["chat.answers"] = _together(known.get("answers", ()), names=known.get("names", False))
    return template.filled(values, usual)


def with_blanks(name: str, language: str) -> tuple[str, str]:
    """The words of the house as somebody begins to change them: with {{names}} where something is filled in."""
    facts: dict[str, Any] = {fact: f"{{{{{blank}}}}}" for blank, fact in _FACTS.items() if blank in BLANKS[name]}
    facts.setdefault("number", "{{ticket.number}}")
    facts |= {"names": False, "answers": [SimpleNamespace(text="{{chat.answers}}")]}
    return notice(name, language, facts, public_url="", desk="{{mailbox.name}}")


def spoken(language: str) -> str:
    """One that we have words in."""
    return language if language in languages() else "en"


def _whole(language: str, facts: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    whole = {key: _link(public_url, value) for key, value in facts.items()}
    if "start" in whole:
        whole["when"] = windows.told(language, whole["start"], whole["end"], whole["zone"])
    return whole


def _together(answers: Sequence[Any], *, names: bool) -> str:
    """What was answered in a chat, each under the name of who wrote it where there were several."""
    return "\n\n".join(f"{one.name}:\n{one.text}" if names else str(one.text) for one in answers)


def _link(public_url: str, value: Any) -> Any:
    is_path = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    return public_url.rstrip("/") + value if is_path else value


@cache
def _plain(language: str) -> Environment:
    """As for pages, but nothing is escaped: a mail's text is no HTML. What shows HTML escapes it there."""
    return environment(language).overlay(autoescape=False)
