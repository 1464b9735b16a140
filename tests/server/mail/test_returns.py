"""What is sent names an address for what comes back of it, and goes out all the same where that cannot be."""

from __future__ import annotations

import pytest

from tests.server.mail.test_postman import Office, office

__all__ = ["office"]


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("MAIL", "553 5.7.1 Not allowed"),
        ("RCPT", "553 5.7.1 <x@y>: Sender address rejected: not owned by user desk"),
        ("DOT", "550 5.7.60 Client does not have permissions to send as this sender"),
    ],
)
async def test_a_relay_that_knows_only_the_mailbox_gets_mail_from_that(office: Office, stage: str, says: str) -> None:
    """An address of the mail's own is a convenience, and no reason not to send it; many servers say so late."""
    await office.answers()
    office.relay.says(stage, says)
    await office.postman.work_off()
    (taken,) = office.relay.taken
    assert ("support@shop.example", ["sent"]) == (taken.sender, await office.states())


@pytest.mark.parametrize(("stage", "says"), [("RCPT", "550 5.1.1 Unknown"), ("DOT", "554 5.7.1 This looks like spam")])
async def test_what_is_about_somebody_else_is_not_tried_again(office: Office, stage: str, says: str) -> None:
    await office.answers()
    office.relay.says(stage, says)
    await office.postman.work_off()
    assert ["failed"] == await office.states()
    assert 1 == sum(line.startswith("MAIL FROM") for line in office.relay.heard)


async def test_what_comes_back_can_come_to_the_mailbox(office: Office) -> None:
    await office.answers()
    await office.a_postman(own_returns=False).work_off()
    assert ["support@shop.example"] == [taken.sender for taken in office.relay.taken]
