"""The wallboard's pages, for supervisors: the floor at a glance, and the rows behind each number."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.console.chosen_days import days_asked
from server.console.reader import reader
from server.whatif import web as whatif
from tickets.edge import Who, door
from widgets import wallboard
from widgets.outcome_page import outcomes_page
from widgets.wait_page import waits_page
from widgets.wallboard_rows import rows_page
from widgets.watchdog_page import watchdog_page
from widgets.work_page import work_page


async def floor(request: Request) -> Response:
    desk = request.state.desk
    tv = request.query_params.get("wall") == "1"
    return HTMLResponse(await desk.read(wallboard.page, rules=desk.rules, tv=tv, **reader(request)))


async def rows(request: Request) -> Response:
    page = request.query_params.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    figure = request.path_params["figure"]
    _, days = await days_asked(request)
    known = {"figure": figure, "number": max(1, number), "days": days}
    return HTMLResponse(await request.state.desk.read(rows_page, **known, **reader(request)))


async def outcomes(request: Request) -> Response:
    form, days = await days_asked(request)
    html = await request.state.desk.read(outcomes_page, form=form, days=days, **reader(request))
    return HTMLResponse(html, status_code=200 if form.refusal is None else form.refusal.status)


async def waits(request: Request) -> Response:
    return HTMLResponse(await request.state.desk.read(waits_page, **reader(request)))


async def work(request: Request) -> Response:
    return HTMLResponse(await request.state.desk.read(work_page, **reader(request)))


async def waiting(request: Request) -> Response:
    return HTMLResponse(await request.state.desk.read(watchdog_page, **reader(request)))


DOORS = [
    door("/app/wallboard", floor, who=Who.SUPERVISOR),
    door("/app/wallboard/outcomes", outcomes, who=Who.SUPERVISOR),
    door("/app/wallboard/rows/{figure}", rows, who=Who.SUPERVISOR),
    door("/app/wallboard/waiting", waiting, who=Who.SUPERVISOR),
    door("/app/wallboard/waits", waits, who=Who.SUPERVISOR),
    door("/app/wallboard/work", work, who=Who.SUPERVISOR),
    *whatif.DOORS,
]
