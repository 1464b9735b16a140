"""F15, I7: whatever a mail is made of, it is read or put aside within its thirty seconds, and the next one is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tickets.email.mailroom import a_counter, written
from tests.tickets.email.poison import POISON
from tests.tickets.email.test_reader import received
from tickets.email.raw import RawMail, RawState


@pytest.mark.parametrize("made", POISON.values(), ids=POISON)
async def test_it_is_read_or_put_aside_and_the_next_one_is_read(tmp_path: Path, made: Callable[[], bytes]) -> None:
    """At the first try: nothing here is beyond what one process may use, so none of it is tried three times."""
    async with a_counter(tmp_path) as counter:
        await received(counter, made(), written())
        assert 2 == await counter.reader.read_all()
        poison, good = counter.rows(RawMail)
        assert poison.state in {RawState.DONE, RawState.QUARANTINED}, poison.why
        assert RawState.DONE == good.state
