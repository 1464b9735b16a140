"""Customers read what they are promised, tier by tier; staff read beside it what queues promise one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from routing.entitlements import save_entitlement
from routing.sla.policy import Terms, add_policy
from routing.tiers import save_tier
from tests.routing.sla.promises import targets
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.server.reading import tree
from tickets.change import Change
from tickets.complaints.categories import ComplaintCategory, edit_category, furnish
from tickets.people import IdentifierKind, Role, new_customer
from tickets.status import Priority


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ines, the admin, at work."""
    with a_whole_house(tmp_path, url="https://desk.example") as step:
        step.change(hire, "Ines", Role.ADMIN)
        step.sign_in("Ines")
        yield step


def promises(change: Change) -> None:
    gold = save_tier(change, None, name="Gold")
    minutes = {"urgent": 1, "high": 1, "normal": 1, "low": 1}
    same = {one: {"minutes": n, "business": False} for one, n in minutes.items()}
    add_policy(change, Terms("VIP", {"speed_of_answer": same}, channels=["chat"], tiers=[gold.id], published=True))
    add_policy(change, Terms("Secret", targets({"first_reply": 5}), channels=["api"]))
    add_policy(change, Terms("All", {"first_reply": same}, published=True))
    add_policy(change, Terms("Inside", {"ownership": same}, internal=True))


def parts(page: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in tree(page).xpath("//section[@class='standard']")]


def test_what_is_published_is_read_without_signing_in(step: Doorstep) -> None:
    """Nothing that is not published, and nothing of what queues promise one another."""
    step.change(promises)
    step.client.cookies.clear()
    everybody, gold = parts(step.open("/standards"))

    assert "First reply within 1 m." in everybody
    assert "API" not in everybody
    assert "Gold Chat An agent in the chat within 1 m. Every hour counts." == gold


@pytest.mark.parametrize(
    ("pauses", "says"),
    [
        ([], "News at least every 4 h. Every"),
        (["pending"], "News at least every 4 h, unless we wait for the customer. Every"),
        (["on_hold"], "News at least every 4 h, unless we wait for a third party. Every"),
        (["pending", "on_hold"], "News at least every 4 h, unless we wait for anybody else. Every"),
    ],
)
def test_it_is_said_when_no_news_is_due(step: Doorstep, pauses: list[str], says: str) -> None:
    """As the policy has it, not as it is usual."""
    same = {priority.value: {"minutes": 240, "business": False} for priority in Priority}
    said = {"pausable_update": pauses}
    step.change(add_policy, Terms("All", {"pausable_update": same}, channels=["chat"], pauses=said, published=True))
    (everybody,) = parts(step.open("/standards"))

    assert says in everybody


def test_staff_read_what_queues_promise_beside_it(step: Doorstep) -> None:
    step.change(promises)

    assert (
        "Between queues Every ticket A queue is done with a ticket within 1 m. Every hour counts."
        == parts(step.open("/app/standards"))[-1]
    )


def test_what_a_topic_of_complaints_promises_is_read_instead_of_what_a_policy_does(step: Doorstep) -> None:
    """As it is kept: the days that a customer is told come before any policy's minutes."""

    def says(change: Change, **days: int) -> None:
        for topic in change.rows(select(ComplaintCategory)):
            edit_category(change, topic.key, names=topic.names, priority=Priority.NORMAL, active=True, **days)

    times = {"complaint_ack": 60, "complaint_final": 600, "first_reply": 10}
    step.change(lambda change: add_policy(change, Terms("All", targets(times), published=True)))
    step.change(furnish)
    step.change(says, acknowledge_days=3)

    (everybody,) = parts(step.open("/standards"))
    assert "Acknowledgement within" not in everybody
    assert "Final answer within" in everybody, "no topic promises one"
    (names,) = re.findall(r"Complaints: (.+?) Working days until it is acknowledged: 3\.", everybody)
    assert "Delivery" in names.split(", "), "together, since the same is promised of all"
    step.change(says, acknowledge_days=3, answer_days=20)
    (everybody,) = parts(step.open("/standards"))
    assert (False, True) == ("Final answer within" in everybody, "until the final answer: 20." in everybody)
    assert "First reply within" in everybody


def test_a_desk_that_publishes_nothing_says_so(step: Doorstep) -> None:
    assert "Nothing is published yet." in step.open("/standards").text


def test_customers_are_given_a_tier_by_their_addresses(step: Doorstep) -> None:
    """One a line, with the last day where it ends; a stranger, or a day that is none, is refused beside the field."""
    step.change(_know, "sam@mail.example")
    weekend = step.change(lambda change: save_entitlement(change, None, name="Weekend").key)
    typed = {"name": "Gold", "rights": weekend, "members": "sam@mail.example 2027-01-31"}
    for wrong, says in (("mallory@mail.example", "We know no customer by"), ("sam@mail.example soon", "The last day")):
        page = step.submit("/app/admin/tiers/new", {**typed, "members": wrong})
        assert (True, 422) == (says in page.text, page.status_code)
    assert 303 == step.submit("/app/admin/tiers/new", typed).status_code

    (path,) = tree(step.open("/app/admin/tiers")).xpath("//main//ul//a/@href")
    assert "sam@mail.example 2027-01-31" in step.open(path).text


def test_customers_are_entitled_by_their_addresses_and_the_list_says_what_that_gives(step: Doorstep) -> None:
    """A mistake stands beside its field with all that was typed, and each change is told in the settings' story."""
    step.change(_know, "sam@mail.example")
    path, typed = "/app/admin/entitlements", {"name": "Weekend", "priority": "high", "members": "sam@mail.example"}
    for wrong, says in (
        ({"members": "mallory@mail.example"}, "We know no customer by"), ({"name": " "}, "This is needed."),
        ({"lane_id": "99"}, "Choose from what is offered."), ({"priority": "soon"}, "Choose from what is offered."),
    ):  # fmt: skip
        page = step.submit(f"{path}/new", {**typed, **wrong})
        assert (True, 422) == (says in page.text, page.status_code)
        assert wrong.get("members", "sam@mail.example") in page.text
    for name in ("Weekend", "Priority line"):
        assert 303 == step.submit(f"{path}/new", {**typed, "name": name}).status_code
    line, other = tree(step.open(path)).xpath("//main//ol/li/a")
    assert "WeekendAt least High. Customers who have it besides: 1." == " ".join(line.text_content().split())

    one = line.get("href")
    assert 303 == step.submit(one, {**typed, "members": "sam@mail.example 2027-01-31"}).status_code
    assert "sam@mail.example 2027-01-31" in step.open(one).text
    told = (
        tree(step.open("/app/admin/changes?area=EntitlementsChanged")).xpath("//*[@id='changes']/li")[0].text_content()
    )
    assert "“Customers” was “sam@mail.example”, and is “sam@mail.example 2027-01-31” now." in told
    assert 303 == step.submit(f"{other.get('href')}/place", {"way": "up"}, via=path).status_code
    names = tree(step.open(path)).xpath("//main//ol//b/text()")
    assert ["Priority line", "Weekend"] == names
    assert "Customers who have this: 1." in step.submit(f"{one}/remove", {}, via=one).text


def _know(change: Change, address: str) -> None:
    new_customer(change, "Sam").add_identifier(change, IdentifierKind.EMAIL, address, verified=True)
