"""An admin says for each queue when a call is offered and how it is tried; what is wrong is said beside its field."""

from __future__ import annotations

from routing.callbacks.terms import CallbackTerms
from routing.queues import add_queue
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows
from tickets.log import LogRow

__all__ = ["step"]

PATH = "/app/admin/callbacks"


def test_the_terms_of_a_queue_are_kept_and_shown_and_who_changed_them_stands_in_the_log(step: Doorstep) -> None:
    queue: int = step.change(lambda change: add_queue(change, "Support").id)
    assert "Support" in step.open(PATH).text

    step.submit(f"{PATH}/{queue}", {"offer_above_minutes": "5", "per_window": " 12 ", "tries": ""})

    (said,) = step.look(rows(CallbackTerms))
    assert (queue, 5, 12, None) == (said.queue_id, said.offer_above_minutes, said.per_window, said.tries)
    shown = fields_of(step.open(f"{PATH}/{queue}"))
    assert ("5", "12", "") == (shown["offer_above_minutes"], shown["per_window"], shown.get("tries", ""))
    (row,) = [one for one in step.look(rows(LogRow)) if one.kind == "CallbackTermsChanged"]
    assert row.by.startswith("agent:")


def test_nothing_is_offered_that_cannot_be_added(step: Doorstep) -> None:
    """A queue has its terms because it is a queue: a button without a word led to a page that is not there."""
    page = step.open(PATH).text
    assert f"{PATH}/new" not in page
    assert "page-head" in page


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_lost(step: Doorstep) -> None:
    queue: int = step.change(lambda change: add_queue(change, "Support").id)

    page = step.submit(f"{PATH}/{queue}", {"tries": "many", "busy_minutes": "0", "per_window": "7"})

    assert 422 == page.status_code
    assert "Write a whole number from 1 to 20." in beside(page, "tries")
    assert "Write a whole number from 1 to 10080." in beside(page, "busy_minutes")
    assert ("many", "7") == (fields_of(page)["tries"], fields_of(page)["per_window"])
    assert [] == step.look(rows(CallbackTerms))
