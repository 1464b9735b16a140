"""What is answered to a request is all that lies before the place that it names, whatever is on its way just then."""

from __future__ import annotations

import pytest
from msgspec import Raw

from tickets.live import HungUp, Outbox
from tickets.polling.web import Poll, Turn


class FakeLine:
    """Has these frames in its outbox, which nobody has sent yet. `is_steady`: nothing else is still to come there."""

    def __init__(self, *frames: bytes, is_steady: bool) -> None:
        self.outbox = Outbox()
        self.outbox.put(*frames)
        self.is_steady = is_steady

    async def landed(self) -> None:
        """Nothing was said."""

    def finish(self, code: int) -> None:
        """It has no life."""


@pytest.mark.parametrize(("is_steady", "upto"), [(True, 7), (False, None)])
async def test_no_answer_names_a_place_behind_what_it_leaves_out(is_steady: bool, upto: int | None) -> None:
    """What waits comes along; while more is to come there is no place. Else whoever asks again from there misses it."""
    turn = Turn(Poll([Raw(b"{}")], wait=False), lambda: 7, lambda frame: False)
    turn.line = FakeLine(b"1", b"2", is_steady=is_steady)

    with pytest.raises(HungUp):
        await turn.receive()

    assert ([b"1", b"2"], upto) == (turn.told, turn.upto)
