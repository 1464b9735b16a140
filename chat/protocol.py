"""The words that a visitor's browser and the desk exchange; docs/protocol.md is their description."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tickets.failpoint import reached
from tickets.text import legible, paired

LARGEST = 64 * 1024  # bytes of one frame
DEEPEST = 20  # levels of brackets

TOKEN_UNKNOWN = 4401
NOT_HERE = 4403
NO_HELLO = 4408
TOO_FAST = 4429
NUL = rb"\u0000"  # as JSON writes it: a text may hold none
BAD_FRAME = 1007  # RFC 6455, 7.4.1: data not consistent with its type
OUR_FAULT = 1011

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Whole = Annotated[int, Meta(ge=0, le=2**53)]


class BadFrame(Exception):
    """This is no frame: not a JSON object, too large, too deep, two in one, or not shaped as its name promises."""


class Hello(Struct):
    token: str = ""
    epoch: str | None = None
    cursor: Whole | None = None
    lang: str | None = None
    ticket: Whole | UnsetType | None = UNSET  # what is shown there: a place in another one's history means nothing
    counted: Whole | None = None  # up to where the numbers that are shown there hold


class Say(Struct):
    id: Id
    text: str = ""
    files: list[Whole] = []
    topic: str | None = None
    name: str | None = None
    email: str | None = None
    new: bool = False


class Seen(Struct):
    seq: Whole
    ticket: Whole | None = None  # where: it may be said late, when another chat stands there; so below


class End(Struct):
    id: Id
    ticket: Whole | None = None


class Rate(Struct):
    id: Id
    score: int
    comment: str | None = None
    ticket: Whole | None = None


class Page(Struct):
    url: str = ""
    title: str = ""


class Introduce(Struct):
    """The frame {"who": ...}: the visitor tells who they are."""

    id: Id
    name: str | None = None
    email: str | None = None


class Typing(Struct):
    on: bool


class Unknown(Struct):
    """Well-formed, and none of ours: ignored, and counted."""


ClientFrame = Hello | Say | Typing | Seen | End | Rate | Page | Introduce | Unknown


class _Envelope(Struct):
    hello: Hello | UnsetType = UNSET
    say: Say | UnsetType = UNSET
    typing: bool | UnsetType = UNSET
    seen: Seen | UnsetType = UNSET
    end: End | UnsetType = UNSET
    rate: Rate | UnsetType = UNSET
    page: Page | UnsetType = UNSET
    who: Introduce | UnsetType = UNSET


_KINDS = ("say", "typing", "seen", "hello", "page", "end", "rate", "who")  # the frequent ones first
_decode = msgspec.json.Decoder(_Envelope).decode
_decode_any = msgspec.json.Decoder().decode


def parse(data: str | bytes) -> ClientFrame:
    """One frame of a visitor's browser. Raises BadFrame, and nothing else, whatever the bytes are."""
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError:
        raise BadFrame("not Unicode") from None
    if len(raw) > LARGEST:
        raise BadFrame("too large")
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _depth(raw) > DEEPEST:
        raise BadFrame("too deep")
    try:
        frame = _named(_decode(raw)) or _some_json(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        frame = _second_try(raw)
    return _legible(frame) if NUL in raw else frame


def document(raw: bytes) -> object:
    """Any JSON document, by the rules for frames, with the mark for it instead of NUL. Raises BadFrame."""
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _depth(raw) > DEEPEST:
        raise BadFrame("too deep")
    try:
        return _decode_any(paired(raw, but_nul=False))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadFrame("not JSON") from None


def stamp(at: datetime) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond: "2026-11-22T00:20:00.123Z"."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ack(client_id: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
    """Said only after a durable commit; a resend gets the same."""
    reached("chat.acknowledging")
    return {"ack": {"id": client_id, "seq": message["seq"] if message else None, "message": message}}


def refused(client_id: str | None, says: str, retry_after: float | None = None) -> dict[str, Any]:
    wait = None if retry_after is None else round(retry_after, 3)
    return {"refused": {"id": client_id, "says": says, "retry_after": wait}}


def resumed(epoch: str, cursor: int) -> dict[str, Any]:
    return {"resumed": {"epoch": epoch, "cursor": cursor}}


def typing(name: str, on: bool) -> dict[str, Any]:
    return {"typing": {"name": name, "on": on}}


def position(at: int, seq: int) -> dict[str, Any]:
    return {"position": {"at": at, "seq": seq}}


def bye(retry_after: float) -> dict[str, Any]:
    return {"bye": {"retry_after": round(retry_after, 2)}}


def _named(envelope: _Envelope) -> ClientFrame | None:
    """The one frame in the envelope; None where there is none of ours."""
    found: ClientFrame | None = None
    for kind in _KINDS:
        frame = getattr(envelope, kind)
        if frame is UNSET:
            continue
        if found is not None:
            raise BadFrame("more than one frame")
        found = Typing(frame) if isinstance(frame, bool) else frame
    return found


def _some_json(raw: bytes) -> Unknown:
    """Nothing of ours is in it; but it has to be a JSON object. A name of ours must hold what it promises."""
    try:
        found = _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(found, dict):
        raise BadFrame("not an object")
    if any(kind in found for kind in _KINDS):
        raise BadFrame("not shaped as its name promises")
    return Unknown()


def _second_try(raw: bytes) -> ClientFrame:
    """Browsers escape half a surrogate pair, which no text can hold: it becomes the mark for that, as on any screen."""
    mended = paired(raw)
    if mended != raw:
        try:
            return _named(_decode(mended)) or _some_json(mended)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
    return _some_json(mended)


def _legible(frame: ClientFrame) -> ClientFrame:
    """But for the id, which is refused as what it was sent, and the words, which are made fit where they are kept."""
    for name in frame.__struct_fields__:
        value = getattr(frame, name)
        if isinstance(value, str) and name not in {"id", "text"}:
            setattr(frame, name, legible(value))
    return frame


# Possessive: a string that never ends is looked at once, not once for each of its quotes.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


def _depth(raw: bytes) -> int:
    """How deep the brackets outside of strings go."""
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
