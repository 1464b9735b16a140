"""A supervisor sees how often what was said of a wait was true."""

from __future__ import annotations

from datetime import timedelta

from lxml.html import HtmlElement

from routing.told_waits import Held, WaitPromise
from routing.wait_honesty import Honesty, honesty, week_of
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_queue
from tests.routing.test_speed import a_line, left_after, taken_after
from tests.widgets.applier import parsed
from tickets.edge import SignedIn
from tickets.people import Role
from widgets.wait_page import waits_page


def test_promises_are_counted_in_the_week_in_which_they_ended() -> None:
    """By queue and channel; who left, or was moved, before it could be broken says nothing."""
    change = a_change()
    queue = a_queue(change)
    this = week_of(change.now)
    ended(change, queue.id, Held.SOONER, Held.WITHIN, Held.WITHIN, Held.LATER, Held.LEFT, Held.MOVED)
    change.now = this - timedelta(seconds=1)
    ended(change, queue.id, Held.LATER)
    change.now = this

    (row,) = honesty(change.session, change.now)

    assert [Honesty(1, 2, 1), Honesty(0, 0, 1)] == list(row.weeks[:2])
    assert (75, 0, None) == (row.weeks[0].share, row.weeks[1].share, row.weeks[2].share)
    assert Honesty(1, 2, 2) == row.together


def test_the_page_says_the_share_of_each_week() -> None:
    change = a_change()
    queue = a_queue(change, "Sales & Service")
    ended(change, queue.id, *([Held.WITHIN] * 4), Held.LATER)

    (row,) = a_page(change).xpath("//table[@id='waits']/tbody/tr")

    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert ["Sales & Service Chat", "80 % of 5", *["–"] * 5, "0", "4", "1"] == cells


def test_the_page_says_how_soon_chats_were_taken_today() -> None:
    """Each figure opens the rows that it counts."""
    change = a_change()
    queue, ada = a_line(change)
    taken_after(change, queue, ada, 10)
    taken_after(change, queue, ada, 80)
    left_after(change, queue, 15)

    (row,) = a_page(change).xpath("//table[@id='speeds']/tbody/tr")

    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert ["Support 80 % in 20 s", "3", "50 % 1 of 2", "45 s", "33 % 1 of 3", "0"] == cells
    rows = f"/app/wallboard/rows/queue-{queue.id}-"
    assert [f"{rows}{name}-today" for name in ("came", "taken", "left", "sent-on")] == row.xpath(".//a/@href")
    assert "今天还没有聊天被接入或离开。" in a_page(a_change(), "zh").text_content()


def test_a_desk_that_promised_nothing_says_so_in_both_languages() -> None:
    assert "Nothing was promised in these weeks." in a_page(a_change()).text_content()
    assert "这几周没有告知过等待时间。" in a_page(a_change(), "zh").text_content()


def ended(change: UnitChange, queue_id: int, *held: Held) -> None:
    """So many promises of this queue ended now, in these ways."""
    ticket = a_ticket(change)
    for how in held:
        change.add(
            WaitPromise(
                id=change.new_id(),
                ticket_id=ticket.id,
                queue_id=queue_id,
                channel="chat",
                promised_low=60,
                promised_high=120,
                promised_at=change.now - timedelta(minutes=2),
                risen_at=change.now,
                ended_at=change.now,
                held=how.value,
            )
        )
    change.write()


def a_page(change: UnitChange, language: str = "en") -> HtmlElement:
    grace = SignedIn(999, "Grace Hill", Role.SUPERVISOR, "", 1)
    facts = {"agent": grace, "language": language, "csrf": "token", "epoch": "e1", "now": change.now}
    return parsed(waits_page(change.session, **facts))
