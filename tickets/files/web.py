"""The doors through which files come and go; shared by agents and visitors."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from tickets import history
from tickets.desk import Desk
from tickets.edge import Surface, Who, door
from tickets.errors import NotFound, Refused, needs_room
from tickets.failpoint import reached
from tickets.files.attachment import Attachment, as_frame, for_staff, keep, unused
from tickets.files.holding import Holding
from tickets.files.kinds import PICTURES, UNKNOWN, kind_of
from tickets.files.names import disposition
from tickets.files.pictures import Preview, preview_of
from tickets.files.several import FormWithFiles, Sent
from tickets.files.store import Store, Stored
from tickets.files.upload import UNREADABLE, Upload, UploadForm
from tickets.live import alongside
from tickets.ticket import Ticket

PIECE = 256 * 1024  # bytes read at a time
AT_DOOR = 1024 * 1024 * 1024  # bytes: what a door lets through; how much a file may have is counted as it is read
SWEEP_EVERY = 3600.0  # seconds
SWEEP_AFTER = 2 * 3600.0  # seconds that bytes may lie in the store before they have to belong to a file
_log = structlog.get_logger("frontdesk.files")
_easel = ThreadPoolExecutor(1, "frontdesk-pictures")  # one at a time: a picture may take 200 MB while it is drawn
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)


class NotThere(Refused):
    """The part of a file that was asked for lies behind its end (RFC 9110, 15.5.17)."""

    status: ClassVar[int] = 416


async def keep_upload(request: Request, *, by: str) -> Attachment:
    """Read the posted form, store the file, look at it, and keep it for the message that is to come."""
    desk: Desk = request.state.desk
    store: Store = request.state.files
    return await keep_file(request, await _received(request, store, largest=desk.rules.largest_file), by=by)


async def form_with_files(request: Request) -> Sent:
    """A customer's form with several files. Raises Refused for a body that cannot be read."""
    store: Store = request.state.files
    largest = request.state.desk.rules.largest_file
    with FormWithFiles(request.headers.get("content-type", ""), store, largest=largest) as form, needs_room():
        async for piece in request.stream():
            if piece:
                await asyncio.to_thread(form.feed, piece)
        return await asyncio.to_thread(form.finish)


async def keep_file(request: Request, upload: Upload, *, by: str) -> Attachment:
    """Look at a file that is in the store, and keep it for the message that is to come."""
    desk: Desk = request.state.desk
    store: Store = request.state.files
    kind = kind_of(upload.head, name=upload.name, claimed=upload.claimed)
    preview = await _preview(store, upload.stored) if kind.may_show else None
    reached("upload.stored")
    row = await desk.change(
        keep,
        by=by,
        client_id=upload.client_id,
        name=upload.name,
        claimed=upload.claimed,
        stored=upload.stored,
        kind=kind,
        preview=preview,
    )
    reached("upload.kept")
    return row


def file_response(request: Request, row: Attachment) -> Response:
    """The bytes as they were sent: always saved, never shown, whatever they are."""
    return saved_response(request, row.sha256, row.name)


def saved_response(request: Request, sha256: str, name: str) -> Response:
    """Bytes of the store, to be saved under this name."""
    store: Store = request.state.files
    return _streamed(request, store.path(sha256), UNKNOWN, disposition(name))


def preview_response(request: Request, row: Attachment) -> Response:
    """The picture that we drew from it ourselves."""
    store: Store = request.state.files
    if row.preview_sha256 is None or row.preview_type not in PICTURES:
        raise NotFound("There is no preview of this file.")
    return _streamed(request, store.path(row.preview_sha256), row.preview_type, "inline")


@contextlib.asynccontextmanager
async def sweeping(desk: Desk, store: Store) -> AsyncIterator[None]:
    """Sweep the store at once and every hour, for as long as this is open and its folder is no other desk's."""

    async def run(holding: Holding) -> None:
        while True:
            try:
                if await asyncio.to_thread(holding.is_ours, await desk.read(history.names)):
                    await sweep(desk, store)
                else:
                    gone = f"if that desk has gone, remove {holding.path}"
                    _log.warning("the files' folder is another desk's: nothing is cleared away in it", remedy=gone)
            except Exception:
                _log.exception("sweep failed")
            await asyncio.sleep(SWEEP_EVERY)

    with contextlib.closing(Holding(store.folder)) as holding:
        async with alongside(run(holding), name="sweep"):
            yield


