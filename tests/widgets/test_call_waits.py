"""A supervisor reads how long callers waited in the days that they chose, and opens the calls that were counted."""

from __future__ import annotations

from datetime import timedelta

from routing.wallboard.days import usual_days
from tests.cast import a_change
from tests.routing.callbacks.calls import a_call_floor
from tests.routing.test_call_waits import ended
from tests.widgets.applier import parsed
from tests.widgets.test_outcome_page import a_page, reader, words
from widgets.wallboard_rows import rows_page


def test_the_page_says_how_long_callers_waited_and_opens_their_calls() -> None:
    """Two of them in these days, and one in vain; another one was a week before."""
    change = a_change()
    queue, _ = a_call_floor(change)
    ended(change, queue.id, gross=720, net=300)
    ended(change, queue.id, gross=7200, net=60, when=change.now - timedelta(days=2))
    ended(change, queue.id, outcome="gave_up")
    ended(change, queue.id, gross=30, net=30, when=change.now - timedelta(days=9))

    (row,) = a_page(change).xpath("//table[@id='calls']/tbody/tr")

    assert ["Support", "2 of 3", "12 m 00 s", "2 h 00 m", "1 m 00 s", "5 m 00 s"] == [words(cell) for cell in row]
    figure = row.xpath(".//a/@href")[0].removeprefix("/app/wallboard/rows/").partition("?")[0]
    days = usual_days(change.session, change.now)
    rows = parsed(rows_page(change.session, figure=figure, days=days, **reader(change)))
    said = [words(line).split()[-2:] for line in rows.xpath("//table[@id='rows']/tbody/tr")]
    assert [["not", "reached"], "reached", "reached"] == [one if one[0] == "not" else one[-1] for one in said]


def test_days_without_a_call_say_so_in_both_languages() -> None:
    assert "No call ended in these days." in words(a_page(a_change()))
    assert "这些天没有回电结束。" in words(a_page(a_change(), "zh"))
