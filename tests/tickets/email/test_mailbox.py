"""An address belongs to one mailbox, and mail to any form of it finds that one."""

import pytest

from tests.cast import a_change
from tests.tickets.email.letters import RULES
from tickets.email.mailbox import LONGEST_LOCAL, add_mailbox, by_address, mailboxes, of_queue
from tickets.email.names import reply_address
from tickets.errors import Conflict, Refused


def test_every_form_of_an_address_finds_its_mailbox() -> None:
    change = a_change()
    support, sales = add_mailbox(change, "Support@Shop.example"), add_mailbox(change, "sales@shop.example")

    for address in (
        "support@shop.example",
        "SUPPORT@shop.EXAMPLE",
        "support+urgent@shop.example",
        reply_address(RULES.seals, "support@shop.example", 42),
    ):
        assert by_address(change, address) is support
    assert by_address(change, "sales@shop.example") is sales
    assert by_address(change, "support@elsewhere.example") is None
    assert by_address(change, "") is None


def test_a_mailbox_goes_by_the_beginning_of_its_address_until_it_is_named() -> None:
    change = a_change()
    box = add_mailbox(change, "help@shop.example", name="  ")

    assert ("help", ["MailboxChanged"]) == (box.name, change.kinds)
    box.edit(change, address="help@shop.example", name="Help\r\nBcc: everybody")
    assert "Help Bcc: everybody" == box.name
    box.edit(change, address="help@shop.example", name="Help Bcc: everybody")
    assert ["MailboxChanged"] * 2 == change.kinds


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "two@at@signs.example",
        "a b@shop.example",
        "support+x@shop.example",
        "a@b\r\n.example",
        "a" * (LONGEST_LOCAL + 1) + "@shop.example",
    ],
)
def test_what_cannot_take_replies_is_no_mailbox(address: str) -> None:
    with pytest.raises(Refused) as refused:
        add_mailbox(a_change(), address)
    assert "address" == refused.value.field


def test_an_address_is_taken_once() -> None:
    change = a_change()
    add_mailbox(change, "support@shop.example")
    other = add_mailbox(change, "sales@shop.example")

    with pytest.raises(Conflict):
        add_mailbox(change, "SUPPORT@shop.example")
    with pytest.raises(Conflict):
        other.edit(change, address="support@shop.example", name="Sales")


def test_a_queue_is_answered_for_by_its_own_mailbox_else_the_first_active_one() -> None:
    change = a_change()
    assert of_queue(change, None) is None
    gone = add_mailbox(change, "old@shop.example", active=False)
    first, own = add_mailbox(change, "support@shop.example"), add_mailbox(change, "vip@shop.example", queue_id=7)

    assert (first, own, first) == (of_queue(change, None), of_queue(change, 7), of_queue(change, 8))
    assert [gone, first, own] == [*mailboxes(change.session)]
