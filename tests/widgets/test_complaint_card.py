"""The card of a complaint says what it is about and how far it is; mails about it say its number and its link."""

from __future__ import annotations

import pytest

from tests.cast import a_change, a_ticket
from tests.tickets.complaints.grievance import a_complaint
from tickets.complaints.categories import edit_category
from tickets.complaints.complaint import decide
from tickets.status import Priority
from widgets.complaint_card import complaint_card
from widgets.notices import notice

HOSTILE = '<img src=x onerror=alert(1)>\u202e"{{7*7}}'


def test_what_is_open_can_be_acknowledged_and_decided() -> None:
    _, ticket, _, change = a_complaint()
    card = complaint_card(change.session, ticket)

    assert card is not None
    html = card.html("en")
    for said in ("Complaint C-1001", "How we treated you", "5590-221", "An apology", "Acknowledge", ">Decide<"):
        assert said in html
    assert 'data-outcome=""' in html
    assert "我们的态度" in card.html("zh")


def test_what_is_decided_says_how_and_can_be_decided_anew() -> None:
    _, ticket, _, change = a_complaint()
    decide(change, ticket.id, outcome="partly", reason="Half of it", client_id="d-1")
    card = complaint_card(change.session, ticket)

    assert card is not None
    html = card.html("en")
    assert "Partly upheld" in html
    assert 'data-outcome="partly"' in html
    assert "Decide anew" in html
    assert "Acknowledge<" not in html


def test_what_a_customer_wrote_is_words() -> None:
    _, ticket, _, change = a_complaint(wanted=HOSTILE, reference=HOSTILE)
    card = complaint_card(change.session, ticket)

    assert card is not None
    assert "<img" not in card.html("en")
    assert "[RLO]" in card.html("en")


def test_a_category_is_called_as_it_is_now_and_by_its_key_once_it_is_gone() -> None:
    complaint, ticket, _, change = a_complaint()
    edit_category(change, "conduct", names={"en": "Our manners"}, priority=Priority.LOW, active=True)
    card = complaint_card(change.session, ticket)
    assert card is not None
    assert "Our manners" in card.html("zh")

    complaint.category = "unheard-of"
    gone = complaint_card(change.session, ticket)
    assert gone is not None
    assert "unheard-of" in gone.html("en")


def test_another_ticket_has_no_such_card() -> None:
    change = a_change()

    assert complaint_card(change.session, a_ticket(change)) is None


@pytest.mark.parametrize("name", ["complaint", "complaint_acknowledged"])
def test_the_desks_own_mails_hold_the_number_and_a_whole_link(name: str) -> None:
    facts = {"number": "C-1042", "link": "/complaint/abc?site=lumen"}
    for language in ("en", "zh"):
        subject, text = notice(name, language, facts, public_url="https://desk.example", desk="Lumen")
        assert "C-1042" in subject
        assert "https://desk.example/complaint/abc?site=lumen" in text
