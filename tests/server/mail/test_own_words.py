"""A mailbox's own words are what its automatic mails say; another language, and another kind, goes on as usual."""

from __future__ import annotations

from sqlmodel import select

from tests.cast import a_ticket
from tests.server.mail.test_postman import Office, office, read, text_of
from tests.tickets.email.letters import SAM
from tickets.change import Change
from tickets.email.mailbox import Mailbox
from tickets.email.outbox import post_notice
from tickets.email.templates import write

__all__ = ["office"]


def posts(change: Change, language: str) -> None:
    ticket = a_ticket(change)
    ticket.language = language
    facts = {"number": "C-1001", "link": "/complaint/{{mailbox.name}}"}
    post_notice(change, ticket, to=f"{language}.{SAM}", notice="complaint", facts=facts)


async def test_they_are_what_is_sent(office: Office) -> None:
    """Each blank is filled once; what nobody changed is the house's; a machine still wrote it."""

    def verb(change: Change) -> None:
        box = change.one(select(Mailbox))
        assert box is not None
        write(
            change, box.id, "complaint", "en", subject="", text="Hello.\n\n{{complaint.link}} ({{ mailbox.address }})"
        )
        posts(change, "en")
        posts(change, "zh")

    await office.desk.change(verb, by="system")
    await office.postman.work_off()

    english, chinese = sorted(office.relay.taken, key=lambda taken: taken.recipients)
    assert "Hello.\n\nhttps://desk.example/complaint/{{mailbox.name}} (support@shop.example)\n" == text_of(english)
    assert "We have received your complaint C-1001" == read(english)["Subject"]
    assert "auto-generated" == read(english)["Auto-Submitted"]
    assert "Hello." not in text_of(chinese)
