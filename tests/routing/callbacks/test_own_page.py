"""The page of a request, the mail that leads to it, and the buttons of the agent who rings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

from sqlmodel import select

from routing.callbacks.callback import State
from tests.routing.callbacks.calls import at
from tests.routing.callbacks.customer import URL, asked, newest, notices, ticket_of
from tests.server.doorstep import Doorstep
from tickets.email.correspondence import Correspondence
from tickets.people import Identifier
from widgets.notices import notice


def test_with_an_address_there_is_a_mail_with_the_time_and_the_link_and_none_of_their_words(house: Doorstep) -> None:
    customer, callback = asked(
        house, email="Sam@Example.com", name="Sam", text="Ring <b>me</b>", window="2026-11-24T08:00Z"
    )
    (mail,) = house.look(notices, callback.ticket_id)

    subject, text = notice(mail.notice, mail.language, mail.facts, public_url=URL, desk="Lumen")

    assert ("sam@example.com", "We will call you") == (mail.to_address, subject)
    assert "Tue, Nov 24, 09:00–11:00 (Berlin time)" in text
    assert "Ring" not in text
    link = re.search(rf"{URL}(/callback/\S+)", text)
    assert link is not None
    assert "Cancel the call" in house.open(link[1]).text
    assert "We have sent you a mail" in customer.text
    assert "sam@example.com" == house.look(lambda session: session.get(Correspondence, callback.ticket_id).address)


def test_a_mail_about_another_time_without_a_link_says_nothing_of_a_page(house: Doorstep) -> None:
    """It went to an address that came with a second request."""
    facts = {"start": "2026-11-24T08:00:00+00:00", "end": "2026-11-24T10:00:00+00:00", "zone": "UTC", "link": ""}

    _, text = notice("callback_moved", "en", facts, public_url=URL, desk="Lumen")

    assert "Tue, Nov 24, 08:00–10:00 (UTC)" in text
    assert "open this page" not in text


def test_what_was_typed_is_kept_as_a_claim(house: Doorstep) -> None:
    _, callback = asked(house, email="priya@example.com")
    ticket = house.look(ticket_of, callback.ticket_id)

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
    assert State.SCHEDULED == house.look(newest).state
    moved = house.client.post(own, data={"act": "move", "window": "2026-11-25T10:00Z"}, headers=house.manners)
    assert "Wed, Nov 25, 11:00–13:00" in unescape(house.open(moved.headers["location"]).text)
    refused = house.client.post(own, data={"act": "move", "window": "2026-11-22T10:00Z"}, headers=house.manners)
    assert 422 == refused.status_code
    assert "Choose one of the times nearest to it." in refused.text
    gone = house.client.post(own, data={"act": "cancel"}, headers=house.manners)
    assert "Your call is cancelled" in house.open(gone.headers["location"]).text
    again = house.client.post(own, data={"act": "move", "window": "soon"}, headers=house.manners)

    assert (409, "cancelled") == (again.status_code, house.look(newest).outcome)
    assert ("resolved", callback.ticket_id) == (
        house.look(ticket_of, callback.ticket_id).status,
        house.look(newest).ticket_id,
    )


def test_a_link_that_was_changed_or_is_too_old_opens_nothing(house: Doorstep) -> None:
    customer, callback = asked(house)
    own = customer.path.partition("?")[0]
    complaint = house.client.app_state["desk"].rules.seals.token(
        "complaint", callback.ticket_id, at("2027-01-01T00:00")
    )

    altered = own[:-1] + ("y" if own.endswith("x") else "x")

    for address in (altered, own.replace("-", "--"), f"/callback/{complaint}", "/callback/1", "/callback/-"):
        assert 404 == house.open(address).status_code
    before = house.clock.at
    try:
        house.clock.moves(days=31)
        assert 404 == house.open(own).status_code
    finally:
        house.clock.at = before
    assert 200 == house.open(own).status_code


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
    assert (1, State.RETRY_WAIT) == (house.look(newest).attempts, house.look(newest).state)
    assert 409 == act("POST", f"{path}/tries/1", outcome="reached")
    assert 422 == act("POST", f"{path}/tries/2", outcome="bored")
    assert 204 == act("POST", path, start="2026-11-25T10:00Z")
    assert datetime(2026, 11, 25, 10, tzinfo=UTC) == house.look(newest).start
    assert 422 == act("POST", path, start="2026-11-28T10:00Z")
    assert 204 == act("DELETE", path)
    assert "cancelled" == house.look(newest).outcome
    assert 404 == act("DELETE", "/app/tickets/999999/callback")
