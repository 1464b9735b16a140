"""A replica that takes over may lack the last moments: whoever saw them loads everything anew, at every process."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from server import feed as feed_module
from server import stretch
from server.bus.bus import LocalBus
from server.database import Database, migrate
from server.feed import Feed
from tests.cast import a_ticket
from tests.server.feeding import Teller, following, held_by
from tests.servers.links import Valve
from tests.servers.postgres import PostgresServer, name_of
from tickets import log, silence
from tickets.change import Change
from tickets.closing.live import RESTART
from tickets.desk import Desk
from tickets.errors import Unavailable
from tickets.events import SubjectChanged
from tickets.history import SKIPPED_IDS, SKIPPED_NUMBERS, History
from tickets.live import Outbox

SOCKET = ".s.PGSQL.5432"


class Replicated(PostgresServer):
    """A server with a replica that follows it as far as it was told to, and can take its place."""

    def follow(self) -> None:
        """The replica has everything that is there now, and hears no more."""
        self.stop()
        subprocess.run(["cp", "-a", self._data, self._replica], check=True)
        self.start()

    def fails(self) -> None:
        """It is gone; the replica takes over, as a server of its own timeline."""
        self.stop()
        shutil.rmtree(self._data)
        self._replica.rename(self._data)
        signal = self._data / "recovery.signal"
        signal.touch()
        self.gives(signal)
        self.start()
        self.asks("do $$ begin while pg_is_in_recovery() loop perform pg_sleep(0.02); end loop; end $$")

    @contextlib.contextmanager
    def beside(self) -> Iterator[PostgresServer]:
        """The replica, at work as one while this server goes on."""
        other = PostgresServer(self.folder / "beside", self._binaries)
        other.folder.mkdir()
        self._replica.rename(other.folder / "data")
        settings, standby = (other.folder / "data" / name for name in ("postgresql.auto.conf", "standby.signal"))
        settings.write_text(settings.read_text().replace(str(self.folder), str(other.folder)))
        standby.touch()
        for path in (other.folder, standby):
            self.gives(path)
        other.start()
        try:
            yield other
        finally:
            other.discard()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _replica(self) -> Path:
        return self.folder / "replica"


@pytest.fixture
def server() -> Iterator[Replicated]:
    found = Replicated.in_new_folder()
    assert isinstance(found, Replicated)
    with (found.folder / "data" / "postgresql.auto.conf").open("a") as file:
        file.write("wal_level = replica\nrestore_command = 'false'\n")
    found.start()
    yield found
    found.discard()


class Process:
    """One of them, whose feed the story steps by hand."""

    def __init__(self, desk: Desk, epoch: str) -> None:
        self.desk = desk
        self.feed = Feed(desk, LocalBus(), epoch=epoch, render=Teller())

    async def happens(self, times: int) -> None:
        await self.desk.change(_happen, times, by="system")

    async def steps(self) -> None:
        while await self.feed._step():
            pass

    async def shows(self, cursor: int, epoch: str) -> tuple[Outbox, bool]:
        """A screen comes with this place; whether it may go on from there."""
        outbox = Outbox()
        return outbox, await self.feed.follow(outbox, following(1), cursor=cursor, epoch=epoch)


async def test_a_line_to_a_replica_is_not_kept(server: Replicated) -> None:
    """An address may lead there for a moment, by a name or a proxy that is late: nobody could ever write again."""
    url = server.new_database()
    _migrated(url)
    await asyncio.to_thread(server.follow)
    with server.beside() as replica:
        async with Valve(server.folder / SOCKET).running() as address:
            database = Database(f"postgresql://frontdesk@127.0.0.1:{address.port}/{name_of(url)}")
            async with Desk(database.writes, database.reads) as desk:
                await desk.change(a_ticket_comes, by="system")
                address.to = replica.folder / SOCKET
                address.open()
                with pytest.raises(Unavailable):
                    await desk.change(a_ticket_comes, by="system")
                assert 0 == await desk.read(log.newest)

                address.to = server.folder / SOCKET
                await desk.change(a_ticket_comes, by="system")
                assert 2 == await desk.read(log.newest)
            await asyncio.to_thread(database.close)


def a_ticket_comes(change: Change) -> None:
    change.record(SubjectChanged(ticket=1))


def _happen(change: Change, times: int) -> None:
    for _ in range(times):
        change.record(SubjectChanged(ticket=1))


@contextlib.asynccontextmanager
async def processes(url: str, number: int) -> AsyncIterator[list[Process]]:
    async with contextlib.AsyncExitStack() as stack:
        found = []
        for _ in range(number):
            database = Database(url)
            stack.callback(database.close)
            desk = await stack.enter_async_context(Desk(database.writes, database.reads))
            found.append(Process(desk, await stretch.opened(desk)))
        yield found


@pytest.fixture(autouse=True)
def _asks_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "GLANCE", 0.0)


@pytest.fixture(autouse=True)
def _takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds a broken line late is refused, and asks again; here nobody would, however slow the machine is."""
    monkeypatch.setattr(silence, "LONG", 600.0)


