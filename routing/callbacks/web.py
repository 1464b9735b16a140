"""The pages on which a customer asks to be rung, moves or cancels it, and the buttons of the agent who rings."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from routing.callbacks import by_hand, numbers, turning
from routing.callbacks.asking import Asked, Wish, ask, offered
from routing.callbacks.callback import Callback, Outcome
from routing.callbacks.fields import SOON, callback_fields, email_field, known_zone, read_window, value_of, window_field
from routing.callbacks.slots import NotOffered
from routing.callbacks.standing import Standing, asked_with, by_day, open_request, standing, ticket_of_link
from routing.callbacks.turning import ticket_of_seal
from tickets.edge import Surface, Who, done, door, form_of
from tickets.errors import Conflict, NotFound, Refused
from tickets.forms.fields import Form
from tickets.forms.key import is_ours, new_key
from tickets.forms.web import Visit, from_our_page, go, show, visit
from tickets.text import one_line

FORM = "callback"  # what the key of the form is for
LONGEST_PAGE = 500  # characters of the address on which they asked


async def want_call(request: Request) -> Response:
    """The form; sent, it leads to the customer's own page."""
    here = await visit(request, strict=True)
    form = _form(request, here)
    asked = dict(request.query_params)
    key = new_key(request.state.desk.rules.seals, FORM)
    chat = ticket_of_seal(request.state.desk.rules.seals, asked.get("chat", ""), request.state.desk.clock.now())
    if chat is not None and (turned := await request.state.desk.read(open_request, chat)) is not None:
        return go(_own_page(request, here, turned))
    if request.method == "POST":
        asked, key = await _sent(request, form)
        chat = ticket_of_seal(request.state.desk.rules.seals, asked.get("chat", ""), request.state.desk.clock.now())
        if chat is not None and asked.get("act") == "email":
            return await _by_email(request, here, form, asked, key, chat)
        earlier = await request.state.desk.read(asked_with, key)
        if earlier is not None:
            return go(_own_page(request, here, earlier))
        with form.noting():
            wish = _wish(form, asked, here, key)
            found = await _ask(request, wish, chat)
            if not found.joined:
                return go(_own_page(request, here, found.callback))
            return await _joined(request, here, wish, found)
    return await _form_page(request, here, form, asked, key)


async def own_page(request: Request) -> Response:
    """When we ring; another time can be chosen, or none."""
    desk = request.state.desk
    ticket_id = ticket_of_link(desk.rules.seals, request.path_params["token"], desk.clock.now())
    if ticket_id is None:
        raise NotFound("There is nothing at this address.")
    found: Standing = await desk.read(standing, ticket_id, desk.clock.now())
    here = await visit(request, site=found.callback.site, language=found.ticket.language)
    form = Form([window_field()], {"window": SOON if found.offered.soonest else ""})
    if request.method == "POST":
        changed = ""
        with form.noting("window"):
            changed = await _change(request, form, found)
        if changed:
            return go(here.link(str(request.scope["path"]), done=changed))
        found = await desk.read(standing, ticket_id, desk.clock.now())
    facts = {
        "found": found,
        "days": by_day(found.offered.days, found.zone),
        "done": request.query_params.get("done", ""),
        "languages": request.method != "POST",
    }
    return show(request, here, "portal/callback_own.html", form, **facts, **_windows(form, found.zone, found.now))


# What an agent's browser asks for


async def tries(request: Request) -> Response:
    """The `outcome` of a try; which one it was on the agent's screen stands in the address."""
    try:
        outcome = Outcome(str((await form_of(request)).get("outcome", "")))
    except ValueError:
        raise Refused("Choose one of the values offered.", field="outcome") from None
    await _do(request, by_hand.tried, outcome, attempt=int(request.path_params["attempt"]))
    return done()


async def dialling(request: Request) -> Response:
    """The agent's telephone dials."""
    await _do(request, by_hand.dial)
    return done()


async def window(request: Request) -> Response:
    """POST with `start`, as the form names it, moves it; DELETE cancels it."""
    if request.method == "DELETE":
        await _do(request, by_hand.cancel)
    else:
        form = await form_of(request)
        await _do(request, by_hand.move, read_window(str(form.get("start", ""))))
    return done()


async def _do(request: Request, verb: Any, *args: Any, **kwargs: Any) -> None:
    ticket_id = int(request.path_params["id"])
    await request.state.desk.change(verb, ticket_id, *args, by=request.state.agent.actor, about=ticket_id, **kwargs)


# How


def _form(request: Request, here: Visit) -> Form:
    region = request.state.config.callbacks.region
    say, example = partial(request.state.pages.translate, here.language), numbers.example(region)
    if region:
        hint = say("For example {example}.", example=example)
    else:
        hint = say("With + and the country code, for example {example}.", example=example)
    asked = request.query_params
    topics = here.face.topic_names(here.language)
    known = {"window": SOON} | ({"topic": here.face.topic(asked.get("topic", ""))} if topics else {})
    return Form(callback_fields(region, topics, hint), known)


async def _sent(request: Request, form: Form) -> tuple[dict[str, Any], str]:
    """What came, and the form's own key. Whoever has none of ours, or walked into the trap, is asked once more."""
    from_our_page(request)
    request.state.limits.may_try(request.state.address)
    sent = await request.form()
    form.fill(sent)
    texts = {name: value for name, value in sent.items() if isinstance(value, str)}
    seals, key = request.state.desk.rules.seals, texts.get("key", "")
    if is_ours(seals, FORM, key) and not texts.get("website"):
        return texts, key
    form.note(Conflict("Please send this once more. What you wrote is still here."))
    return texts, new_key(seals, FORM)


