"""Runs the desk in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Callable
from contextlib import closing

import uvicorn

from server.app import House, create_app
from server.config import Config
from server.crowd import make_room
from server.database import Database, migrate
from server.logging import configure_logging
from server.memory import give_back
from tickets.errors import Refused

DRAIN = 10  # seconds that open work has to finish after a stop was asked for


def serve(config: Config, *, greeting: Callable[[str], str] | None = None, demo: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. What `greeting` makes of the desk's address is printed once the doors are open."""
    give_back()
    make_room()
    configure_logging(config.log)
    with closing(Database(config.database.url)) as database:
        migrate(database)  # what is wrong with it is said before any door opens
    listening = _listen(config)
    config = config.on_port(listening.getsockname()[1])
    house = House(config, demo=demo)
    said = (greeting or _opened)(config.public_url)
    _Server(_uvicorn_config(config, house), house, said).run(sockets=[listening])


def _opened(url: str) -> str:
    return f"Frontdesk is open at {url}/app\n"


def _listen(config: Config) -> socket.socket:
    """The listening socket, bound before anything else is opened: a port that is taken is said at once."""
    family = socket.AF_INET6 if ":" in config.server.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((config.server.host, config.server.port))
    except OSError as error:
        listening.close()
        why = os.strerror(error.errno or 0).lower()
        raise Refused(
            "The address {host}:{port} cannot be used: {why}.",
            host=config.server.host,
            port=config.server.port,
            why=why,
        ) from None
    listening.set_inheritable(True)
    return listening


class _Server(uvicorn.Server):
    """Says goodbye to open sockets before it closes them, so that their clients know when to come back."""

    def __init__(self, config: uvicorn.Config, house: House, greeting: str) -> None:
        super().__init__(config)
        self._house = house
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _settle_memory()
        if self.started:
            print(self._greeting + self._house.first_run, end="", flush=True)  # noqa: T201  (said to a person)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._house.say_goodbye()
        await asyncio.sleep(0.05)  # the outboxes empty themselves
        await super().shutdown(sockets)


def _uvicorn_config(config: Config, house: House) -> uvicorn.Config:
    """The transport's settings (reliability.md 6.2): small frames, no deflate, no headers that name us."""
    return uvicorn.Config(
        create_app(config, house),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_max_queue=16,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=False,  # the guard reads X-Forwarded-For itself, from trusted proxies only
        access_log=False,
        log_config=None,
        backlog=2048,
        timeout_graceful_shutdown=DRAIN,
    )


def _settle_memory() -> None:
    """What is loaded by now stays: the collector need not look at it again and again.

    With its ordinary thresholds it took a fifth of the processor under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
