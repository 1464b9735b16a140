"""Which days a country rests on, and which weekends it works for that: from a library that is kept up to date."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice

from routing.holidays import Found
from tickets.errors import Refused

MOST_YEARS = 10
FIRST_YEAR, LAST_YEAR = 2000, 2100


@cache
def countries() -> Mapping[str, Sequence[str]]:
    """ISO 3166 codes, each with those of its parts that have days of their own."""
    from holidays import list_supported_countries  # a desk that never asks need not load it

    return {code: tuple(parts) for code, parts in sorted(list_supported_countries(include_aliases=False).items())}


def public_holidays(country: str, part: str, years: Collection[int], language: str = "en") -> Found:
    """Raises Refused. `part` is a state or a province, empty for what the whole country keeps.

    A weekend that is worked instead (China moves them) is told as such.
    """
    from holidays import country_holidays

    known = countries().get(country)
    if known is None:
        raise Refused("Choose a country.", field="country")
    part = next((one for one in known if one.casefold() == part.casefold()), part)
    if part and part not in known:
        raise Refused("This country has no such part. Known are: {known}.", field="part", known=_some(known))
    if not 0 < len(years) <= MOST_YEARS or any(not FIRST_YEAR <= year <= LAST_YEAR for year in years):
        raise Refused("At most {n} years, such as 2026-2027.", field="years", n=MOST_YEARS)
    spoken: Sequence[str] = country_holidays(country).supported_languages or ()
    called = next((one for one in spoken if one.startswith(language)), "en_US" if "en_US" in spoken else None)
    found = country_holidays(country, subdiv=part or None, years=sorted(years), language=called)
    worked: Collection[date] = getattr(found, "weekend_workdays", ())
    return Found(
        closed={day: name for day, name in sorted(found.items()) if day.year in years},
        worked={day: "" for day in sorted(worked) if day.year in years and day not in found},
    )


def _some(known: Sequence[str]) -> str:
    """The first of them, so that the sentence stays one."""
    shown = ", ".join(islice(known, 60))
    return (shown or "–") if len(known) <= 60 else f"{shown} …"
