"""The page to which the letter leads. To open it does nothing: scanners of mail follow every link."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from chat.surveys.answering import Question, answer, question
from chat.surveys.survey import ticket_of_link
from tickets.edge import Surface, Who, door
from tickets.errors import NotFound
from tickets.forms.fields import Field, Form
from tickets.forms.web import from_our_page, go, show, visit

LONGEST_COMMENT = 2000  # characters, as in the chat


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


MARKS = {"5": _("Very good"), "4": _("Good"), "3": _("Fair"), "2": _("Poor"), "1": _("Very poor")}
_FIELDS = (
    Field("score", _("Your rating"), "one", int, choices=[*MARKS.items()]),
    Field("comment", _("Would you like to add something?"), "long", needed=False, longest=LONGEST_COMMENT),
)


async def survey(request: Request) -> Response:
    """The question, with what was answered so far; sent, it leads back to itself."""
    desk = request.state.desk
    now = desk.clock.now()
    ticket_id = ticket_of_link(desk.rules.seals, request.path_params["token"], now)
    if ticket_id is None:
        raise NotFound("There is nothing at this address.")
    found: Question = await desk.read(question, ticket_id, now)
    here = await visit(request, language=found.language)
    form = Form(_FIELDS, _said(found))
    if request.method == "POST" and await _answered(request, form, found, ticket_id):
        return go(here.link(str(request.scope["path"]), done="rated"))
    done = request.query_params.get("done", "")
    return show(request, here, "portal/survey.html", form, found=found, done=done, languages=request.method != "POST")


async def _answered(request: Request, form: Form, found: Question, ticket_id: int) -> bool:
    """Whoever has the link is them. What is wrong is noted in the form."""
    from_our_page(request)
    request.state.limits.may_try(request.state.address)
    form.fill(await request.form())
    values = form.read()
    if values is not None:
        with form.noting():
            await request.state.desk.change(answer, ticket_id, **values, by=found.by, about=ticket_id)
    return form.good


def _said(found: Question) -> dict[str, str]:
    return {"score": str(found.rating.score), "comment": found.rating.comment} if found.rating else {}


DOORS = [door("/survey/{token}", survey, who=Who.ANYONE, methods=["GET", "POST"], surface=Surface.PORTAL)]
