"""Processes of two versions share a desk while it is upgraded: the older ones show all that they know."""

from __future__ import annotations

import structlog
from sqlalchemy import update
from sqlmodel import col

from tests.server.feeding import EPOCH, House, following, held_by, house
from tickets import log
from tickets.change import Change
from tickets.live import Outbox

__all__ = ["house"]


async def test_what_only_a_newer_process_knows_is_left_out_and_said_once(house: House) -> None:
    """While a desk is upgraded: each such event was a traceback, and whoever came back loaded everything anew."""
    early, late = Outbox(), Outbox()
    await house.feed.follow(early, following(1), cursor=None)

    with structlog.testing.capture_logs() as said:
        await house.happens(*[1] * 6)
        await house.desk.change(_newer_wrote, 2, 4, 6, by="system")
        await house.steps()
        assert await house.feed.follow(late, following(1), cursor=0, epoch=EPOCH)

    assert ([1, 3, 5], [1, 3, 5], 6) == (held_by(early), held_by(late), house.feed.cursor)
    assert [("warning", "TicketTeleported")] == [(line["log_level"], line["kind"]) for line in said]


def _newer_wrote(change: Change, *places: int) -> None:
    for pos in places:
        there = update(log.LogRow).where(col(log.LogRow.pos) == pos)
        change.claim(there.values(kind="TicketTeleported", data='{"to":[7]}'))
