"""The form of somebody who wants to be rung, through the front door."""

from __future__ import annotations

import re

import pytest

from tests.routing.callbacks.calls import at
from tests.routing.callbacks.customer import Customer, another, asked, count, messages, ticket_of
from tests.server.doorstep import Doorstep


def test_a_call_is_asked_for_and_its_page_says_when_we_ring(house: Doorstep) -> None:
    customer, callback = asked(house, text="My lamp flickers", name="Sam", topic="billing", window="2026-11-24T08:00Z")

    assert "Thank you, we will call you" in customer.text
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in customer.text
    ticket = house.look(ticket_of, callback.ticket_id)
    assert ("callback", "billing", "My lamp flickers", at("2026-11-24T09:00")) == (
        ticket.channel,
        ticket.category,
        ticket.subject,
        ticket.snoozed_until,
    )
    assert ["My lamp flickers"] == house.look(messages, ticket.id)


def test_everything_is_offered_as_plain_fields_of_the_queues_hours(house: Doorstep) -> None:
    customer = Customer(house)

    assert ["soon", "2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T14:00Z"] == customer.windows[:4]
    assert 1 + 3 + 4 * 4 == len(customer.windows)
    assert ["soon"] == customer.chosen()
    assert "For example +49 1512 3456789." in customer.text
    assert 'value="billing"' in customer.page.text


def test_times_are_told_on_the_customers_clock(house: Doorstep) -> None:
    assert "05:00–07:00" in Customer(house, "/callback?zone=America/New_York").text
    assert "New York time" in Customer(house, "/callback?zone=America/New_York").text
    assert "Berlin time" in Customer(house, "/callback?zone=../../etc/passwd").text
    assert "Berlin time" in Customer(house, "/callback?zone=Mars/Olympus_Mons").text


def test_calls_go_on_when_the_desks_time_zone_was_dropped(house: Doorstep, dropped: None) -> None:
    """Row 45: its times are told in UTC, on the form and on the page of a request."""
    customer = Customer(house)
    customer.send(phone=another(), window="2026-11-24T09:00Z")
    customer.follow()

    assert "Tue, Nov 24, 09:00–11:00 (UTC)" in customer.text
    assert "UTC" in Customer(house).text
    assert "17:00–19:00" in Customer(house, "/callback?zone=Asia/Shanghai").text


def test_the_page_speaks_the_language_that_was_asked_for(house: Doorstep) -> None:
    page = Customer(house, "/callback?site=shop&lang=zh").page.text

    assert '<html lang="zh-Hans">' in page
    assert "账单" in page


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"phone": "0151"}, 422, "This number looks incomplete. It should look like +49 1512 3456789."),
        ({"phone": ""}, 422, "This is needed."),
        ({"window": "2026-11-23T08:00Z"}, 422, "This time is over or taken, or we are closed then."),
        ({"window": "2026-11-28T09:00Z"}, 422, "This time is over or taken, or we are closed then."),
        ({"window": "yesterday"}, 422, "Choose from what is offered."),
        ({"email": "sam at example"}, 422, "This does not look like an email address."),
        ({"text": "x" * 2001}, 422, "This is longer than it can be, by 1."),
        ({"topic": "nonsense"}, 422, "Choose from what is offered."),
        ({"key": "forged"}, 409, "Please send this once more. What you wrote is still here."),
        ({"website": "https://spam.example"}, 409, "Please send this once more. What you wrote is still here."),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_nothing_else(
    house: Doorstep, fields: dict[str, str], status: int, says: str
) -> None:
    before, customer = house.look(count), Customer(house)

    customer.send(**{"name": "Zoë & Sam", "text": "My lamp", **fields})

    assert (status, before) == (customer.page.status_code, house.look(count))
    assert says in customer.text
    assert 'value="Zoë &amp; Sam"' in customer.page.text
    assert "Please check" in customer.text or status == 409
    if status == 422 and "window" not in fields:
        (wrong,) = fields
        assert re.search(
            rf'<(input|textarea|select) [^>]*id="f-{wrong}"[^>]*aria-invalid="true"[^>]*autofocus', customer.page.text
        )
        assert f'aria-describedby="f-{wrong}-wrong' in customer.page.text


