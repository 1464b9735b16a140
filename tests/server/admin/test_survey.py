"""An admin says after which queues' tickets customers are asked; what is wrong is said beside its field."""

from __future__ import annotations

from chat.surveys.terms import SurveyTerms
from routing.queues import Queue, add_queue
from tests.server.at_work import step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, rows, tree

__all__ = ["step"]

PATH = "/app/admin/survey"


def test_an_admin_names_the_queues_and_it_stands_among_the_changes(step: Doorstep) -> None:
    """At first nobody is asked, and the usual times stand there."""
    support, billing = (step.change(lambda change, name: add_queue(change, name).id, name) for name in ("Support", "B"))
    begun = fields_of(step.open(PATH))
    assert ("24", "30", None) == (begun["delay_hours"], begun["every_days"], begun.get("queues") or None)

    step.clock.moves(minutes=5)
    assert 303 == step.submit(PATH, {"queues": [str(support)], "delay_hours": "48", "every_days": "30"}).status_code

    (terms,) = step.look(rows(SurveyTerms))
    assert ([support], 48, 30) == (terms.queues, terms.delay_hours, terms.every_days)
    assert [str(support)] == fields_of(step.open(PATH))["queues"]
    told = " ".join(tree(step.open("/app/admin/changes")).xpath("//*[@id='changes']/li")[0].text_content().split())
    assert "Satisfaction survey Ines" in told
    assert "was 24, and is 48 now" in told
    assert "Support" in told

    step.change(lambda change: change.take(Queue, support).archive(change))
    step.submit(PATH, {**fields_of(step.open(PATH)), "queues": [str(billing)]})
    assert [[billing]] == [one.queues for one in step.look(rows(SurveyTerms))], "what is archived stands in no way"


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_lost(step: Doorstep) -> None:
    both = [str(step.change(lambda change, name: add_queue(change, name).id, name)) for name in ("Support", "Billing")]

    page = step.submit(PATH, {"queues": both, "delay_hours": "soon", "every_days": "0"})

    assert 422 == page.status_code
    assert "Write a whole number from 0 to 720." in beside(page, "delay_hours")
    assert "Write a whole number from 1 to 365." in beside(page, "every_days")
    shown = fields_of(page)
    assert ("soon", "0", sorted(both)) == (shown["delay_hours"], shown["every_days"], sorted(shown["queues"]))
    assert "Choose from what is offered." in step.submit(PATH, {**shown, "queues": ["999"]}).text
    assert [] == step.look(rows(SurveyTerms))
