"""A scripted desk for the widget's tests: it speaks the visitor protocol, remembers all, and misbehaves on request."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.widgets.fake_frame import fake_frame
from tests.widgets.fake_visitor import Frame, Visitor
from widgets import assets
from widgets.embed.page import launcher

PATIENCE = 30.0  # seconds a test waits for the browser before it fails


class FakeDesk:
    """Use as a context manager. `shop` is a page of another origin that embeds the widget.

    Knobs: `site` (what the frame's data block says), `lang` and `colour` (of the shop's line), `commits` (False: a say
    is neither stored nor confirmed), `confirms` (False: stored, but the confirmation is lost), `refusals` (answers for
    the next says and addresses), `turns_away` (a close code for every hello), `lets_sockets_through` (False: requests),
    `resumes` (False: always a whole welcome), `refuses_letters` (what a 422 says), `refuses_files` (status and
    sentence), `no_frame` (status and who may frame it, in the place of the frame).
    """

    def __init__(self) -> None:
        self.site: dict[str, Any] = {}
        self.lang: str | None = None
        self.colour = "#0b6b7d"
        self.commits = True
        self.confirms = True
        self.resumes = True
        self.refusals: list[Frame] = []
        self.turns_away: int | None = None
        self.lets_sockets_through = True
        self.refuses_letters: Frame | None = None
        self.refuses_files: tuple[int, str] | None = None
        self.no_frame: tuple[int, str] | None = None
        self.shop_script = ""
        self.heard: list[Frame] = []
        self.letters: list[Frame] = []
        self.uploads: list[Frame] = []
        self.visitors: dict[str, Visitor] = {}
        self.made = 0
        self._sockets: list[WebSocket] = []
        self._news = threading.Condition()
        self._speaks = asyncio.Lock()  # what is pushed comes before an answer or behind it, never in the middle
        # Another port is another origin of the same site; in private windows, frames of another site have no storage.
        self._listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        own, other = [f"127.0.0.1:{listener.getsockname()[1]}" for listener in self._listeners]
        self.url = f"http://{own}"
        self.shop = f"http://{other}/shop"
        self._wire = f"ws://{own}"
        self._server = uvicorn.Server(uvicorn.Config(self._app(), log_level="critical", lifespan="off"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(PATIENCE)

    # What a test does to the line and to the chat

    @property
    def visitor(self) -> Visitor:
        """The visitor that came last."""
        return list(self.visitors.values())[-1]

    def push(self, *frames: Frame) -> None:
        """Sends frames to every open socket."""

        async def send() -> None:
            async with self._speaks:
                for each in list(self._sockets):
                    for frame in frames:
                        await each.send_text(json.dumps(frame))

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(PATIENCE)

    def drop(self, code: int = 1012) -> None:
        """Closes every socket."""

        async def close() -> None:
            for each in list(self._sockets):
                await each.close(code)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(PATIENCE)

    def forget(self) -> None:
        """No longer knows any token."""
        self.visitors.clear()

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition is true of what has been heard."""
        with self._news:
            assert self._news.wait_for(condition, PATIENCE), f"never came; heard {self.heard[-5:]}"
        return condition()

    def all(self, kind: str) -> list[Any]:
        """The content of every frame of that kind, in order."""
        return [frame[kind] for frame in list(self.heard) if kind in frame]

    # What the browser asks

    def _app(self) -> Starlette:
        api = [
            WebSocketRoute("/socket", self._socket),
            Route("/poll", self._poll, methods=["POST"]),
            Route("/frame/{site}", self._frame),
            Route("/visitors", self._new_visitor, methods=["POST"]),
            Route("/letters", self._letter, methods=["POST"]),
            Route("/files", self._upload, methods=["POST"]),
            Route("/files/{id}", self._file),
            Route("/files/{id}/preview", self._file),
            Route("/transcript", self._transcript),
        ]
        return Starlette(
            routes=[
                Route("/widget.js", lambda request: Response(launcher(), media_type="text/javascript")),
                Route("/shop", self._shop),
                Route("/static/{hash}/{path:path}", self._asset),
                Mount("/chat/v1", routes=api),
            ]
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve(sockets=self._listeners))
        self._loop.close()

    def _hears(self, frame: Frame) -> None:
        with self._news:
            self.heard.append(frame)
            self._news.notify_all()

    async def _shop(self, request: Request) -> Response:
        """A page with a strict policy of its own: only the launcher's script and its frame are allowed."""
        policy = f"default-src 'none'; script-src {self.url} 'nonce-shop'; frame-src {self.url}; style-src 'nonce-shop'"
        lang = f'data-lang="{self.lang}"' if self.lang else ""
        page = SHOP.format(url=self.url, lang=lang, colour=self.colour, script=self.shop_script)
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    async def _frame(self, request: Request) -> Response:
        if self.no_frame:
            status, ancestors = self.no_frame
            return HTMLResponse("No.", status, {"Content-Security-Policy": f"frame-ancestors {ancestors}"})
        lang = request.query_params.get("lang", "en")
        return fake_frame(self.site, "zh" if lang.startswith("zh") else "en", self._wire)

    async def _asset(self, request: Request) -> Response:
        found = assets.asset(request.path_params["hash"], request.path_params["path"])
        return Response(found.body, media_type=found.type) if found else Response(status_code=404)

    async def _new_visitor(self, request: Request) -> Response:
        self.made += 1
        visitor = Visitor(f"token-{self.made}")
        self.visitors[visitor.token] = visitor
        self._hears({"visitor": await request.json()})
        return JSONResponse({"token": visitor.token, "visitor": self.made}, 201)

    async def _letter(self, request: Request) -> Response:
        letter = await request.json()
        self.letters.append(letter)
        self._hears({"letter": letter})
        if self.refuses_letters:
            return JSONResponse(self.refuses_letters, 422)
        return JSONResponse({"number": "1042"}, 201)

    async def _upload(self, request: Request) -> Response:
        async with request.form() as form:
            sent = form["file"]
            assert not isinstance(sent, str)
            data = await sent.read()
            upload = {
                "id": len(self.uploads) + 1,
                "name": sent.filename,
                "size": len(data),
                "client_id": form["client_id"],
            }
        self._hears({"upload": upload})
        if self.refuses_files:
            return JSONResponse({"says": self.refuses_files[1]}, self.refuses_files[0])
        self.uploads.append({**upload, "data": data})
        image = str(sent.content_type).startswith("image/png")
        size = {"width": 120, "height": 80} if image else {"width": None, "height": None}
        file = {**upload, "type": "image/png" if image else "application/octet-stream", "inline": image, **size}
        return JSONResponse({"file": file}, 201)

    async def _file(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.visitors:
            return JSONResponse({"says": "No."}, 401)
        upload = self.uploads[int(request.path_params["id"]) - 1]
        return Response(upload["data"], media_type="application/octet-stream")

    async def _transcript(self, request: Request) -> Response:
        return Response("Sam: Hello?\n", media_type="text/plain", headers={"Content-Disposition": "attachment"})

    async def _poll(self, request: Request) -> Response:
        visitor = self.visitors.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if visitor is None:
            return JSONResponse({"says": "No."}, 401)
        asked = await request.json()
        hello = asked["frames"][0]["hello"]
        told = visitor.since(hello["cursor"]) or [visitor.welcome()]
        for frame in asked["frames"]:
            self._hears({**frame, "polled": True})
            told += self._answers(visitor, frame)
        begun = len(visitor.log)
        while asked["wait"] and len(told) == 1 and "resumed" in told[0] and not await request.is_disconnected():
            await asyncio.sleep(0.02)
            told += visitor.log[begun:]
        return JSONResponse({"frames": told, "epoch": visitor.epoch, "cursor": len(visitor.log)})

    async def _socket(self, wire: WebSocket) -> None:
        if not self.lets_sockets_through:
            await wire.close()
            return
        await wire.accept()
        visitor: Visitor | None = None
        try:
            while True:
                frame = json.loads(await wire.receive_text())
                async with self._speaks:
                    self._hears(frame)
                    if "hello" in frame:
                        visitor = await self._greet(wire, frame["hello"])
                    elif visitor:
                        for answer in self._answers(visitor, frame):
                            await wire.send_text(json.dumps(answer))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if wire in self._sockets:
                self._sockets.remove(wire)

    async def _greet(self, wire: WebSocket, hello: Frame) -> Visitor | None:
        visitor = self.visitors.get(hello["token"])
        code = self.turns_away or (None if visitor else 4401)
        if code or visitor is None:
            await wire.close(code or 4401)
            return None
        if wire not in self._sockets:
            self._sockets.append(wire)
        missed = visitor.since(hello["cursor"]) if self.resumes and hello["epoch"] == visitor.epoch else None
        for frame in missed if missed is not None else [visitor.welcome()]:
            await wire.send_text(json.dumps(frame))
        return visitor

    def _answers(self, visitor: Visitor, frame: Frame) -> list[Frame]:
        kind = next(iter(frame))
        body = frame[kind]
        if kind in ("say", "who") and self.refusals:
            return [{"refused": {"id": body["id"], **self.refusals.pop(0)}}]
        elif kind in ("say", "end", "rate", "who") and self.commits:
            answers = visitor.hear(kind, body, self.uploads)
            return answers if self.confirms else []
        else:
            return []


SHOP = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A shop</title>
<style nonce="shop">
  body {{ margin: 0; font: 16px/1.5 Georgia, serif; color-scheme: light dark }}
  body {{ background: light-dark(#efe7e2, #14151a); color: light-dark(#333, #ccc) }}
  header, section {{ padding: 24px 5vw; max-width: 640px }}
  iframe {{ display: none }} button {{ font-size: 40px; background: red }} span {{ color: lime }}
</style>
<script src="{url}/widget.js" data-site="shop" data-colour="{colour}" {lang} async></script></head>
<body><header><h1>Teapots and kettles</h1></header>
<section><p>Everything for tea, made slowly. Orders before noon leave the same day.</p>
<p><a href="/shop?page=2">Teapots</a></p></section>
<script nonce="shop">{script}</script></body></html>"""
