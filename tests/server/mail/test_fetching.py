"""Mail is fetched from mailboxes elsewhere: all of it, each once, and marked there only when it is kept here."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.server.mail.postroom import PACE, a_postroom
from tests.tickets.email.mailroom import SUPPORT, written
from tickets.email import fetched
from tickets.email.incoming import KEEPS_BACK, NOT_FETCHED, NOT_MARKED, STRANGE, LeftMail, fetch_again
from tickets.email.raw import RawMail
from tickets.email.servers import BROKE, SLOW, UNKNOWN


def letter(n: int, text: str = "Hello") -> bytes:
    return written(f"{text} {n}", id=f"<{n}@customer.example>")


async def test_mail_comes_as_soon_as_it_is_there(tmp_path: Path) -> None:
    """IDLE rings; the bytes are those of the server, and only afterwards they count as seen there."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher(pace=replace(PACE, look=60.0)).running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: any(asked.startswith("IDLE") for asked in server.asked))
        mail = b"Return-Path: <bounce@list.example>\r\n" + letter(1)
        uids = server.brings(mail)
        await room.until(lambda: server.seen == set(uids))
        (row,) = room.rows(RawMail)
        assert (mail, "bounce@list.example", [SUPPORT]) == (room.contents[0], row.sender, row.recipients)
        await room.until(lambda: room.incoming.marked == 1)
        assert (1, 0, "") == (room.incoming.uid, room.incoming.waiting, room.alarm)


async def test_what_lay_there_before_stays_there(tmp_path: Path) -> None:
    """Twenty years of mail would be as many tickets. It comes if somebody wants it."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        server.brings(letter(1), letter(2))
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.brings(letter(3))
        await room.until(lambda: server.seen)
        assert [letter(3)] == room.contents
        await room.connects(server.port, "orders@shop.example", everything=True)
        await room.until(lambda: len(room.rows(RawMail)) == 4)


async def test_a_server_that_cannot_ring_is_looked_at(tmp_path: Path) -> None:
    """And what was fetched may be moved away instead of being marked."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        server.capabilities = "IMAP4rev1 MOVE"
        await room.connects(server.port, afterwards="move", move_to="Done")
        await room.until(lambda: room.incoming.checked_at)
        server.brings(*map(letter, range(30)))
        await room.until(lambda: len(server.moved) == 30)
        assert [*map(letter, range(30))] == room.contents
        assert not any("IDLE" in asked for asked in server.asked)


async def test_a_folder_made_anew_makes_no_second_message(tmp_path: Path) -> None:
    """Its UIDs say nothing any more (UIDVALIDITY): what is known is known by its bytes, what is new comes."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.brings(letter(1), letter(2))
        await room.until(lambda: len(server.seen) == 2)
        server.mails[3] = letter(3)
        server.is_renewed()
        await room.try_after_try(lambda: room.incoming.uid == 102)
        await room.until(lambda: 102 in server.seen)
        assert [letter(1), letter(2), letter(3)] == room.contents
        assert [1, 1, 0] == [row.duplicates for row in room.rows(RawMail)]
        assert any("SINCE" in asked for asked in server.asked)


async def test_only_known_mails_still_lead_on(tmp_path: Path) -> None:
    """A batch of which nothing is new is done, too: else it would come again for ever, and look well."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.brings(letter(1))
        await room.until(lambda: room.incoming.uid == 1)
        server.brings(*[letter(1)] * 25)
        await room.until(lambda: room.incoming.uid == 26 and len(server.seen) == 26)
        assert [25] == [row.duplicates for row in room.rows(RawMail)]


@pytest.mark.parametrize(("where", "what"), [(fetched, "take"), (os, "fsync")])
async def test_nothing_is_marked_that_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: ModuleType, what: str
) -> None:
    """Seen is said after the commit. While nothing can be written down, it stays as it is there."""

    def broken(*_: object) -> bool:
        raise OSError("no disk")

    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        with monkeypatch.context() as patch:
            patch.setattr(where, what, broken)
            server.brings(letter(1))
            await room.until(lambda: room.incoming.failures)
            assert (set(), []) == (server.seen, room.rows(RawMail))
        await room.try_after_try(lambda: server.seen == {1})
        assert [letter(1)] == room.contents


