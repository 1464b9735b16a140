"""What is sent names an address for what comes back of it, and goes out all the same where that cannot be."""

from __future__ import annotations

from tests.server.mail.test_postman import Office, office

__all__ = ["office"]


async def test_a_relay_that_knows_only_the_mailbox_gets_mail_from_that(office: Office) -> None:
    """An address of the mail's own is a convenience, and no reason not to send it."""
    await office.answers()
    office.relay.says("MAIL", "553 5.7.1 Sender address rejected: not owned by user")
    await office.postman.work_off()
    (taken,) = office.relay.taken
    assert ("support@shop.example", ["sent"]) == (taken.sender, await office.states())


async def test_what_comes_back_can_come_to_the_mailbox(office: Office) -> None:
    await office.answers()
    await office.a_postman(own_returns=False).work_off()
    assert ["support@shop.example"] == [taken.sender for taken in office.relay.taken]