@pytest.mark.parametrize("written_since", [0, 4, 9], ids="{} events since".format)
async def test_screens_that_saw_what_is_gone_load_anew_at_every_process(server: Replicated, written_since: int) -> None:
    """It used to go unnoticed: they waited for what had come under another position, or was still to reach theirs."""
    url = server.new_database()
    _migrated(url)
    async with processes(url, 3) as (one, two, three):
        epoch = one.feed.epoch
        assert {epoch} == {each.feed.epoch for each in (one, two, three)}
        await one.happens(3)
        await three.steps()
        assert 3 == three.feed.cursor
        await asyncio.to_thread(server.follow)
        old_id, old_number = await _lost(one)
        for each in (one, two):
            await each.steps()
        (screen, _), (other, _), (early, _) = [await each.shows(each.feed.cursor, epoch) for each in (one, two, three)]
        seen = one.feed.cursor
        assert seen > 3

        await asyncio.to_thread(server.fails)
        await three.happens(written_since)
        for each in (one, two, three):
            await each.steps()
            await each.steps()

        name = one.feed.epoch
        assert name != epoch
        assert {name} == {each.feed.epoch for each in (one, two, three)}
        assert [RESTART] * 3 == [outbox.code for outbox in (screen, other, early)]
        assert all(b'"bye"' in outbox._frames[-1] for outbox in (screen, other, early))
        for each in (one, two, three):
            assert not (await each.shows(seen, epoch))[1], "what they saw is no place"
            assert not (await each.shows(2, epoch))[1], "and nobody knows where the two part"
            await each.steps()
            newest = await each.desk.read(log.newest)
            outbox, goes_on = await each.shows(newest, name)
            await each.happens(1)
            await each.steps()
            assert (True, [newest + 1]) == (goes_on, held_by(outbox))
        new_id, new_number = await two.desk.change(_a_ticket, by="system")
        assert (old_id + SKIPPED_IDS <= new_id, old_number + SKIPPED_NUMBERS <= new_number) == (True, True)
        assert 2 == len(await one.desk.read(_stretches)), "one of them named it, and the others joined"


async def test_a_server_that_only_starts_again_is_the_same(server: Replicated) -> None:
    url = server.new_database()
    _migrated(url)
    async with processes(url, 1) as (one,):
        epoch = one.feed.epoch
        await one.happens(3)
        await one.steps()
        outbox, _ = await one.shows(3, epoch)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        await one.happens(1)
        await one.steps()
        assert (epoch, [4], None) == (one.feed.epoch, held_by(outbox), outbox.code)


def _migrated(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


async def _lost(process: Process) -> tuple[int, int]:
    """Something that is told, and then gone; the last id, and the number, that were given for it."""
    await process.happens(4)
    return await process.desk.change(_a_ticket, by="system")


def _a_ticket(change: Change) -> tuple[int, int]:
    """Its id and its number."""
    ticket = a_ticket(change)
    return ticket.id, ticket.number


def _stretches(session: Session) -> list[str]:
    return list(session.exec(select(History.epoch)))
