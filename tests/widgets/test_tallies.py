"""Numbers are recounted when one of them may be another, and not each time that somebody writes."""

from tests.cast import MONDAY
from tickets import log
from tickets.events import Event, MessageReceived, NoteAdded
from tickets.log import LogRow
from widgets.tallies import may_be_other


def logged(event: Event) -> LogRow:
    return LogRow(pos=1, **log.row(MONDAY, "customer:91", event))


def test_who_waits_already_and_writes_more_has_nothing_recounted() -> None:
    """Their ticket is on the same lists, and they stand where they stood."""
    assert may_be_other(logged(MessageReceived(ticket=1, message=2, seq=1)))
    assert not may_be_other(logged(MessageReceived(ticket=1, message=3, seq=2, again=True)))
    assert not may_be_other(logged(NoteAdded(ticket=1, message=4, seq=3)))