def _wish(form: Form, asked: dict[str, Any], here: Visit, key: str) -> Wish:
    """What stands in the form. Raises where something is wrong with it, which is noted there."""
    values = form.values()
    return Wish(
        form_key=key,
        phone=values["phone"],
        start=values["window"],
        name=values["name"],
        email=values["email"],
        text=values["text"],
        topic=values.get("topic", ""),
        language=here.language,
        zone=known_zone(asked.get("zone", "")),
        site=here.face.key,
        page=one_line(asked.get("page", ""), LONGEST_PAGE),
    )


async def _ask(request: Request, wish: Wish, chat: int | None) -> Asked:
    """Counted when it was answered, whether by a new request or by one that is open. `chat`: the ticket that turns."""
    state = request.state
    state.limits.may_post(FORM, state.address, wish.phone.e164)
    asked: Asked
    if chat is None:
        asked = await state.desk.change(ask, wish, by="system")
    else:
        asked = await state.desk.change(turning.to_call, chat, wish, by="system", about=chat)
    state.limits.was_posted(FORM, state.address, wish.phone.e164)
    return asked


async def _by_email(request: Request, here: Visit, whole: Form, asked: dict[str, Any], key: str, chat: int) -> Response:
    """Whoever waits in the chat would rather have an answer by mail."""
    form = Form([email_field()])
    form.texts["email"] = asked.get("email", "")
    values = form.read() if whole.refusal is None else None
    if values is not None:
        with form.noting("email"):
            request.state.limits.may_post(FORM, request.state.address, values["email"])
            await request.state.desk.change(turning.to_email, chat, values["email"], by="system", about=chat)
            request.state.limits.was_posted(FORM, request.state.address, values["email"])
            return show(request, here, "portal/by_email.html", address=values["email"], languages=False)
    whole.refusal = whole.refusal or form.refusal
    return await _form_page(request, here, whole, asked, key, form)


async def _change(request: Request, form: Form, found: Standing) -> str:
    """What the customer wants with it. Whoever has the link is them."""
    from_our_page(request)
    request.state.limits.may_try(request.state.address)
    sent = await request.form()
    form.fill(sent)
    desk, by, ticket_id = request.state.desk, f"customer:{found.ticket.customer_id}", found.ticket.id
    if sent.get("act") == "chat" and found.callback.turned:
        await desk.change(turning.to_chat, ticket_id, by=by, about=ticket_id)
        return "chat"
    if sent.get("act") == "cancel":
        await desk.change(by_hand.cancel, ticket_id, by=by, about=ticket_id)
        return "cancelled"
    start = form.values()["window"]
    await desk.change(by_hand.move, ticket_id, start, by=by, about=ticket_id)
    return "moved"


async def _form_page(
    request: Request, here: Visit, form: Form, asked: dict[str, Any], key: str, by_email: Form | None = None
) -> Response:
    """`asked["chat"]`: somebody who waits in a chat, and who may rather have an answer by mail."""
    state, now = request.state, request.state.desk.clock.now()
    offer = await state.desk.read(offered, form.texts.get("topic", ""), now)
    zone = known_zone(asked.get("zone", "")) or offer.zone
    facts = {
        "key": key,
        "offered": offer,
        "days": by_day(offer.days, zone),
        "kept": {
            "zone": known_zone(asked.get("zone", "")),
            "page": one_line(asked.get("page", ""), LONGEST_PAGE),
            "chat": one_line(asked.get("chat", ""), LONGEST_PAGE),
        },
        "by_email": by_email or Form([email_field()]),
        "languages": request.method != "POST",  # another language would lose what was typed
    }
    return show(request, here, "portal/callback.html", form, **facts, **_windows(form, zone, now))


def _windows(form: Form, zone: str, now: Any) -> dict[str, Any]:
    """What the list of windows is drawn from; after a refusal the nearest ones stand first, and one is chosen."""
    nearest = form.refusal.nearest if isinstance(form.refusal, NotOffered) else ()
    if nearest:
        form.texts["window"] = value_of(nearest[0])
    return {"zone": zone, "now": now, "nearest": nearest, "value_of": value_of, "soon": SOON}


async def _joined(request: Request, here: Visit, wish: Wish, found: Asked) -> Response:
    """Whoever asks again may be somebody else: they learn the time and what was added, and get no link."""
    desk = request.state.desk
    zone = wish.zone or (await desk.read(offered, wish.topic, desk.clock.now())).zone
    added = {"words": wish.text if found.kept_words else "", "email": wish.email if found.kept_email else ""}
    known = bool(wish.email and not found.kept_email)
    facts = {"callback": found.callback, "zone": zone, "added": added, "known": known}
    return show(request, here, "portal/callback_joined.html", None, languages=False, **facts)


def _own_page(request: Request, here: Visit, callback: Callback) -> str:
    return here.link(callback.path(request.state.desk.rules.seals), done="asked")


_TICKET = "/app/tickets/{id:number}/callback"
DOORS = [
    door("/callback", want_call, who=Who.ANYONE, methods=["GET", "POST"], surface=Surface.PORTAL),
    door("/callback/{token}", own_page, who=Who.ANYONE, methods=["GET", "POST"], surface=Surface.PORTAL),
    door(_TICKET, window, who=Who.AGENT, methods=["POST", "DELETE"]),
    door(f"{_TICKET}/dialling", dialling, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/tries/{{attempt:number}}", tries, who=Who.AGENT, methods=["POST"]),
]
