"""Somebody who waits already writes again: nothing of their ticket is another but its newest message."""

from datetime import timedelta

from tests.cast import a_change, a_ticket
from tickets.events import MessageReceived
from tickets.status import Status

SAM = "customer:91"


def test_only_who_waits_already_writes_again() -> None:
    """Screens then draw the new message alone; a wait, a status or a snooze that ends is another thing."""
    change = a_change(by=SAM)
    ticket = a_ticket(change)

    def writes(client_id: str) -> bool:
        ticket.receive(change, "Hello?", client_id=client_id)
        return next(event.again for event in reversed(change.recorded) if isinstance(event, MessageReceived))

    assert [False, True] == [writes("1"), writes("2")]
    ticket.snooze(change, change.now + timedelta(hours=1))
    assert [False, True] == [writes("3"), writes("4")]
    ticket.set_status(change, Status.PENDING)
    assert [False, True] == [writes("5"), writes("6")]
    ticket.reply(change, "Yes.", client_id="7", name="Ada")
    assert [False, True] == [writes("8"), writes("9")]
