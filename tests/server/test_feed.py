"""Every screen gets what happened exactly once and in order, or is told to load anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from server import feed as feed_module
from server.feed import AT_A_TIME, MOST_ROWS
from server.missed import MOST_MISSED
from server.missed import MOST_ROWS as MISSED_ROWS
from tests.cast import a_database
from tests.server.feeding import EPOCH, House, following, held_by, house
from tickets import history, log
from tickets.live import MOST_BYTES, MOST_FRAMES, SLOW, Outbox

__all__ = ["house"]


async def test_a_screen_hears_of_what_it_follows_and_of_nothing_else(house: House) -> None:
    one, two = Outbox(), Outbox()
    await house.feed.follow(one, following(1), cursor=None)
    await house.feed.follow(two, following(2), cursor=None)

    await house.happens(1, 2, 3, 1)
    await house.steps()

    assert ([1, 4], [2]) == (held_by(one), held_by(two))


async def test_what_was_missed_comes_first_and_then_what_happens(house: House) -> None:
    await house.happens(1, 2, 1, 1)
    await house.steps()
    outbox = Outbox()

    assert await house.feed.follow(outbox, following(1), cursor=1, epoch=EPOCH)
    await house.happens(1)
    await house.steps()

    assert [3, 4, 5] == held_by(outbox)


async def test_a_page_that_is_ahead_of_the_feed_misses_nothing(house: House) -> None:
    """It was rendered from the database while this process had not yet read so far."""
    await house.happens(1, 1)
    outbox = Outbox()

    assert await house.feed.follow(outbox, following(1), cursor=2, epoch=EPOCH)
    await house.happens(1)
    await house.steps()

    assert 3 in held_by(outbox)


@pytest.mark.parametrize("cursor", [None, 0])
async def test_another_history_is_loaded_anew(house: House, cursor: int | None) -> None:
    """After a restore, positions mean something else."""
    await house.happens(1)
    await house.steps()
    outbox = Outbox()

    assert not await house.feed.follow(outbox, following(1), cursor=cursor, epoch="second")
    assert [] == held_by(outbox)
    await house.happens(1)
    await house.steps()
    assert [2] == held_by(outbox), "live delivery has begun all the same"


@pytest.mark.parametrize(("ours", "others"), [(MOST_MISSED, 0), (MOST_FRAMES, 0), (1, MISSED_ROWS - 1)])
async def test_too_far_behind_means_load_anew_and_never_a_part(house: House, ours: int, others: int) -> None:
    """It used to fill the outbox and be cut off as slow, come back, and be cut off again, for ever."""
    await house.happens(*[1] * ours, *[2] * others, 1)
    await house.steps()
    outbox = Outbox()

    assert not await house.feed.follow(outbox, following(1), cursor=0, epoch=EPOCH)
    assert ([], None) == (held_by(outbox), outbox.code)


async def test_what_was_missed_leaves_room_for_its_greeting(house: House) -> None:
    """Together they were more than the outbox holds: the line was cut off, came back, and was cut off again."""
    house.teller.size = MOST_BYTES - 10
    await house.happens(1)
    await house.steps()
    outbox, topics = Outbox(), following(1)

    assert not await house.feed.follow(outbox, topics, cursor=0, epoch=EPOCH, greet=lambda all: {"all": all})
    assert (None, [b'{"all":false}']) == (outbox.code, list(outbox._frames))


async def test_much_that_concerns_others_is_not_far_behind(house: House) -> None:
    await house.happens(1, *[2] * (MOST_ROWS - 2), 1)
    await house.steps()
    outbox = Outbox()

    assert await house.feed.follow(outbox, following(1), cursor=0, epoch=EPOCH)
    assert [1, MOST_ROWS] == held_by(outbox)


async def test_a_burst_does_not_make_a_quick_client_slow(house: House) -> None:
    """Five hundred events in one step are more than an outbox holds."""
    outbox, sent = Outbox(), list[bytes]()

    async def send(frame: bytes) -> None:
        sent.append(frame)

    await house.feed.follow(outbox, following(1), cursor=None)
    pumping = asyncio.create_task(outbox.pump(send))
    await house.happens(*[1] * MOST_ROWS)
    await house.steps()
    outbox.close(1000)

    assert 1000 == await pumping
    assert [b"%d" % pos for pos in range(1, MOST_ROWS + 1)] == sent
    assert MOST_FRAMES > 2 * AT_A_TIME


async def test_a_client_that_does_not_read_is_cut_off_and_costs_nothing_more(house: House) -> None:
    slow, quick = Outbox(), Outbox()
    await house.feed.follow(slow, following(1), cursor=None)
    await house.feed.follow(quick, following(2), cursor=None)

    await house.happens(*[1] * (MOST_FRAMES + 1), 2)
    await house.steps()

    assert (SLOW, [], 0) == (slow.code, held_by(slow), slow._bytes)
    assert ([MOST_FRAMES + 2], None) == (held_by(quick), quick.code)


def test_an_outbox_is_bounded_in_bytes_too() -> None:
    outbox = Outbox()
    codes = []
    for frame in (b"x" * MOST_BYTES, b"x"):
        outbox.put(frame)
        codes.append(outbox.code)

    assert ([None, SLOW], 0) == (codes, outbox._bytes)


async def test_what_is_queued_is_sent_before_a_friendly_goodbye() -> None:
    outbox, sent = Outbox(), list[bytes]()

    async def send(frame: bytes) -> None:
        sent.append(frame)

    outbox.put(b"last words")
    outbox.close(1001)
    outbox.put(b"too late")

    assert (1001, [b"last words"]) == (await outbox.pump(send), sent)


async def test_an_event_that_cannot_be_shown_does_not_stop_the_others(house: House) -> None:
    """It used to be tried again for ever, and no screen of the house moved any more."""
    outbox = Outbox()
    await house.feed.follow(outbox, following(1), cursor=None)
    house.teller.unsayable = {3}

    await house.happens(*[1] * 6)
    await house.steps()

    assert ([1, 2, 4, 5, 6], 6) == (held_by(outbox), house.feed.cursor)
    late = Outbox()
    assert not await house.feed.follow(late, following(1), cursor=0, epoch=EPOCH), "a reload shows what is"


async def test_a_listener_that_fails_keeps_nothing_from_the_screens(house: House) -> None:
    heard: list[int] = []

    def fails(rows: Sequence[log.LogRow]) -> None:
        raise ZeroDivisionError

    house.feed.hears(fails, lambda rows: heard.extend(row.pos for row in rows))
    outbox = Outbox()
    await house.feed.follow(outbox, following(1), cursor=None)
    await house.happens(1)
    await house.steps()

    assert ([1], [1]) == (heard, held_by(outbox))


async def test_following_something_else_leaves_the_first(house: House) -> None:
    outbox = Outbox()
    await house.feed.follow(outbox, following(1), cursor=None)
    await house.feed.follow(outbox, following(2), cursor=None)
    await house.happens(1, 2)
    await house.steps()
    assert [2] == held_by(outbox)

    house.feed.leave(outbox)
    house.feed.leave(outbox)
    await house.happens(2)
    await house.steps()
    assert [2] == held_by(outbox)
    assert (frozenset(), False) == (house.feed.topics, house.feed.follows("ticket:2"))


async def test_each_language_hears_in_its_own(house: House) -> None:
    english, chinese = Outbox(), Outbox()
    await house.feed.follow(english, following(1), cursor=None)
    await house.feed.follow(chinese, following(1, language="zh"), cursor=None)

    await house.happens(1)
    await house.steps()
    house.feed.whisper("ticket:1", {"typing": "Ada"})

    assert [[b"1", b'{"typing":"Ada"}']] * 2 == [list(outbox._frames) for outbox in (english, chinese)]


async def test_a_lost_ring_costs_a_glance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "GLANCE", 0.01)
    database = a_database(tmp_path)
    house = House(database, deaf=True)
    arrived = asyncio.Event()

    async def send(frame: bytes) -> None:
        arrived.set()

    async with house.desk, house.feed.running(), asyncio.timeout(30):
        outbox = Outbox()
        await house.feed.follow(outbox, following(1), cursor=None)
        pumping = asyncio.create_task(outbox.pump(send))
        await house.happens(1)
        await arrived.wait()
        outbox.close(1000)
        await pumping
    database.close()


async def test_a_place_of_the_newest_process_is_known_in_every_other_one(house: House) -> None:
    """Whoever goes from one to the other misses nothing: the name of the latest to open becomes everybody's."""
    await house.desk.change(history.begin, EPOCH, by="system")
    await house.happens(1, 2)
    await house.desk.change(history.begin, "second", by="system")
    await house.happens(1, 1)
    await house.steps()
    heard = Outbox()

    assert await house.feed.follow(heard, following(1), cursor=3, epoch="second")
    assert [4] == held_by(heard)
    assert "second" == house.feed.epoch
    assert await house.feed.follow(Outbox(), following(1), cursor=2, epoch=EPOCH)
    assert not await house.feed.follow(Outbox(), following(1), cursor=3, epoch=EPOCH)  # it ended before that
    assert not await house.feed.follow(Outbox(), following(1), cursor=1, epoch="somebody else's")