async def test_who_comes_next_marks_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody died after the commit: the mail is ours, and is not asked for again."""
    async with a_postroom(tmp_path) as (room, server):
        await room.connects(server.port, everything=True)
        server.brings(letter(1))
        server.trouble = {"STORE", "dies"}
        async with room.fetcher().running(alone=True):
            await room.until(lambda: any(asked.startswith("STORE") for asked in server.asked))
            await room.until(lambda: NOT_MARKED == room.alarm)
        assert [letter(1)] == room.contents
        server.trouble.clear()
        async with room.fetcher().running(alone=True):
            await room.until(lambda: server.seen == {1} and not room.alarm)
        assert [0] == [row.duplicates for row in room.rows(RawMail)]
        assert 1 == sum("BODY.PEEK" in asked for asked in server.asked)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"garbage"}, {STRANGE, BROKE, SLOW}),
        ({"other"}, {STRANGE}),
        ({"FETCH"}, {STRANGE}),
        ({"SEARCH"}, {STRANGE}),
        ({"empty"}, {KEEPS_BACK}),
        ({"mute"}, {SLOW}),
    ],
)
async def test_a_server_that_goes_wrong_is_told_and_tried_again(
    tmp_path: Path, trouble: set[str], says: set[str]
) -> None:
    """F17. Within five minutes an admin sees it, after few tries; when it is well again nothing is lost."""
    pace = replace(PACE, answer=0.3)
    async with a_postroom(tmp_path) as (room, server), room.fetcher(pace=pace).running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.trouble, began = trouble, room.clock.now()
        server.hangs_up()
        server.brings(letter(1))
        await room.try_after_try(lambda: room.alarm)
        assert room.alarm in {*says, NOT_FETCHED}
        assert (room.clock.now() - began).total_seconds() <= 300
        assert server.sessions <= 10
        server.trouble = set()
        await room.try_after_try(lambda: server.seen == {1} and not room.alarm)
        assert [letter(1)] == room.contents


async def test_a_bell_that_was_never_hung_costs_no_mail(tmp_path: Path) -> None:
    """The server does not even answer to IDLE: it is looked at anew each time, less and less often."""
    async with a_postroom(tmp_path) as (room, server):
        server.trouble = {"stalls"}
        async with room.fetcher(pace=replace(PACE, answer=0.3)).running(alone=True):
            await room.connects(server.port)
            await room.until(lambda: room.incoming.failures)
            server.brings(letter(1))
            await room.try_after_try(lambda: server.seen == {1})
            assert [letter(1)] == room.contents
            await room.try_after_try(lambda: room.incoming.failures >= 3)
            assert server.sessions <= 5


async def test_a_changed_password_is_told_at_once(tmp_path: Path) -> None:
    """And not tried every few seconds: servers lock accounts."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.password = "another"
        server.hangs_up()
        await room.try_after_try(lambda: room.alarm == UNKNOWN)
        tries = server.sessions
        for _ in range(4):
            room.clock.moves(seconds=5)
            await asyncio.sleep(0.05)
        assert server.sessions <= tries + 1


async def test_uid_0_and_a_bell_without_mail_lead_nowhere(tmp_path: Path) -> None:
    """Nothing is fetched for them, and nobody runs in a circle: each time it takes longer to look again."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher(pace=replace(PACE, look=5.0)).running(alone=True):
        server.trouble = {"zero", "exists"}
        await room.connects(server.port)
        await room.until(lambda: sum(asked == "IDLE" for asked in server.asked) >= 4)
        begun = sum(asked.startswith("SEARCH") for asked in server.asked)
        await asyncio.sleep(1.0)  # as long as the next pause lasts at least
        assert sum(asked.startswith("SEARCH") for asked in server.asked) <= begun + 2
        assert ([], 0) == (room.rows(RawMail), sum("FETCH" in asked for asked in server.asked))


async def test_a_line_that_breaks_at_one_mail_does_not_keep_the_others(tmp_path: Path) -> None:
    """In the middle of its bytes, each time. Those around it come; it is listed, and comes later."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.poison = 3
        server.brings(*map(letter, range(1, 6)))
        await room.try_after_try(lambda: room.incoming.uid == 5)
        await room.until(lambda: not room.alarm and server.seen == {1, 2, 4, 5})
        assert [letter(1), letter(2), letter(4), letter(5)] == room.contents
        (left,) = room.rows(LeftMail)
        assert (3, 0) == (left.uid, left.size)
        server.poison = 0
        await room.desk.change(fetch_again, left.id, by="system")
        await room.try_after_try(lambda: not room.rows(LeftMail))
        assert letter(3) == room.contents[-1]


async def test_a_mail_that_is_too_large_is_left_there(tmp_path: Path) -> None:
    """It is not asked for, not marked, and an admin sees how large it is."""
    large = letter(2, "x" * 120_000)
    async with a_postroom(tmp_path) as (room, server), room.fetcher(largest=100_000).running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        server.brings(letter(1), large, letter(3))
        await room.until(lambda: room.incoming.uid == 3 and server.seen == {1, 3})
        assert [letter(1), letter(3)] == room.contents
        assert [(2, len(large))] == [(left.uid, left.size) for left in room.rows(LeftMail)]


async def test_several_processes_share_the_mailboxes(tmp_path: Path) -> None:
    """Each is in one process's hands; what somebody holds who died is free after its lease."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher().running(alone=False):
        one = room.fetcher()
        box = await room.connects(server.port)
        await room.until(lambda: room.incoming.checked_at)
        assert await room.desk.change(fetched.claim, box, "another", by="system") is None
        assert 0 == await one.look(), "nobody else takes it up"
        holder = room.incoming.holder
        room.clock.moves(seconds=61)
        claim = await room.desk.change(fetched.claim, box, "another", by="system")
        assert (claim is None) == (room.incoming.holder == holder), "renewed just in time, or taken"


async def test_what_comes_while_others_are_marked_is_not_left_until_the_next_look(tmp_path: Path) -> None:
    """A server tells of it once, beside another answer: IDLE has nothing to say of it any more."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher(pace=replace(PACE, look=60.0)).running(alone=True):
        await room.connects(server.port)
        await room.until(lambda: any(asked.startswith("IDLE") for asked in server.asked))
        server.meanwhile = [letter(2)]
        server.brings(letter(1))
        await room.until(lambda: len(server.seen) == 2)
        assert [letter(1), letter(2)] == room.contents


async def test_what_is_announced_before_a_server_listens_is_news_and_no_fault(tmp_path: Path) -> None:
    """It broke off as after a word that makes no sense, signed in anew, and was careful for a while."""
    async with a_postroom(tmp_path) as (room, server), room.fetcher(pace=replace(PACE, look=60.0)).running(alone=True):
        server.brings(letter(1))  # lay there before
        server.meanwhile_idle = [letter(2)]
        await room.connects(server.port)
        await room.until(lambda: server.seen)
        assert [letter(2)] == room.contents
        assert (1, [], 0) == (server.sessions, server.meanwhile_idle, room.incoming.failures)
