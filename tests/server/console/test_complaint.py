"""What an agent writes down of a complaint: what cannot be meant is told beside its field, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.queues import Delivery, add_queue
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tickets.change import Change
from tickets.complaints.categories import add_category
from tickets.complaints.filing import Told, file
from tickets.people import Role

NEW_YORK = BusinessCalendar("America/New_York", (((9 * 60, 17 * 60),),) * 7)


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ada, at work in New York."""
    with a_whole_house(tmp_path, url="https://desk.example") as step:
        step.change(hire, "Ada", Role.AGENT)
        step.sign_in("Ada")
        yield step


def a_complaint(change: Change) -> int:
    queue = add_queue(change, "Complaints")
    queue.set_rules(change, delivery=Delivery.PULL, calendar_id=add_calendar(change, "New York", NEW_YORK).id)
    add_category(change, key="bills", names={"en": "Bills"})
    return file(change, "k", Told("bills", "Too much.", email="sam@mail.example")).ticket.id


@pytest.mark.parametrize(
    ("page", "wrong", "says"),
    [
        ("extension", {"until": "9999-12-31", "reason": "The bank is slow."}, "Choose a day."),
        ("findings", {"redress": "1e999999", "currency": "EUR"}, "Write an amount like 12.50."),
    ],
)
def test_what_is_beyond_all_is_told_beside_its_field(
    step: Doorstep, page: str, wrong: dict[str, str], says: str
) -> None:
    answer = step.submit(f"/app/tickets/{step.change(a_complaint)}/{page}", wrong)

    assert answer.status_code < 500
    assert says in answer.text
    assert all(f"{typed}" in answer.text for typed in wrong.values())
