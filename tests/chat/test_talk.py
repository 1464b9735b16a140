"""What a visitor says belongs to one ticket, once, in order; and to nobody else's."""

from datetime import timedelta

import pytest

from chat import talk
from chat.site import SiteForm, edit_site
from chat.visitor import Visitor
from tests.cast import UnitChange, a_change, an_agent
from tests.chat.shop import a_site, a_visitor, says, ticket_of
from tickets.email.correspondence import Correspondence
from tickets.errors import Conflict, NotFound, Refused
from tickets.status import Category, Status
from tickets.ticket import Ticket


def a_chat() -> tuple[UnitChange, Visitor, Ticket]:
    """Sam has said hello."""
    change = a_change()
    a_site(change)
    sam = a_visitor(change)
    says(change, sam, name="Sam", email="sam@example.com", topic="billing")
    change.events.clear()
    return change, sam, ticket_of(change, sam)


def test_the_first_words_open_a_live_ticket_with_a_customer() -> None:
    change = a_change()
    a_site(change)
    sam = a_visitor(change, language="zh-CN")
    said = says(change, sam, "\n  Where is my parcel?\nIt is late.", name="Sam", topic="billing")
    ticket = ticket_of(change, sam)
    assert ("Where is my parcel?", "billing", "zh", True) == (
        ticket.subject,
        ticket.category,
        ticket.language,
        ticket.live,
    )
    assert (1, "Sam", f"customer:{sam.customer_id}") == (said.message.seq, said.message.name, said.message.by)
    assert ["TicketOpened", "MessageReceived"] == change.kinds[-2:]


def test_a_topic_that_the_site_does_not_have_is_none() -> None:
    change = a_change()
    a_site(change, default_queue_id=7)
    sam = a_visitor(change)
    says(change, sam, topic="../etc")
    assert ("", 7) == (ticket_of(change, sam).category, ticket_of(change, sam).queue_id)


def test_the_next_words_go_to_the_same_ticket() -> None:
    change, sam, ticket = a_chat()
    change.by = f"customer:{sam.customer_id}"
    said = talk.say(change, visitor_id=sam.id, ticket_id=ticket.id, client_id="c-2", text="Anyone?", called="Sam")
    assert (ticket.id, 2, "Sam") == (said.message.ticket_id, said.message.seq, said.message.name)
    assert ["MessageReceived"] == change.kinds


def test_a_resend_gets_the_first_answer_whatever_became_of_the_ticket() -> None:
    change, sam, ticket = a_chat()
    ticket.resolve(change)
    change.moves(days=30)
    change.events.clear()
    again = says(change, sam, client_id="c-1")
    assert (1, ticket.id) == (again.message.seq, again.message.ticket_id)
    assert ([], Status.RESOLVED.value) == (change.kinds, ticket.status)


def test_a_resend_with_other_words_is_refused() -> None:
    change, sam, _ = a_chat()
    with pytest.raises(Conflict):
        says(change, sam, "Something else", client_id="c-1")


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b\u200d", "\u3164"])
def test_nothing_to_see_is_nothing_said(blank: str) -> None:
    change, sam, ticket = a_chat()
    with pytest.raises(Refused):
        says(change, sam, blank, client_id="c-2")
    assert 1 == ticket.last_seq


def test_too_long_says_by_how_much() -> None:
    change, sam, _ = a_chat()
    with pytest.raises(Refused, match="longer than it can be, by 5"):
        says(change, sam, "x" * 10_005, client_id="c-2")


def test_what_no_screen_can_show_becomes_a_mark() -> None:
    change, sam, _ = a_chat()
    assert "a\ufffdb\ufffd" == says(change, sam, "a\0b\ud800", client_id="c-2").message.text


def test_an_abandoned_chat_is_live_again_when_its_visitor_writes() -> None:
    change, sam, ticket = a_chat()
    ticket.end_live(change)
    change.events.clear()
    said = says(change, sam, client_id="c-2")
    assert (ticket.id, True) == (said.message.ticket_id, ticket.live)
    assert ["LiveBegan", "MessageReceived"] == change.kinds


def test_a_chat_resolved_today_is_reopened_by_its_visitor() -> None:
    change, sam, ticket = a_chat()
    ticket.resolve(change)
    change.moves(hours=23)
    said = says(change, sam, "One more thing", client_id="c-2")
    assert (ticket.id, Category.OPEN, True) == (said.message.ticket_id, ticket.category_of_status, ticket.live)


@pytest.mark.parametrize("why", ["long ago", "closed", "spam", "new chat", "ended"])
def test_what_is_over_stays_over(why: str) -> None:
    """Resolved a day ago, closed for good, left behind or ended by the visitor: the next words are a new matter."""
    change, sam, ticket = a_chat()
    if why == "ended":
        talk.end(change, visitor_id=sam.id)
    elif why in {"closed", "spam"}:
        ticket.set_status(change, Status(why))
    else:
        ticket.resolve(change)
        change.moves(hours=24 if why == "long ago" else 1)
    said = says(change, sam, "Another thing", client_id="c-2", new=why == "new chat")
    assert ticket.id != said.message.ticket_id
    assert (1, said.message.ticket_id, False) == (said.message.seq, sam.ticket_id, sam.over)
    assert sam.customer_id == ticket.customer_id


def test_a_chat_that_goes_on_is_not_left_behind() -> None:
    """Nobody floods the queue by asking for a new chat with every message."""
    change, sam, ticket = a_chat()
    assert ticket.id == says(change, sam, client_id="c-2", new=True).message.ticket_id


