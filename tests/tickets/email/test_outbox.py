"""What an agent answers becomes one mail in the same change, in the right thread; what the desk says itself is rare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import a_ticket
from tests.tickets.email.letters import RULES, SAM, THEIRS, a_letter, a_mailroom, an_answer, outbox
from tickets.email import mail_ids
from tickets.email.correspondence import correspond
from tickets.email.mailbox import add_mailbox
from tickets.email.names import ticket_of_message_id
from tickets.email.outbox import post_notice, reply_subject
from tickets.email.outgoing import MailState


def test_an_answer_goes_out_as_one_mail_in_its_thread() -> None:
    change, box = a_mailroom()
    ticket, told = a_letter(change, box)
    told.add_copy(change, "priya@customer.example")
    said = an_answer(change, ticket)

    (mail,) = outbox(change)
    assert (said.id, box.id, "Ada", SAM, "Sam Okafor") == (
        mail.message_id,
        mail.mailbox_id,
        mail.from_name,
        mail.to_address,
        mail.to_name,
    )
    assert [(SAM, "to"), ("priya@customer.example", "cc")] == [(one["address"], one["kind"]) for one in mail.recipients]
    assert ("Re: Where is my parcel?", THEIRS, [THEIRS]) == (mail.subject, mail.in_reply_to, mail.references)
    assert (MailState.QUEUED, change.now) == (mail.state, mail.due_at)
    assert "email" == said.channel


def test_its_message_id_leads_back_to_the_ticket() -> None:
    change, box = a_mailroom()
    ticket, _ = a_letter(change, box)
    an_answer(change, ticket)

    (mail,) = outbox(change)
    assert mail.mail_id.endswith("@desk.example>")
    assert ticket.id == ticket_of_message_id(RULES.seals, mail.mail_id)
    assert {mail.mail_id: [ticket.id]} == mail_ids.tickets_of(change, [mail.mail_id, "<unknown@x>"])


def test_a_second_answer_still_answers_their_last_mail() -> None:
    change, box = a_mailroom()
    ticket, _ = a_letter(change, box)
    an_answer(change, ticket)
    an_answer(change, ticket, "One more thing.")
    first, second = outbox(change)

    assert THEIRS == second.in_reply_to
    assert [first.mail_id, THEIRS] == second.references

    correspond(change, ticket, address=SAM, message_id="<second@customer.example>", references=[THEIRS, first.mail_id])
    an_answer(change, ticket, "You are welcome.")
    third = outbox(change)[2]
    assert "<second@customer.example>" == third.in_reply_to == third.references[-1]
    assert {THEIRS, first.mail_id, second.mail_id} < set(third.references)
    assert 3 == len({mail.mail_id for mail in outbox(change)})


def test_who_is_there_live_gets_no_mail() -> None:
    change, _ = a_mailroom()
    ticket = a_ticket(change, live=True)
    correspond(change, ticket, address=SAM)
    said = an_answer(change, ticket)
    assert ([], "chat") == (outbox(change), said.channel)

    ticket.end_live(change)
    later = an_answer(change, ticket, "You left; here it is.")
    assert [later.id] == [mail.message_id for mail in outbox(change)]
    assert "email" == later.channel
    assert ("Where is my parcel?", "") == (outbox(change)[0].subject, outbox(change)[0].in_reply_to)


def test_who_has_no_address_and_notes_get_no_mail() -> None:
    change, box = a_mailroom()
    an_answer(change, a_ticket(change))
    ticket, _ = a_letter(change, box)
    ticket.note(change, "Sounds upset.", client_id="n", name="Ada")
    assert [] == outbox(change)


def test_a_desk_without_an_address_keeps_the_mail() -> None:
    change, box = a_mailroom()
    box.active = False
    ticket, _ = a_letter(change, None)
    an_answer(change, ticket)

    assert [None] == [mail.mailbox_id for mail in outbox(change)]


def test_an_answer_goes_out_from_the_mailbox_of_its_queue() -> None:
    change, _ = a_mailroom()
    vip = add_mailbox(change, "vip@shop.example", queue_id=7)
    ticket, _ = a_letter(change, None)
    ticket.move(change, 7)
    an_answer(change, ticket)

    assert [vip.id] == [mail.mailbox_id for mail in outbox(change)]


@pytest.mark.parametrize(
    "broken", ["no brackets", "<two words@x>", "<a@b>\r\nBcc: x", "<" + "a" * 500 + "@x>", "<é@x>"]
)
def test_a_message_id_that_is_none_stands_in_no_header(broken: str) -> None:
    change, box = a_mailroom()
    ticket, _ = a_letter(change, box, message_id=broken)
    an_answer(change, ticket)

    assert ("", []) == (outbox(change)[0].in_reply_to, outbox(change)[0].references)


@pytest.mark.parametrize(
    "subject", ["Parcel", "Re: Parcel", "RE:Re : Parcel", "AW: Re[2]: Parcel", "回复：答复: Parcel", "  re:   Parcel  "]
)
def test_re_is_said_once(subject: str) -> None:
    assert "Re: Parcel" == reply_subject(subject)


@given(st.text(max_size=60))
def test_re_is_said_once_of_anything(subject: str) -> None:
    once = reply_subject(subject)
    assert once == reply_subject(once)


NOTICE = {"notice": "complaint", "facts": {"number": "C-1", "link": "/complaint/abc"}}


def test_a_notice_waits_in_the_outbox_and_says_so() -> None:
    change, _ = a_mailroom()
    ticket = a_ticket(change)
    change.events.clear()
    mail = post_notice(change, ticket, to="Sam@customer.example", notice="callback", facts={"link": "/callback/x"})

    assert mail is not None
    assert ["MailQueued"] == change.kinds
    assert (SAM, "callback", "", {"link": "/callback/x"}) == (mail.to_address, mail.notice, mail.subject, mail.facts)
    assert ticket.id == ticket_of_message_id(RULES.seals, mail.mail_id)


def test_an_address_gets_one_notice_of_a_kind_an_hour_and_three_a_day() -> None:
    """ack_rate: whoever types somebody else's address into a form cannot flood them (reliability.md 6.9)."""
    change, _ = a_mailroom()

    def told(to: str = SAM, notice: str = "complaint") -> bool:
        return post_notice(change, a_ticket(change), to=to, notice=notice, facts={}) is not None

    assert [True, False, True, True] == [told(), told(), told(notice="callback"), told("priya@customer.example")]
    got = []
    for _ in range(23):
        change.moves(minutes=61)
        got.append(told())
    assert [True, True] == [got[0], got[1]]
    assert 3 == 1 + sum(got[:22])
    change.moves(hours=20)
    assert told()


def test_a_desk_sends_so_many_notices_a_minute_and_no_more() -> None:
    from dataclasses import replace

    change, _ = a_mailroom(rules=replace(RULES, notices_per_minute=3))
    ticket = a_ticket(change)
    sent = [post_notice(change, ticket, to=f"{n}@x.example", notice="complaint", facts={}) for n in range(5)]
    assert [True] * 3 + [False] * 2 == [mail is not None for mail in sent]
    change.moves(minutes=2)
    assert post_notice(change, ticket, to="9@x.example", notice="complaint", facts={})


def test_the_desk_never_writes_to_itself_or_to_nobody() -> None:
    change, box = a_mailroom()
    ticket = a_ticket(change)
    for to in (box.address, "support+t5.x@shop.example", "no address", "", "a@b\r\nBcc: c@d.example"):
        assert post_notice(change, ticket, to=to, notice="complaint", facts={}) is None
    assert [] == outbox(change)
