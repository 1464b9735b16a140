"""The page on which who waits in a chat asks to be called or written to instead, through the front door."""

from __future__ import annotations

from sqlmodel import select

from routing.callbacks import turning
from routing.queues import Queue
from tests.cast import a_customer
from tests.routing.callbacks.customer import Customer, another, count, ticket_of
from tests.server.doorstep import Doorstep
from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.opening import open_ticket
from tickets.status import Channel


def waits(house: Doorstep) -> int:
    """Sam waits in the chat; the ticket's id."""

    def begins(change: Change) -> int:
        queue = change.one(select(Queue))
        assert queue is not None
        return open_ticket(change, a_customer(change), channel=Channel.CHAT, live=True, queue_id=queue.id).id

    ticket_id: int = house.change(begins)
    return ticket_id


def page_of(house: Doorstep, ticket_id: int) -> Customer:
    seals = house.client.app_state["desk"].rules.seals
    return Customer(house, f"/callback?site=shop&in=widget&chat={turning.seal(seals, ticket_id, house.clock.now())}")


def seal_on(customer: Customer) -> str:
    return customer.path.partition("chat=")[2]


def test_a_chat_turns_into_a_call_and_back_by_the_customers_own_hand(house: Doorstep) -> None:
    ticket_id, before = waits(house), house.look(count)
    customer = page_of(house, ticket_id)
    path = customer.path
    assert "You keep your place in line." in customer.text

    customer.send(phone=another(), chat=seal_on(customer))
    customer.follow()
    assert "Thank you, we will call you" in customer.text
    assert (before + 1, "callback") == (house.look(count), house.look(ticket_of, ticket_id).channel)

    assert 303 == house.open(path).status_code, "who looks again finds their request"
    customer.page = house.client.post(customer.path, data={"act": "chat"}, headers=house.manners)
    customer.follow()
    assert "You wait in the chat again, at your old place" in customer.text
    ticket = house.look(ticket_of, ticket_id)
    assert ("chat", True) == (ticket.channel, ticket.live)


def test_a_chat_turns_into_a_letter(house: Doorstep) -> None:
    ticket_id = waits(house)
    customer = page_of(house, ticket_id)

    customer.send(act="email", email="not an address", chat=seal_on(customer))
    assert 422 == customer.page.status_code
    assert house.look(ticket_of, ticket_id).live

    customer.send(act="email", email="sam@mail.example", chat=seal_on(customer))
    assert "Our answer goes to sam@mail.example." in customer.text
    assert not house.look(ticket_of, ticket_id).live
    assert "sam@mail.example" == house.look(lambda session: session.get_one(Correspondence, ticket_id)).address


def test_whoever_has_no_seal_turns_nobodys_chat(house: Doorstep) -> None:
    """Mallory knows the number of Sam's ticket; what they ask for is a request of their own."""
    ticket_id, before = waits(house), house.look(count)
    mallory = Customer(house)

    mallory.send(phone=another(), chat=f"{ticket_id}-ffffffff-{'a' * 20}")
    assert 303 == mallory.page.status_code
    assert before + 1 == house.look(count)
    ticket = house.look(ticket_of, ticket_id)
    assert ("chat", True) == (ticket.channel, ticket.live)

    mallory = Customer(house)
    mallory.send(act="email", email="mallory@mail.example", chat="x", phone=another())
    assert house.look(ticket_of, ticket_id).live
