"""Whether it grows slow: the same figures with a thousand messages in the store and with a million."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.bench.chat import measured
from tests.bench.filling import OF_A_TICKET, fill
from tests.bench.findings import Finding, Told, middle
from tests.bench.houses import a_desk, desk_pairs
from tests.bench.page import pages
from tests.bench.process import on_core

FEW = 1_000
LEAST = 0.8  # of the figure of the small store


def growth(told: Told) -> Iterable[Finding]:
    """Small and full store in turn, each a desk of its own."""
    found: dict[str, list[float]] = {name: [] for name in ("chat few", "chat many", "page few", "page many")}
    sizes = {"few": FEW, "many": told.messages}
    folders = {name: _filled(told.folder / f"growth-{name}", size) for name, size in sizes.items()}
    for _ in range(told.rounds):
        for name, folder in folders.items():
            chat, page = _measured(folder, told)
            found[f"chat {name}"].append(chat)
            found[f"page {name}"].append(page)
    for what, unit in (("chat", "messages"), ("page", "pages")):
        few, many = found[f"{what} few"], found[f"{what} many"]
        yield middle(f"{what}, {FEW:,} messages in the store", few, f"{unit} per CPU second")
        yield middle(f"{what}, {told.messages:,} messages in the store", many, f"{unit} per CPU second")
        yield middle(f"{what}: share", [ours / small for small, ours in zip(few, many, strict=True)], "", goal=LEAST)


def _measured(folder: Path, told: Told) -> tuple[float, float]:
    with on_core(0):
        desk = a_desk(folder).start()
    try:
        with on_core(-1):
            pairs = desk_pairs(desk, told.pairs, view="open")
            chat = measured(folder.name, pairs, desk.pid, window=told.window, seconds=told.seconds)
            parts, _ = pages(desk, told.once())
            return chat.per_cpu_second, parts[0]
    finally:
        desk.stop()


def _filled(folder: Path, messages: int) -> Path:
    """A desk with this many messages more, all of them told in the log and known to the search."""
    desk = a_desk(folder)
    desk.start()
    desk.stop()
    began = time.perf_counter()
    with closing(sqlite3.connect(desk.database)) as database, database:
        fill(database, messages // OF_A_TICKET)
    os.sync()  # else the disk is still busy with these gigabytes while the desk asks it to keep a word
    print(f"  {folder.name}: {messages:,} messages written in {time.perf_counter() - began:.0f} s", flush=True)
    return folder
