"""From where an address's mail is fetched, whether that works, and what was left there."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from server.admin.mail import MAIL
from server.admin.pages import Act, change, editing, read, row
from server.forms import Field, Form, as_number_within, as_ticked, go, posted
from server.mail.counter import keyring_of
from server.mail.locked import lock
from server.mail.signing_in import Fault, purpose
from tickets.edge import Who, door
from tickets.email.incoming import (
    AT_ONCE,
    LONGEST,
    STRANGE,
    Afterwards,
    Incoming,
    LeftMail,
    Security,
    SignIn,
    fetch_again,
    left_there,
    set_up,
)
from tickets.email.mailbox import Mailbox
from tickets.email.servers import BROKE, SLOW, UNREACHABLE
from tickets.errors import Refused
from tickets.moment import EPOCH

PATIENCE = 10.0  # seconds for each answer in a test of the connection
TESTING = 30.0  # seconds for all of it
_SECRETS = {"secret": "secret", "client_secret": "client"}  # fields, and what they are locked for
_SECURITY = [
    (Security.TLS.value, "TLS from the beginning"),
    (Security.STARTTLS.value, "TLS after a word (STARTTLS)"),
    (Security.NONE.value, "None: only on this machine"),
]
_SIGN_IN = [
    (SignIn.PASSWORD.value, "With a password"),
    (SignIn.REFRESH.value, "With OAuth 2: a refresh token"),
    (SignIn.TOKEN.value, "With OAuth 2: a token in a file"),
]
_PASSWORD, _REFRESH, _TOKEN = ([way.value] for way in (SignIn.PASSWORD, SignIn.REFRESH, SignIn.TOKEN))
_AFTERWARDS = [
    (Afterwards.SEEN.value, "It stays there, marked as seen"),
    (Afterwards.MOVE.value, "It is moved to another folder"),
]
_FIELDS = [
    Field("active", "Its mail is fetched", "tick", as_ticked, needed=False),
    Field("host", "Server", longest=LONGEST, hint="Its name, like imap.example.com.", group="Where it lies"),
    Field("port", "Port", "number", as_number_within(1, 65535), hint="993 with TLS, 143 with STARTTLS."),
    Field("security", "Protection", "choice", choices=_SECURITY),
    Field("folder", "Folder", longest=LONGEST),
    Field("user", "Name to sign in with", longest=LONGEST, group="How it is opened"),
    Field("sign_in", "Sign in", "choice", choices=_SIGN_IN),
    Field(
        "secret",
        "Password or token",
        "password",
        str,
        "Empty: as it is.",
        either=True,
        needed=False,
        longest=5_000,
        ways=[*_PASSWORD, *_REFRESH],
    ),
    Field(
        "secret_file",
        "Name of a file that holds it",
        either=True,
        needed=False,
        longest=LONGEST,
        hint="In the folder that mail.secrets_folder names.",
    ),
    Field("token_url", "Address where tokens are given", either=True, needed=False, longest=500, ways=_REFRESH),
    Field("client_id", "Client ID", needed=False, longest=LONGEST, ways=_REFRESH),
    Field(
        "client_secret",
        "Client secret",
        "password",
        str,
        "Empty: as it is.",
        needed=False,
        longest=500,
        ways=_REFRESH,
    ),
    Field("afterwards", "What becomes of it there", "choice", choices=_AFTERWARDS, group="When it was fetched"),
    Field("move_to", "That folder", either=True, needed=False, longest=LONGEST, ways=[Afterwards.MOVE.value]),
    Field(
        "everything",
        "Also mail that lies there already",
        "tick",
        as_ticked,
        needed=False,
        hint="Counts for the first look only. Each becomes a ticket.",
    ),
]


SAID = ("", SLOW, UNREACHABLE, BROKE, STRANGE, *sorted(AT_ONCE))
"""What may come of a test; nothing where it works."""


async def edit(request: Request) -> Response:
    box, found = await _found(request)
    form = Form(_FIELDS, _texts(found))
    if await posted(request, form):
        with form.noting():
            values = _locked(request, box.id, found, form.values())
            await change(request, set_up, box.id, **values)
            return go(f"{_path(box.id)}?done=saved")
    return await _page(request, box, found, form)


async def test(request: Request) -> Response:
    """Connect and sign in with what is saved. What a server that is not ours says is told to nobody."""
    box, found = await _found(request)
    if found is None:
        raise Refused("Save the settings first.")
    says = await _tried(request, found)
    return go(f"{_path(box.id)}?tried={SAID.index(says)}")


async def again(request: Request) -> Response:
    left: LeftMail = await read(request, row, LeftMail, request.path_params["id"])
    await change(request, fetch_again, left.id)
    return go(_path(left.mailbox_id))


async def _tried(request: Request, settings: Incoming) -> str:
    """What went wrong, as a sentence; empty where it works."""
    from server.mail.imap import Line  # with its library: not where nothing is fetched

    keyring = keyring_of(request.state.config)
    line = Line(settings, keyring.guard, patience=PATIENCE, largest=1024 * 1024)

    def connect() -> None:
        try:
            line.open(keyring.key(settings))
        finally:
            line.close()

    try:
        async with asyncio.timeout(TESTING):
            await asyncio.to_thread(connect)
    except Fault as fault:
        return fault.says
    except TimeoutError:
        line.abort()
        return SLOW
    return ""


async def _found(request: Request) -> tuple[Mailbox, Incoming | None]:
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    return box, await read(request, _incoming, box.id)


async def _page(request: Request, box: Mailbox, found: Incoming | None, form: Form) -> Response:
    form.texts |= dict.fromkeys(_SECRETS, "")  # a secret never leaves the house again
    now, tried = request.state.desk.clock.now(), request.query_params.get("tried", "")
    state = {
        "tried": SAID[int(tried)] if tried.isdecimal() and int(tried) < len(SAID) else None,
        "incoming": found,
        "alarm": found.alarm(now) if found is not None else "",
        "minutes": int((now - found.checked_at).total_seconds() // 60) if found and found.checked_at else None,
        "left": await read(request, left_there, box.id),
        "path": MAIL.path,
    }
    acts = [Act(f"{_path(box.id)}/test", "Test connection")] if found is not None else []
    return editing(request, MAIL, form, name=box.address, acts=acts, template="admin/incoming.html", **state)


def _texts(found: Incoming | None) -> dict[str, Any]:
    row = found or Incoming(mailbox_id=0, host="", user="", set_at=EPOCH)
    texts = {one.name: getattr(row, one.name, "") for one in _FIELDS if one.name not in _SECRETS}
    flags = {name: "yes" if texts[name] else "" for name in ("active", "everything")}
    return {**texts, **flags, "port": str(texts["port"])}


def _locked(request: Request, mailbox_id: int, found: Incoming | None, values: dict[str, Any]) -> dict[str, Any]:
    """Secrets as they are kept. What was given for one server is not shown to another: it has to be typed again."""
    seals, told = request.state.desk.rules.seals, dict(values)
    asked = tuple(values[name] for name in ("host", "port", "user", "token_url"))
    stays = found is not None and found.destination == asked
    for name, about in _SECRETS.items():
        if values[name]:
            told[name] = lock(seals, purpose(mailbox_id, about), values[name], secrets.token_bytes(16))
        else:
            told[name] = getattr(found, name) if stays else ""
    return told


def _path(mailbox_id: int) -> str:
    return f"{MAIL.path}/{mailbox_id}/incoming"


def _incoming(session: Session, mailbox_id: int) -> Incoming | None:
    return session.get(Incoming, mailbox_id)


DOORS = [
    door(f"{MAIL.path}/{{id:number}}/incoming", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{MAIL.path}/{{id:number}}/incoming/test", test, who=Who.ADMIN, methods=["POST"]),
    door(f"{MAIL.path}/left/{{id:number}}/again", again, who=Who.ADMIN, methods=["POST"]),
]
