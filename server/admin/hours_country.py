"""Which country's holidays are to be added to opening hours, of which part of it, and for which years."""

from __future__ import annotations

import re

from babel import Locale
from starlette.requests import Request

from routing.holidays import Found
from routing.public_holidays import countries, public_holidays
from server.forms import Field, Form
from tickets.errors import Refused

_YEARS = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", re.ASCII)


def country_form(request: Request) -> Form:
    """Without a country at first; this year and the next."""
    names = Locale.parse(request.state.language).territories
    by_name = sorted((names.get(code, code), code) for code in countries())
    year = request.state.desk.clock.now().year
    fields = [
        Field(
            "country", "Country", "choice", needed=False, names=True,
            choices=[("", "–"), *((code, name) for name, code in by_name)],
        ),
        Field(
            "part", "State or province", needed=False, longest=60,
            hint="As a short code, such as BY or CA. Empty: what the whole country keeps.",
        ),
        Field(
            "years", "Years", longest=20, read=read_years,
            hint="One year, or from one to another, such as 2026-2027. What is not announced yet is a guess.",
        ),
    ]  # fmt: skip
    return Form(fields, {"country": "", "part": "", "years": f"{year}-{year + 1}"})


def holidays_asked(form: Form, language: str) -> Found | None:
    """None where there is a mistake, which is noted."""
    said, found = form.read(), None
    if said is not None:
        with form.noting("country"):
            found = public_holidays(said["country"], said["part"], said["years"], language)
    return found


def read_years(text: str) -> range:
    """ "2026" or "2026-2027". Raises Refused."""
    found = _YEARS.fullmatch(text.strip())
    if found is None:
        raise Refused("Write a year like 2026, or two like 2026-2027.")
    first, last = int(found[1]), int(found[2] or found[1])
    return range(first, last + 1)
