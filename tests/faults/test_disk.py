"""The disk is full, or fails: nothing is acknowledged that was not kept, people can read on, and it heals by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtplib import SMTP

from tests.bench.houses import Colleague
from tests.engine import about_sqlite
from tests.faults.checker import End
from tests.faults.day import ROOMY
from tests.faults.talking import Talking
from tests.faults.tools import program
from tests.faults.visitors import SITE, post
from tests.running import RunningDesk, free_port

pytestmark = about_sqlite

SIZE = 192  # MB; mail is not taken below a hundred that are free
HEALS_WITHIN = 5.0  # seconds
FIU = Path("/usr/lib/fiu")
FAILURES = {
    "a sync that fails": "enable_random name=posix/io/sync/fdatasync,probability=0.3,failinfo=5",
    "writes without room": "enable_random name=posix/io/rw/pwrite,probability=0.2,failinfo=28",
    "writes that fail": "enable_random name=posix/io/rw/pwrite,probability=0.2,failinfo=5",
}


@contextlib.contextmanager
def a_small_disk(folder: Path) -> Iterator[Path]:
    """Mounted as long as this lasts."""
    assert os.geteuid() == 0, "only root can mount a small disk: run this round as root"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _fill(disk: Path) -> Path:
    """To the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1024 * 1024))
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))
    return filler


def _status(url: str) -> int:
    try:
        post(f"{url}/chat/v1/visitors", {"site": SITE, "lang": "en"})
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 201


def is_told(url: str, status: int) -> None:
    """What still fits into what was there is taken, for a moment."""
    ends = time.monotonic() + 30
    while (found := _status(url)) != status:
        assert time.monotonic() < ends, f"a stranger is told {found}"


async def _mail_is_answered(port: int) -> str:
    async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as line:
        await line.ehlo()
        code, says = await line.execute_command(b"MAIL FROM:<sam@mail.example>")
    return f"{code} {says}"


def reads(colleague: Colleague, url: str) -> int:
    request = urllib.request.Request(f"{url}/app", headers={"Cookie": colleague.cookies})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)


@pytest.mark.faults
async def test_a_full_disk_takes_nothing_shows_everything_and_heals(tmp_path: Path) -> None:
    mail_port = free_port()
    settings = {**ROOMY, "FRONTDESK_MAIL_LISTEN_PORT": str(mail_port)}
    with a_small_disk(tmp_path / "disk") as disk:
        desk = RunningDesk(disk, settings=settings)
        async with Talking(desk, tmp_path / "history.jsonl", seed=1) as talking:
            await talking.everybody_is_answered()
            ada = await asyncio.to_thread(Colleague, desk.url, "ada")
            filler = await asyncio.to_thread(_fill, disk)
            await talking.somebody_hears(End.REFUSED)
            await asyncio.to_thread(is_told, desk.url, 507)
            mail, page = await _mail_is_answered(mail_port), await asyncio.to_thread(reads, ada, desk.url)
            filler.unlink()
            began = time.monotonic()
            await talking.somebody_hears(End.ACKNOWLEDGED)
            healed = time.monotonic() - began
            await talking.everybody_is_answered()

    assert mail.startswith("452 4.3.1 ")
    assert 200 == page
    assert healed < HEALS_WITHIN


@pytest.mark.faults
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_commit_that_failed_is_not_acknowledged(tmp_path: Path, failure: str) -> None:
    """The system's calls fail at random, under the running desk; then it is left in peace, and killed."""
    control = program("fiu-ctrl", "fiu-utils")
    pipe = tmp_path / "fiu"
    settings = {
        **ROOMY,
        "LD_PRELOAD": f"{FIU / 'fiu_run_preload.so'} {FIU / 'fiu_posix_preload.so'}",
        "FIU_CTRL_FIFO": str(pipe),
        "FIU_ENABLE": "",
    }

    def tell(command: str) -> None:
        subprocess.run([control, "-f", str(pipe), "-c", command, str(desk.pid)], check=True, timeout=30)

    desk = RunningDesk(tmp_path / "desk", settings=settings)
    async with Talking(desk, tmp_path / "history.jsonl", seed=2) as talking:
        for _ in range(5):
            await talking.everybody_is_answered()
            await asyncio.to_thread(tell, failure)
            await talking.somebody_hears(End.REFUSED)
            await asyncio.to_thread(tell, f"disable name={failure.partition('name=')[2].partition(',')[0]}")
        await talking.everybody_is_answered()
