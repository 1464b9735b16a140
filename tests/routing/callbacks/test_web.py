"""The form of somebody who wants to be rung, their own page, and the agent's buttons, through the front door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from chat.site import SiteForm, add_site
from routing.callbacks.callback import Callback, State
from routing.hours import add_calendar
from routing.placing import place
from routing.queues import Delivery, add_queue
from server.app import House, create_app
from server.config import Config
from server.settings import Callbacks, Database, Files, Secrets, Server
from tests.cast import MovedClock
from tests.routing.callbacks.calls import OFFICE, at
from tests.server.doorstep import Doorstep, hire
from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import Outgoing
from tickets.message import Message
from tickets.people import Identifier, Role
from tickets.ticket import Ticket
from widgets.notices import notice

URL = "https://desk.example"
NUMBER = "030 1234567"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """The whole house on Monday at ten in Berlin, with Ada at Calls and a shop whose chat offers calls."""
    folder = tmp_path_factory.mktemp("house")
    config = Config(
        server=Server(public_url=URL),
        database=Database(url=f"sqlite:///{folder}/desk.db"),
        files=Files(folder=str(folder / "files")),
        secrets=Secrets(kept_in=str(folder / "secret.key")),
        callbacks=Callbacks(region="DE"),
    )
    clock = MovedClock(at("2026-11-23T10:00"))
    app = create_app(config, House(config, clock=clock))
    with TestClient(app, base_url=URL, follow_redirects=False) as client:
        step = Doorstep(client, clock, app, config)
        step.agents["Ada"] = step.change(hire, "Ada", Role.AGENT)
        step.change(_furnish)
        yield step


def _furnish(change: Change) -> None:
    calendar = add_calendar(change, "Office", OFFICE)
    queue = add_queue(change, "Calls", delivery=Delivery.OFFER)
    queue.set_rules(change, delivery=Delivery.OFFER, calendar_id=calendar.id)
    place(change, "callback", "", queue.id)
    topics = [{"key": "billing", "name": {"en": "Billing", "zh": "账单"}}]
    add_site(change, SiteForm("shop", "Lumen", origins=["https://shop.example"], topics=topics, forms=["callback"]))
    add_mailbox(change, "support@lumen.example", name="Lumen")


@pytest.fixture(autouse=True)
def _unhurried(house: Doorstep) -> None:
    """Each story begins with all its tries left."""
    limits = house.client.app_state["limits"]
    for limit in (limits._form, limits._form_from, limits._try):
        limit._full_at.clear()


class Customer:
    """A browser without scripts."""

    def __init__(self, house: Doorstep, path: str = "/callback?site=shop") -> None:
        self.house = house
        self.path = path
        self.page = house.open(path)

    @property
    def text(self) -> str:
        return unescape(re.sub(r"<[^>]+>", " ", self.page.text))

    @property
    def key(self) -> str:
        found = re.search(r'name="key" value="([^"]+)"', self.page.text)
        assert found is not None
        return found[1]

    @property
    def windows(self) -> list[str]:
        return re.findall(r'name="window" value="([^"]+)"', self.page.text)

    def chosen(self, name: str = "window") -> list[str]:
        return re.findall(rf'name="{name}" value="([^"]+)" checked', self.page.text)

    def send(self, **fields: str) -> Any:
        """Send the form that is on the page, as it stands there but for these."""
        data = {"key": self.key, "phone": NUMBER, "window": "soon", **fields}
        self.page = self.house.client.post(self.path, data=data, headers=self.house.manners)
        return self.page

    def follow(self) -> None:
        assert 303 == self.page.status_code
        self.path = self.page.headers["location"]
        self.page = self.house.open(self.path)


_numbers = iter(range(1000, 10000))


def another() -> str:
    """A number that nobody has used yet."""
    return f"030 123{next(_numbers)}"


def asked(house: Doorstep, **fields: str) -> tuple[Customer, Callback]:
    """Somebody has asked, and looks at their own page."""
    customer = Customer(house)
    customer.send(**{"phone": another(), **fields})
    customer.follow()
    return customer, house.look(_newest)


def _newest(session: Session) -> Callback:
    return session.exec(select(Callback).order_by(Callback.ticket_id.desc())).first()  # type: ignore[attr-defined, return-value]


def _count(session: Session) -> int:
    return len(session.exec(select(Callback)).all())


def _ticket(session: Session, id: int) -> Ticket:
    return session.get_one(Ticket, id)


def _messages(session: Session, id: int) -> list[str]:
    return [one.text for one in session.exec(select(Message).where(Message.ticket_id == id))]


def _notices(session: Session, id: int) -> list[Outgoing]:
    return list(session.exec(select(Outgoing).where(Outgoing.ticket_id == id)))


def test_a_call_is_asked_for_and_its_page_says_when_we_ring(house: Doorstep) -> None:
    customer, callback = asked(house, text="My lamp flickers", name="Sam", topic="billing", window="2026-11-24T08:00Z")

    assert "Thank you, we will call you" in customer.text
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in customer.text
    ticket = house.look(_ticket, callback.ticket_id)
    assert ("callback", "billing", "My lamp flickers", at("2026-11-24T09:00")) == (
        ticket.channel,
        ticket.category,
        ticket.subject,
        ticket.snoozed_until,
    )
    assert ["My lamp flickers"] == house.look(_messages, ticket.id)


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


def test_the_page_speaks_the_language_that_was_asked_for(house: Doorstep) -> None:
    page = Customer(house, "/callback?site=shop&lang=zh").page.text

    assert '<html lang="zh-Hans">' in page
    assert "账单" in page


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"phone": "0151"}, 422, "This number looks incomplete. It should look like +49 1512 3456789."),
        ({"phone": ""}, 422, "This is needed."),
        ({"window": "2026-11-23T08:00Z"}, 422, "This time is over, or we are closed then."),
        ({"window": "2026-11-28T09:00Z"}, 422, "This time is over, or we are closed then."),
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
    before, customer = house.look(_count), Customer(house)

    customer.send(**{"name": "Zoë & Sam", "text": "My lamp", **fields})

    assert (status, before) == (customer.page.status_code, house.look(_count))
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
    customer, before, number = Customer(house), house.look(_count), another()
    key = customer.key

    first = customer.send(phone=number, key=key).headers["location"]
    customer.page = house.open(customer.path)
    again = customer.send(phone=number, key=key).headers["location"]

    assert (first, before + 1) == (again, house.look(_count))


def test_the_same_number_asking_twice_reads_its_time_and_gets_no_link(house: Doorstep) -> None:
    _, callback = asked(house, window="2026-11-24T08:00Z")
    before = house.look(_count)

    other = Customer(house)
    other.send(phone=callback.phone, window="2026-11-25T08:00Z", text="Ring my neighbour")

    assert (200, before) == (other.page.status_code, house.look(_count))
    assert "You already have a request" in other.text
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in other.text
    assert "/callback/" not in other.page.text
    assert [] == house.look(_messages, callback.ticket_id)


def test_five_an_hour_from_one_address_and_a_repeat_is_still_answered(house: Doorstep) -> None:
    customer, key = Customer(house), ""
    for _ in range(5):
        customer.page = house.open("/callback?site=shop")
        key = customer.key
        assert 303 == customer.send(phone=another(), key=key).status_code
    before = house.look(_count)

    customer.page = house.open("/callback?site=shop")
    refused = customer.send(phone=another(), name="Sam")

    assert (429, before) == (refused.status_code, house.look(_count))
    assert int(refused.headers["retry-after"]) > 0
    assert 'value="Sam"' in refused.text
    assert 303 == customer.send(key=key).status_code


def test_with_an_address_there_is_a_mail_with_the_time_and_the_link_and_none_of_their_words(house: Doorstep) -> None:
    customer, callback = asked(
        house, email="Sam@Example.com", name="Sam", text="Ring <b>me</b>", window="2026-11-24T08:00Z"
    )
    (mail,) = house.look(_notices, callback.ticket_id)

    subject, text = notice(mail.notice, mail.language, mail.facts, public_url=URL, desk="Lumen")

    assert ("sam@example.com", "We will call you") == (mail.to_address, subject)
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in text
    assert "Ring" not in text
    link = re.search(rf"{URL}(/callback/\S+)", text)
    assert link is not None
    assert "Cancel the call" in house.open(link[1]).text
    assert "We have sent you a mail" in customer.text
    assert "sam@example.com" == house.look(lambda session: session.get(Correspondence, callback.ticket_id).address)


def test_what_was_typed_is_kept_as_a_claim(house: Doorstep) -> None:
    _, callback = asked(house, email="priya@example.com")
    ticket = house.look(_ticket, callback.ticket_id)

    claims = house.look(
        lambda session: session.exec(select(Identifier).where(Identifier.customer_id == ticket.customer_id)).all()
    )

    assert {("phone", callback.phone, False), ("email", "priya@example.com", False)} == {
        (one.kind, one.value, one.verified) for one in claims
    }


def test_the_link_moves_the_call_and_cancels_it_and_looking_does_neither(house: Doorstep) -> None:
    customer, callback = asked(house, window="2026-11-24T08:00Z")
    own = customer.path.partition("?")[0]

    for _ in range(2):
        house.open(own)
    assert State.SCHEDULED == house.look(_newest).state
    moved = house.client.post(own, data={"act": "move", "window": "2026-11-25T10:00Z"}, headers=house.manners)
    assert "Wed, Nov 25, 11:00–13:00" in unescape(house.open(moved.headers["location"]).text)
    refused = house.client.post(own, data={"act": "move", "window": "2026-11-22T10:00Z"}, headers=house.manners)
    assert 422 == refused.status_code
    assert "Choose one of the times nearest to it." in refused.text
    gone = house.client.post(own, data={"act": "cancel"}, headers=house.manners)
    assert "Your call is cancelled" in house.open(gone.headers["location"]).text
    again = house.client.post(own, data={"act": "move", "window": "soon"}, headers=house.manners)

    assert (409, "cancelled") == (again.status_code, house.look(_newest).outcome)
    assert ("resolved", callback.ticket_id) == (
        house.look(_ticket, callback.ticket_id).status,
        house.look(_newest).ticket_id,
    )


def test_a_link_that_was_changed_or_is_too_old_opens_nothing(house: Doorstep) -> None:
    customer, callback = asked(house)
    own = customer.path.partition("?")[0]
    complaint = house.client.app_state["desk"].rules.seals.token(
        "complaint", callback.ticket_id, at("2027-01-01T00:00")
    )

    for address in (own[:-1] + "x", own.replace("-", "--"), f"/callback/{complaint}", "/callback/1", "/callback/-"):
        assert 404 == house.open(address).status_code
    before = house.clock.at
    try:
        house.clock.moves(days=31)
        assert 404 == house.open(own).status_code
    finally:
        house.clock.at = before
    assert 200 == house.open(own).status_code


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


def test_an_agent_says_what_became_of_a_try_and_moves_or_cancels(house: Doorstep) -> None:
    _, callback = asked(house)
    path = f"/app/tickets/{callback.ticket_id}/callback"
    house.sign_in()
    token = re.search(r'name="csrf" value="([^"]+)"', house.open("/app/profile").text)
    assert token is not None
    manners = {**house.manners, "x-csrf-token": token[1], "x-requested-with": "frontdesk"}

    def act(method: str, address: str, **data: str) -> int:
        return house.client.request(method, address, data=data or None, headers=manners).status_code

    assert 204 == act("POST", f"{path}/tries/1", outcome="busy")
    assert 204 == act("POST", f"{path}/tries/1", outcome="busy")
    assert (1, State.RETRY_WAIT) == (house.look(_newest).attempts, house.look(_newest).state)
    assert 409 == act("POST", f"{path}/tries/1", outcome="reached")
    assert 422 == act("POST", f"{path}/tries/2", outcome="bored")
    assert 204 == act("POST", path, start="2026-11-25T10:00Z")
    assert datetime(2026, 11, 25, 10, tzinfo=UTC) == house.look(_newest).start
    assert 422 == act("POST", path, start="2026-11-28T10:00Z")
    assert 204 == act("DELETE", path)
    assert "cancelled" == house.look(_newest).outcome
    assert 404 == act("DELETE", "/app/tickets/999999/callback")