async def sweep(desk: Desk, store: Store) -> int:
    """Remove bytes that no file stands for any more; how many there were."""
    await asyncio.to_thread(store.sweep_unfinished)
    old = await asyncio.to_thread(lambda: list(store.older_than(SWEEP_AFTER)))
    gone = 0
    for start in range(0, len(old), 500):
        for sha256 in await desk.read(unused, old[start : start + 500]):
            reached("sweep.found")
            gone += await asyncio.to_thread(store.remove, sha256, unless_newer_than=SWEEP_AFTER)
    return gone


async def upload(request: Request) -> Response:
    """An agent adds a file to the answer that they are writing, or to what has no ticket yet."""
    ticket_id = request.path_params.get("id")
    if ticket_id and await request.state.desk.read(lambda session: session.get(Ticket, int(ticket_id))) is None:
        raise NotFound("This ticket does not exist any more.")
    row = await keep_upload(request, by=request.state.agent.actor)
    return JSONResponse({"file": as_frame(row)}, status_code=201)


async def download(request: Request) -> Response:
    return file_response(request, await _for_agent(request))


async def show(request: Request) -> Response:
    return preview_response(request, await _for_agent(request))


async def _for_agent(request: Request) -> Attachment:
    row = await request.state.desk.read(for_staff, int(request.path_params["id"]), request.state.agent.actor)
    if row is None:
        raise NotFound("This file does not exist any more.")
    return row  # type: ignore[no-any-return]


async def _preview(store: Store, stored: Stored) -> tuple[Preview, Stored] | None:
    loop = asyncio.get_running_loop()
    drawn = await loop.run_in_executor(_easel, preview_of, store.path(stored.sha256))
    return None if drawn is None else (drawn, await asyncio.to_thread(store.keep, drawn.content))


async def _received(request: Request, store: Store, *, largest: int) -> Upload:
    """Written to disk on a thread, as it arrives. An agent's page sends its token beside the form, not in it."""
    with UploadForm(request.headers.get("content-type", ""), store, largest=largest) as form, needs_room():
        try:
            async for piece in request.stream():
                if piece:
                    await asyncio.to_thread(form.feed, piece)
        except RuntimeError:  # somebody looked for the token in the form, and read the file on the way
            raise Refused(UNREADABLE, field="file") from None
        return await asyncio.to_thread(form.finish)


def _streamed(request: Request, path: Path, kind: str, saved_as: str) -> Response:
    """The file, or the one part of it that was asked for. Several ranges at once are answered with the whole."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise NotFound("This file does not exist any more.") from None
    headers = {"Content-Disposition": saved_as, "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
    part = _part(request.headers.get("range", ""), size)
    first, last = part or (0, size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    body = _pieces(path, first, last - first + 1)
    return StreamingResponse(body, status_code=206 if part else 200, media_type=kind, headers=headers)


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range (RFC 9110, 14.1.2); None for the whole. Raises NotThere."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None:
        return None
    if found[3]:
        first, last = max(0, size - int(found[3])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < int(found[1]):
            return None
    if first > last:
        raise NotThere("This file is shorter than that.")
    return first, last


async def _pieces(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start)
        while length > 0:
            piece = await asyncio.to_thread(file.read, min(PIECE, length))
            if not piece:
                return
            length -= len(piece)
            yield piece
    finally:
        file.close()


_FILE = "/files/{id:number}"
DOORS = [
    door("/app/tickets/{id:number}/files", upload, who=Who.AGENT, methods=["POST"], largest=AT_DOOR),
    door("/app/files", upload, who=Who.AGENT, methods=["POST"], largest=AT_DOOR),
    door(_FILE, download, who=Who.AGENT, surface=Surface.FILES),
    door(f"{_FILE}/preview", show, who=Who.AGENT, surface=Surface.FILES),
]
