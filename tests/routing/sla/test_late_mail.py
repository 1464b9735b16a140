"""What a customer wrote counts from when it came to us, however late it is read."""

from __future__ import annotations

import pytest

from routing.sla import keeping
from routing.sla.clock import SlaClock
from tests.routing.floor import settle
from tests.routing.sla.promises import ALoggedChange, a_policy, a_promised_ticket, ada_answers, after, clock_of
from tickets.saying import Post
from tickets.status import Channel, Status


def a_pause_ended_by_mail(
    came: int, *, answered: bool = True, late: bool = False, paused: Status = Status.PENDING
) -> SlaClock:
    """Stands still since ten past nine; mail that came so many minutes past nine is read at noon. `late`: it is
    promised only then."""
    change = ALoggedChange()
    if not late:
        a_policy(change, {"resolution": 480})
    ticket = a_promised_ticket(change)
    if answered:
        ada_answers(change, ticket)
    change.moves(minutes=10)
    ticket.set_status(change, paused)
    settle(change)
    change.moves(minutes=170)
    ticket.receive(change, "Any news?", client_id="mail-1", post=Post(Channel.EMAIL, after(minutes=came)))
    settle(change)
    if late:
        change.moves(minutes=10)
        a_policy(change, {"resolution": 480})
        keeping.touch(change, ticket)
        settle(change)
    return clock_of(change, ticket, "resolution")


@pytest.mark.parametrize("paused", [Status.PENDING, Status.RESOLVED])
@pytest.mark.parametrize("late", [False, True], ids=["promised", "promised late"])
@pytest.mark.parametrize("answered", [True, False], ids=["answered", "waiting"])
@pytest.mark.parametrize(("came", "pause"), [(30, 20), (5, 0)], ids=["in the pause", "before it"])
def test_it_goes_on_when_the_message_came(came: int, pause: int, *, answered: bool, late: bool, paused: Status) -> None:
    """Also where somebody waited already. A message from before the pause leaves nothing of it, and takes nothing."""
    clock = a_pause_ended_by_mail(came, answered=answered, late=late, paused=paused)
    assert ("running", after(hours=8, minutes=pause)) == (clock.state, clock.due_at)
