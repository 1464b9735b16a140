"""A supervisor sees that nobody in line is forgotten, and on a ticket why it waits."""

from __future__ import annotations

from lxml.html import HtmlElement

from routing.presence import Intent, set_intent
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_chat, a_floor, a_queue, settle
from tests.widgets.applier import parsed
from tickets.edge import SignedIn
from tickets.people import Role
from widgets.names import Names
from widgets.waiting_card import waiting_card
from widgets.watchdog_page import watchdog_page


def test_everyone_who_waits_stands_there_with_what_happens_next() -> None:
    change = a_change()
    queue, _ = a_floor(change, "Ada")
    a_chat(change, queue)
    a_chat(change, a_queue(change, "Repairs & Parts"))

    page = a_page(change)

    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]
    assert ["Support", "Repairs & Parts"] == [row[1] for row in cells]
    assert ["The offer rings out", "Its line is looked through"] == [row[4] for row in cells]
    assert ["–", "Nobody who answers Repairs & Parts is available."] == [row[3] for row in cells]
    assert "nobody forgotten" in page.text_content()


def test_what_agents_ask_for_by_themselves_waits_for_one_who_does() -> None:
    change = a_change()
    a_ticket(change, queue_id=a_queue(change).id)
    settle(change)

    assert ["It waits until somebody takes it."] == a_page(change).xpath("//tbody/tr/td[3]/text()")


def test_who_was_forgotten_comes_first_and_in_red() -> None:
    change = a_change()
    a_chat(change, a_queue(change, "Repairs"))
    queue = a_queue(change)
    a_chat(change, queue)
    queue.drain_due = None
    change.write()

    page = a_page(change)

    (lost,) = page.xpath("//tr[@data-forgotten]")
    assert lost is page.xpath("//tbody/tr")[0]
    assert "Nothing: it was forgotten" in lost.text_content()
    assert "1 forgotten" in page.text_content()


def test_an_empty_floor_says_so_in_both_languages() -> None:
    assert "Nobody stands in line." in a_page(a_change()).text_content()
    assert "谁在等待" in a_page(a_change(), "zh").text_content()


def test_a_ticket_says_why_it_waits_until_somebody_has_it() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    set_intent(change, ada.id, Intent.AWAY)
    settle(change)
    chat = a_chat(change, queue)
    change.write()

    def card() -> str:
        return str(parsed(waiting_card(change.session, chat).html("en", Names(change.session))).text_content())

    assert "Nobody who answers Support is available." in card()
    chat.assign(change, ada)
    settle(change)
    change.write()
    assert "" == card()


def a_page(change: UnitChange, language: str = "en") -> HtmlElement:
    change.write()
    grace = SignedIn(999, "Grace Hill", Role.SUPERVISOR, "", 1)
    html = watchdog_page(change.session, agent=grace, language=language, csrf="csrf", epoch="e", now=change.now)
    return parsed(html)
