"""Which days a page is to tell of, as an address says them: from one to another."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request

from routing.wallboard.days import check_days, usual_days
from server.forms import Field, Form
from tickets.errors import Refused

Span = tuple[date, date]


async def days_asked(request: Request) -> tuple[Form, Span | None]:
    """The form as it was sent, or with the usual days; and the days, None where there is a mistake, which is noted."""
    desk = request.state.desk
    now = desk.clock.now()
    usual = await desk.read(usual_days, now)
    form = Form(_FIELDS, dict(zip(_NAMES, (day.isoformat() for day in usual), strict=True)))
    if not any(name in request.query_params for name in _NAMES):
        return form, usual
    form.fill(request.query_params)
    said: dict[str, Any] | None = form.read()
    with form.noting():
        if said is not None:
            check_days(now, said["first"], said["last"])
    return form, (said["first"], said["last"]) if said is not None and form.good else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("Write a day like 2026-11-23.") from None


_NAMES = ("first", "last")
_FIELDS = [Field("first", "First day", "date", _day), Field("last", "Last day", "date", _day)]
