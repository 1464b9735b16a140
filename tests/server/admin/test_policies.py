"""Policies are set up by admins: in their order, with a grid of targets, seen before they change what runs (row 44)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from chat.site import Site
from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.queues import add_queue
from routing.sla.policy import SlaPolicy, policies
from tests.cast import a_ticket
from tests.server.at_work import a_site, step
from tests.server.doorstep import Doorstep
from tests.server.reading import beside, fields_of, in_field, rows, tree
from tickets.change import Change
from tickets.ticket import Ticket

__all__ = ["step"]
PATH = "/app/admin/policies"


def a_policy(**other: Any) -> dict[str, Any]:
    """Half an hour for urgent first replies, day and night."""
    first = {"first_reply-urgent": "30", "first_reply-urgent-unit": "minutes", "first_reply-urgent-always": "yes"}
    return {"name": "Standard", "pause-resolution": ["pending"], "active": "yes", **first, **other}


def opening_hours(change: Change) -> int:
    return add_calendar(change, "Weekdays", BusinessCalendar("UTC", (((540, 1080),),) * 5 + ((), ()))).id


def only(step: Doorstep) -> SlaPolicy:
    (policy,) = step.look(rows(SlaPolicy))
    return policy  # type: ignore[no-any-return]


def test_a_policy_is_added_and_shown_again_as_it_was_typed(step: Doorstep) -> None:
    calendar = step.change(opening_hours)
    queue = step.change(lambda change: add_queue(change, "Billing").id)
    typed = a_policy(
        channels=["email", "chat"],
        queues=[str(queue)],
        calendar_id=str(calendar),
        **{"resolution-low": "16", "resolution-low-unit": "hours"},
        **{"resolution-normal": "2", "resolution-normal-unit": "days", "resolution-normal-always": "yes"},
    )
    assert 303 == step.submit(f"{PATH}/new", typed).status_code

    policy = only(step)
    assert ({"email", "chat"}, [queue], calendar, {"resolution": ["pending"]}) == (
        set(policy.channels), policy.queues, policy.calendar_id, policy.pauses,
    )  # fmt: skip
    assert {
        "first_reply": {"urgent": {"minutes": 30, "business": False}},
        "resolution": {"low": {"minutes": 960, "business": True}, "normal": {"minutes": 2880, "business": False}},
    } == policy.targets
    again = fields_of(step.open(f"{PATH}/{policy.id}"))
    shown = {"channels": ["chat", "email"], "queues": str(queue)}
    assert typed | shown == {name: again[name] for name in typed}
    assert 303 == step.submit(f"{PATH}/{policy.id}", again).status_code
    assert 1 == only(step).version


def test_steps_are_written_row_by_row_and_a_wrong_one_is_marked(step: Doorstep) -> None:
    """What happens at half of the time, and an hour after it is over; what cannot be meant says so beside it."""
    rows_ = {"step0": "50", "step0-when": "used", "step0-does": "tell supervisors"}
    late = {"step1": "60", "step1-when": "late", "step1-metric": "first_reply", "step1-does": "raise"}
    bad = step.submit(f"{PATH}/new", a_policy(**rows_, **{**late, "step1-when": "used", "step1": "130"}))
    assert (422, "A step needs a time: 1 to 99 percent, or minutes.") == (bad.status_code, beside(bad, "step1"))

    time, deed = "A step needs a time: 1 to 99 percent, or minutes.", "Say what is to happen then."
    for half, says in (
        ({"when": "late", "does": "tell supervisors"}, time),
        ({"metric": "first_reply"}, time),
        ({"": "15", "does": "raise"}, time),
        ({"": "15", "when": "left"}, deed),
    ):
        typed = {f"step1-{name}".rstrip("-"): value for name, value in half.items()}
        page = step.submit(f"{PATH}/new", a_policy(**rows_, **typed))
        assert (422, says) == (page.status_code, beside(page, "step1")), "half of a row is not dropped"

    assert 303 == step.submit(f"{PATH}/new", a_policy(**rows_, **late)).status_code
    kept = [(one["when"], one["amount"], one["does"], one["to"], one["metric"]) for one in only(step).steps]
    assert [("used", 50, "tell", "supervisors", ""), ("late", 60, "raise", "", "first_reply")] == kept
    again = fields_of(step.open(f"{PATH}/{only(step).id}"))
    assert 303 == step.submit(f"{PATH}/{only(step).id}", again).status_code
    assert 1 == only(step).version


def test_as_many_steps_are_shown_as_there_are_and_a_row_for_one_more(step: Doorstep) -> None:
    """None is dropped by saving the page as it is shown, also of six, which is as many as there can be."""
    step.submit(f"{PATH}/new", a_policy())
    path = f"{PATH}/{only(step).id}"
    for n, shown in ((0, 4), (3, 4), (4, 5), (5, 6), (6, 6)):
        if n:
            row = f"step{n - 1}"
            typed = {row: str(10 + n), f"{row}-when": "late", f"{row}-does": "raise"}
            steps = [{f"step{m}": str(11 + m), f"step{m}-when": "late", f"step{m}-does": "raise"} for m in range(n - 1)]
            kept: dict[str, Any] = {name: value for one in steps for name, value in one.items()}
            assert 303 == step.submit(path, a_policy(**kept, **typed)).status_code
        page = step.open(path)
        assert shown == len(tree(page).xpath("//ol[@class='steps']/li"))
        assert 303 == step.submit(path, fields_of(page) | {"name": f"Number {n}"}).status_code
        assert [11 + m for m in range(n)] == [one["amount"] for one in only(step).steps]


def test_queues_promise_one_another_apart_from_what_customers_are_promised(step: Doorstep) -> None:
    """A list of its own, with its own order, one metric and its own pauses; each version keeps who wrote it."""
    step.submit(f"{PATH}/new", a_policy())
    typed: dict[str, Any] = {"name": "Quick hands", "ownership-high": "45", "active": "yes"}
    typed |= {"ownership-high-unit": "minutes", "ownership-high-always": "yes"}
    typed["pause-ownership"] = ["pending", "on_hold"]
    assert 303 == step.submit(f"{PATH}/internal/new", typed).status_code

    outside, inside = step.look(policies)
    assert (False, True, {"ownership": ["pending", "on_hold"]}) == (outside.internal, inside.internal, inside.pauses)
    lists = tree(step.open(PATH)).xpath("//ol")
    assert [["Standard"], ["Quick hands"]] == [one.xpath(".//b/text()") for one in lists]
    again = fields_of(step.open(f"{PATH}/{inside.id}"))
    assert 303 == step.submit(f"{PATH}/{inside.id}", again | {"ownership-high": "40"}).status_code
    versions = tree(step.open(f"{PATH}/{inside.id}")).xpath("//section[h2='Versions']//li/span/text()[1]")
    assert ["Version 2 · ", "Version 1 · "] == versions


@pytest.mark.parametrize(
    ("value", "unit", "always", "says"),
    [
        ("0", "minutes", "yes", "A target is between 15 seconds and one year."),
        ("1000000000", "minutes", "yes", "A target is between 15 seconds and one year."),
        ("366", "days", "yes", "A target is between 15 seconds and one year."),
        ("-5", "minutes", "yes", "Write a whole number."),
        ("1.5", "hours", "", "Write a whole number."),
        ("٣٠", "hours", "", "Write a whole number."),
        ("9" * 21, "minutes", "", "This is longer than it can be, by 1."),
        ("2", "days", "", "Days only with 24/7. Otherwise write the hours of a day that is worked."),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused_beside_it(
    step: Doorstep, value: str, unit: str, always: str, says: str
) -> None:
    """Row 44: an SLA of 0 or 10⁹ minutes. What was typed stays."""
    name = "next_reply-high"
    cell = {name: value, f"{name}-unit": unit, **({f"{name}-always": always} if always else {})}
    page = step.submit(f"{PATH}/new", a_policy(**cell))

    assert (422, says) == (page.status_code, beside(page, name))
    assert (value, "Standard", "30") == tuple(
        in_field(page, one).get("value") for one in (name, "name", "first_reply-urgent")
    )
    assert [unit] == in_field(page, f"{name}-unit").xpath("option[@selected]/@value")
    assert [] == step.look(rows(SlaPolicy))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "This is needed."),
        ("name", "x" * 61, "This is longer than it can be, by 1."),
        ("name", "STANDARD", "There is already a policy named Standard."),
        ("calendar_id", "99", "Choose from what is offered."),
    ],
)
def test_every_field_is_checked(step: Doorstep, field: str, value: str, says: str) -> None:
    step.submit(f"{PATH}/new", a_policy())
    page = step.submit(f"{PATH}/new", a_policy(**{"name": "Other", field: value}))

    assert (True, says) == (page.status_code in {409, 422}, beside(page, field))
    assert "Standard" == only(step).name


def test_what_is_not_offered_cannot_be_chosen(step: Doorstep) -> None:
    for field in ("channels", "queues", "categories"):
        assert 422 == step.submit(f"{PATH}/new", a_policy(**{field: ["99"]})).status_code
    assert [] == step.look(rows(SlaPolicy))


def test_opening_hours_are_needed_to_count_in_them(step: Doorstep) -> None:
    page = step.submit(f"{PATH}/new", a_policy(**{"first_reply-urgent-always": ""}))

    assert 422 == page.status_code
    assert "There are no opening hours yet. Add some first, or count every hour." in page.text


def test_a_policy_is_told_in_plain_sentences(step: Doorstep) -> None:
    calendar = step.change(opening_hours)
    queue = step.change(lambda change: add_queue(change, "<b>Billing</b>").id)
    for_all = {f"resolution-{one}": "8" for one in ("urgent", "high", "normal", "low")}
    hours = {f"resolution-{one}-unit": "hours" for one in ("urgent", "high", "normal", "low")}
    step.submit(
        f"{PATH}/new", a_policy(channels=["email"], queues=[str(queue)], calendar_id=str(calendar), **for_all, **hours)
    )
    (line,) = tree(step.open(PATH)).xpath("//ol/li")

    assert ["Standard", "Email · <b>Billing</b>"] == line.xpath(".//b/text() | .//small[1]/text()")
    assert (
        "First reply within 30 m 24/7 (Urgent). Resolution within 8 h. Counted in Weekdays. "
        "“Resolution” pauses while the customer is waited for."
    ) == line.xpath("string(.//small[2])")
    chinese = step.open(PATH, **{"accept-language": "zh"}).text
    assert "30 分（全天候）" in chinese or "30 分钟（全天候）" in chinese


def test_the_first_that_fits_holds_so_the_order_can_be_changed(step: Doorstep) -> None:
    for name in ("First", "Second", "Third"):
        step.submit(f"{PATH}/new", a_policy(name=name))

    def order() -> list[str]:
        return [one.name for one in step.look(policies)]

    second = next(one for one in step.look(policies) if one.name == "Second")
    assert 303 == step.submit(f"{PATH}/{second.id}/place", {"way": "up"}, via=PATH).status_code
    assert ["Second", "First", "Third"] == order()
    step.submit(f"{PATH}/{second.id}/place", {"way": "up"}, via=PATH)
    assert ["Second", "First", "Third"] == order()
    for _ in range(3):
        step.submit(f"{PATH}/{second.id}/place", {"way": "down"}, via=PATH)
    assert ["First", "Third", "Second"] == order()
    page = tree(step.open(PATH))
    assert ["First earlier", "Second later"] == page.xpath("//button[@disabled]/@aria-label")
    assert 404 == step.submit(f"{PATH}/999999/place", {"way": "up"}, via=PATH).status_code


def test_what_applying_would_change_is_seen_before(step: Doorstep) -> None:
    """Editing changes nothing that runs; applying is asked for, and says to how many tickets."""

    def fourteen(change: Change) -> None:
        for _ in range(14):
            a_ticket(change)

    step.change(fourteen)
    step.submit(f"{PATH}/new", a_policy())
    path = f"{PATH}/{only(step).id}"
    page = step.open(path)

    assert "Open tickets that go by it now: 0." in page.text
    assert "take in 14, give new terms to 0 and let go of 0" in page.text
    assert "Apply to open tickets: 14" in page.text
    assert 303 == step.submit(f"{path}/apply", via=path).status_code
    assert "Open tickets are being gone through." in step.open(path).text
    assert only(step).apply_due is not None
    assert 14 == len(step.look(lambda session: session.exec(select(Ticket)).all()))


def test_a_policy_that_is_not_in_use_takes_in_nothing(step: Doorstep) -> None:
    step.change(a_ticket)
    off = {name: value for name, value in a_policy().items() if name != "active"}
    step.submit(f"{PATH}/new", off)

    assert not only(step).active
    assert "Not in use" in step.open(PATH).text
    assert "Applying it would change nothing." in step.open(f"{PATH}/{only(step).id}").text


def test_topics_and_categories_are_offered_by_their_names(step: Doorstep) -> None:
    step.submit("/app/admin/queues/new", {"name": "Billing", "delivery": "pull", "rule": "longest_idle"})
    step.submit("/app/admin/sites/new", a_site(topic0="refund", topic0_en="Refunds", topic0_zh="退款"))
    page = step.open(f"{PATH}/new")
    offered = dict(
        zip(
            tree(page).xpath("//*[@name='categories']/@value"),
            tree(page).xpath("//*[@name='categories']/../span/text()"),
            strict=True,
        )
    )

    assert "Refunds" == offered["refund"]
    assert 303 == step.submit(f"{PATH}/new", a_policy(categories=["refund"])).status_code
    step.submit("/app/admin/sites/" + str(step.look(rows(Site))[0].id), a_site())
    assert ["refund"] == tree(step.open(f"{PATH}/{only(step).id}")).xpath("//*[@name='categories'][@checked]/@value")


def test_a_policy_is_removed(step: Doorstep) -> None:
    step.submit(f"{PATH}/new", a_policy())
    path = f"{PATH}/{only(step).id}"

    assert 303 == step.submit(f"{path}/remove", via=path).status_code
    assert [] == step.look(rows(SlaPolicy))
    assert "No policies yet" in step.open(PATH).text
    assert 404 == step.open(path).status_code


def test_only_admins_make_promises(step: Doorstep) -> None:
    step.client.cookies.clear()
    step.sign_in("Grace")
    assert 403 == step.open(PATH).status_code


def test_what_is_wrong_with_a_part_of_a_target_or_a_step_is_said_below_it(step: Doorstep) -> None:
    """Somebody who was chosen in the menu of a step may have left before it is sent."""
    typed = a_policy(**{"first_reply-low": "2", "first_reply-low-unit": "moons", "step0": "50"})

    page = step.submit(f"{PATH}/new", typed | {"step0-when": "used", "step0-does": "tell 999"})

    assert 422 == page.status_code
    assert ["Choose from what is offered."] * 2 == [beside(page, "first_reply-low"), beside(page, "step0")]
