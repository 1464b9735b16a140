"""A mailbox has words of its own for what the desk writes by itself: filled by name, and nothing that cannot be."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.tickets.email.letters import a_mailroom
from tickets.email.templates import BLANKS, MailTemplate, template_of, write
from tickets.errors import NotFound, Refused

USUAL = ("We have received your mail", "Hello\n")


def test_they_are_kept_for_a_mailbox_a_kind_and_a_language() -> None:
    change, box = a_mailroom()
    write(change, box.id, "received", "en", subject=" Yours\n", text="It is {{ticket.number}}. ")
    change.write()

    found = template_of(change.session, box.id, "received", "en")
    assert found is not None
    assert ("Yours", "It is {{ticket.number}}.") == (found.subject, found.text)
    assert template_of(change.session, box.id, "received", "zh") is None
    assert template_of(change.session, box.id, "complaint", "en") is None


def test_what_is_empty_is_what_the_house_says() -> None:
    change, box = a_mailroom()
    write(change, box.id, "received", "en", subject="", text="Ours")
    change.write()
    (own,) = change.rows(select(MailTemplate))
    assert (USUAL[0], "Ours\n") == own.filled({}, USUAL)

    write(change, box.id, "received", "en", subject="", text="")
    change.write()
    assert [] == change.rows(select(MailTemplate))
    told = change.kinds.count("MailboxChanged")
    write(change, box.id, "received", "en", subject="", text=" ")
    assert told == change.kinds.count("MailboxChanged"), "nothing has changed"


@pytest.mark.parametrize("text", ["{{customer.name}}", "{{Ticket.Number}}", "{{7*7}}", "{{ }}", "{{ticket.number|e}}"])
def test_what_cannot_be_filled_in_is_refused_with_what_can(text: str) -> None:
    change, box = a_mailroom()
    for field in ("subject", "text"):
        words = {"subject": "", "text": "", field: f"Hello {text}"}
        with pytest.raises(Refused, match="cannot be filled in") as refused:
            write(change, box.id, "received", "en", **words)
        assert (field, "{{mailbox.name}}, {{mailbox.address}}, {{ticket.number}}") == (
            refused.value.field,
            refused.value.facts["blanks"],
        )


def test_a_mail_of_answers_holds_them() -> None:
    change, box = a_mailroom()
    with pytest.raises(Refused, match="say nothing"):
        write(change, box.id, "answers", "en", subject="Hello", text="We have answered you.")
    write(change, box.id, "answers", "en", subject="Hello", text="We have answered you: {{ chat.answers }}")
    with pytest.raises(NotFound):
        write(change, box.id, "promise", "en", subject="", text="")


def test_a_value_is_never_looked_at_again() -> None:
    own = MailTemplate(id=1, mailbox_id=1, notice="answers", language="en", subject="", text="{{chat.answers}}")
    values = {"chat.answers": "{{mailbox.address}} {{7*7}}", "mailbox.address": "x"}
    assert "{{mailbox.address}} {{7*7}}\n" == own.filled(values, USUAL)[1]


def test_no_blank_holds_a_word_of_the_customers() -> None:
    """Nobody can have the desk send their text to somebody else (RFC 3834 2)."""
    assert not any("customer" in blank or "subject" in blank for blanks in BLANKS.values() for blank in blanks)