def test_the_end_is_said_once_and_nobody_waits_any_more() -> None:
    change, sam, ticket = a_chat()
    talk.end(change, visitor_id=sam.id)
    talk.end(change, visitor_id=sam.id)
    assert ["LiveEnded", "ChatEnded"] == change.kinds
    assert (False, Status.NEW.value) == (ticket.live, ticket.status)


def test_ending_nothing_is_nothing() -> None:
    change = a_change()
    a_site(change)
    assert talk.end(change, visitor_id=a_visitor(change).id) is None


def test_a_chat_is_rated_once() -> None:
    change, sam, ticket = a_chat()
    talk.end(change, visitor_id=sam.id)
    change.events.clear()

    first = talk.rate(change, visitor_id=sam.id, score=5, comment="Quick\0")
    again = talk.rate(change, visitor_id=sam.id, score=5, comment="Quick\0")
    assert (ticket.id, 5, "Quick\ufffd") == (first.ticket_id, first.score, first.comment)
    assert first is again
    assert ["ChatRated"] == change.kinds
    with pytest.raises(Conflict):
        talk.rate(change, visitor_id=sam.id, score=1)


def test_a_chat_that_goes_on_is_not_rated_yet() -> None:
    """A score given while waiting would stand in the way of the one that counts."""
    change, sam, _ = a_chat()
    with pytest.raises(Refused, match="when it has ended"):
        talk.rate(change, visitor_id=sam.id, score=1)
    assert [] == change.kinds


def test_who_never_chatted_has_nothing_to_rate() -> None:
    change = a_change()
    a_site(change)
    with pytest.raises(NotFound):
        talk.rate(change, visitor_id=a_visitor(change).id, score=5)


def test_a_foreign_ticket_is_out_of_reach() -> None:
    """Mallory's session names Sam's ticket: her words open her own, and her eyes do not count."""
    change, _, ticket = a_chat()
    mallory = a_visitor(change, "mallorys-token")
    said = says(change, mallory, "Let me in", ticket_id=ticket.id)
    change.by = f"customer:{mallory.customer_id}"
    talk.see(change, ticket_id=ticket.id, seq=1)
    again = talk.say(change, visitor_id=mallory.id, ticket_id=ticket.id, client_id="c-9", text="Really")
    assert ticket.id not in {said.message.ticket_id, again.message.ticket_id}
    assert (1, 0) == (ticket.last_seq, ticket.customer_seen)


def test_seeing_is_an_event_once() -> None:
    change, sam, ticket = a_chat()
    ticket.reply(change, "Hello Sam", client_id="a", name=an_agent(change).name)
    change.by = f"customer:{sam.customer_id}"
    change.events.clear()
    talk.see(change, ticket_id=ticket.id, seq=2)
    talk.see(change, ticket_id=ticket.id, seq=2)
    assert ["MessagesSeen"] == change.kinds


@pytest.mark.parametrize(("asked", "field"), [("ask_name", "name"), ("ask_email", "email")])
def test_a_site_may_insist_on_knowing_who_asks(asked: str, field: str) -> None:
    change = a_change()
    site = a_site(change)
    edit_site(change, site.id, SiteForm(key="tea", name="Tea", **{asked: "required"}))  # type: ignore[arg-type]
    sam = a_visitor(change)
    with pytest.raises(Refused) as refused:
        says(change, sam)
    assert field == refused.value.field
    assert says(change, sam, name="Sam", email="sam@example.com").message.seq == 1


def test_a_letter_is_a_ticket_that_nobody_waits_for() -> None:
    change = a_change()
    a_site(change)
    sam = a_visitor(change)
    words = {"name": "Sam", "email": "sam@example.com", "text": "Call me\nplease"}
    ticket = talk.letter(change, visitor_id=sam.id, client_id="l-1", **words)
    again = talk.letter(change, visitor_id=sam.id, client_id="l-1", **words)
    assert (False, "Call me", 1) == (ticket.live, ticket.subject, ticket.last_seq)
    assert ticket is again
    assert sam.ticket_id == ticket.id


def test_a_letter_is_answered_by_mail() -> None:
    change, sam, _ = a_chat()
    ticket = talk.letter(change, visitor_id=sam.id, client_id="l-1", name="Sam", email="SAM@example.com", text="Also")
    told = change.find(Correspondence, ticket.id)
    assert told is not None
    assert ("sam@example.com", "Sam", "Also") == (told.address, told.name, told.subject)


def test_a_letter_does_not_take_the_place_of_a_live_chat() -> None:
    change, sam, chat = a_chat()
    letter = talk.letter(change, visitor_id=sam.id, client_id="l-1", name="", email="sam@example.com", text="Also")
    assert letter.id != chat.id == sam.ticket_id


def test_a_letter_needs_an_address_to_answer_to() -> None:
    change, sam, _ = a_chat()
    with pytest.raises(Refused) as refused:
        talk.letter(change, visitor_id=sam.id, client_id="l-1", name="Sam", email=" ", text="Hello")
    assert "email" == refused.value.field


def test_a_day_is_the_whole_of_it() -> None:
    change, _, ticket = a_chat()
    ticket.resolve(change)
    assert talk.goes_on(ticket, over=False, now=change.now + timedelta(hours=24) - timedelta(microseconds=1))
    assert not talk.goes_on(ticket, over=False, now=change.now + timedelta(hours=24))
    assert not talk.goes_on(ticket, over=True, now=change.now)