def test_a_closed_time_is_answered_with_the_nearest_ones_first(house: Doorstep) -> None:
    customer = Customer(house)

    customer.send(window="2026-11-28T09:00Z")

    assert ["2026-11-27T10:00Z", "2026-11-27T12:00Z", "2026-11-27T14:00Z"] == customer.windows[:3]
    assert ["2026-11-27T10:00Z"] == customer.chosen()
    assert re.search(r'value="2026-11-27T10:00Z" checked autofocus', customer.page.text)
    customer.send(phone=another(), window=customer.windows[0])
    assert 303 == customer.page.status_code


def test_a_double_click_is_one_request_with_one_page(house: Doorstep) -> None:
    customer, before, number = Customer(house), house.look(count), another()
    key = customer.key

    first = customer.send(phone=number, key=key).headers["location"]
    customer.page = house.open(customer.path)
    again = customer.send(phone=number, key=key).headers["location"]

    assert (first, before + 1) == (again, house.look(count))


def test_the_same_number_asking_twice_reads_its_time_and_what_was_added_and_gets_no_link(house: Doorstep) -> None:
    _, callback = asked(house, window="2026-11-24T08:00Z")
    before = house.look(count)

    other = Customer(house)
    other.send(phone=callback.phone, window="2026-11-25T08:00Z", text="Ring my <neighbour>", email="li@mail.example")

    assert (200, before) == (other.page.status_code, house.look(count))
    assert "You already have a request" in other.text
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in other.text
    assert "What you sent now joins that request. We have added:" in other.text
    assert "Ring my &lt;neighbour&gt;" in other.page.text
    assert "li@mail.example" in other.text
    assert "/callback/" not in other.page.text
    assert ["Ring my <neighbour>"] == house.look(messages, callback.ticket_id)
    other = Customer(house)
    other.send(phone=callback.phone, email="mallory@mail.example")
    assert "There was nothing to add to it. The email address that we were given first stays." in " ".join(
        other.text.split()
    )


def test_five_an_hour_from_one_address_and_a_repeat_is_still_answered(house: Doorstep) -> None:
    customer, key = Customer(house), ""
    for _ in range(5):
        customer.page = house.open("/callback?site=shop")
        key = customer.key
        assert 303 == customer.send(phone=another(), key=key).status_code
    before = house.look(count)

    customer.page = house.open("/callback?site=shop")
    refused = customer.send(phone=another(), name="Sam")

    assert (429, before) == (refused.status_code, house.look(count))
    assert int(refused.headers["retry-after"]) > 0
    assert 'value="Sam"' in refused.text
    assert 303 == customer.send(key=key).status_code


def test_foreign_pages_can_neither_send_the_form_nor_frame_it(house: Doorstep) -> None:
    customer = Customer(house)
    data = {"key": customer.key, "phone": another(), "window": "soon"}

    for manners in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        sent = house.client.post("/callback", data=data, headers={**house.manners, **manners})
        assert 403 == sent.status_code

    def framers(path: str) -> str:
        policy: str = house.open(path).headers["content-security-policy"]
        return policy.partition("frame-ancestors ")[2].partition(";")[0]

    assert "'self'" == framers("/callback?site=shop")
    assert "'self' https://shop.example" == framers("/callback?site=shop&in=widget")
    assert "'self'" == framers("/callback?in=widget")
    assert "'self'" == framers("/callback?site=nobody&in=widget")
    assert 404 == house.open("/callback?site=nobody").status_code
    assert "x-frame-options" not in house.open("/callback?site=shop&in=widget").headers
