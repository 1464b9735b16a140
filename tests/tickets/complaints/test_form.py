"""The complaint form, for a browser without scripts (reliability.md, rows 39 and 40)."""

from __future__ import annotations

import pytest

from tests.server.doorstep import Doorstep
from tests.tickets.complaints.customer import FORM, HOSTILE, TOLD, URL, Customer, counts, ticket_of
from tickets.complaints.complaint import Complaint
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.ticket import Ticket


def test_a_complaint_is_made_and_confirmed_with_its_number_and_a_link(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)

    assert "We have your complaint. Its number is C-" in sam.text
    assert f"{URL}{sam.path}?site=shop" in sam.text
    for word in ("How we treated you", "An apology", "5590-221", "Nobody called me back.", "Received"):
        assert word in sam.text
    ticket = ticket_of(front_door, sam)
    assert ("complaint", "high", "en") == (ticket.channel, ticket.priority, ticket.language)
    assert ticket.queue_id is not None


def test_sent_twice_it_is_one_complaint_with_the_same_confirmation(front_door: Doorstep) -> None:
    """Row 39: a double click, and the back button with other words in the form."""
    sam = Customer(front_door)
    key, before = sam.hidden("key"), counts(front_door, Ticket, Message, Attachment)
    form = sam.page
    first = sam.sends(**TOLD, files=[("bill.txt", b"paid", "text/plain")])
    number, path = first.number, first.path
    sam.page = form
    again = sam.sends(**TOLD, files=[("bill.txt", b"paid", "text/plain")])

    assert (number, path) == (again.number, again.path)
    assert "We have your complaint. Its number is" in again.text
    sam.page = form
    assert key == sam.hidden("key")
    other = sam.sends(**{**TOLD, "text": "And another thing.", "category": ""})
    assert number == other.number
    assert "This complaint was already sent." in other.text
    assert "And another thing." == other.value("text")
    assert "And another thing." not in other.text.partition("Add something")[0]
    assert [before[0] + 1, before[1] + 1, before[2] + 1] == counts(front_door, Ticket, Message, Attachment)


def test_what_is_missing_is_told_beside_its_field_and_all_else_is_kept(front_door: Doorstep) -> None:
    """Row 40."""
    before = counts(front_door, Ticket, Complaint, Message)
    sam = Customer(front_door).sends(**{**TOLD, "category": "", "text": " ", "email": "sam", "phone": "x"})

    assert 422 == sam.page.status_code
    assert ("This is needed.", "This is needed.") == (sam.wrong("category"), sam.wrong("text"))
    assert "This does not look like an email address." == sam.wrong("email")
    assert "This does not look like a phone number." == sam.wrong("phone")
    assert "category" == sam.focused
    assert ("An apology", "5590-221", "Sam Okafor", "sam", "x") == tuple(
        sam.value(name) for name in ("wanted", "reference", "name", "email", "phone")
    )
    assert 'aria-invalid="true" aria-describedby="f-category-wrong' in sam.page.text
    assert "Please check" in sam.page.text
    assert before == counts(front_door, Ticket, Complaint, Message)


def test_what_is_too_long_is_kept_and_told(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**{**TOLD, "text": "x" * 10_003, "wanted": "y" * 2_001})

    assert "This is longer than it can be, by 3." == sam.wrong("text")
    assert "This is longer than it can be, by 1." == sam.wrong("wanted")
    assert ("text", "x" * 10_003) == (sam.focused, sam.value("text"))


def test_somebody_has_to_be_reachable(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**{**TOLD, "email": ""})

    assert "We need an email address or a phone number to answer you." == sam.wrong("email")
    assert "C-" in sam.sends(**{**TOLD, "email": "", "phone": "+49 30 1234567"}).text


def test_a_bad_file_spoils_nothing_and_a_good_one_need_not_be_chosen_again(front_door: Doorstep) -> None:
    files = [("bill.txt", b"paid", "text/plain"), ("film.mp4", b"x" * 1_100_000, "video/mp4")]
    sam = Customer(front_door).sends(**TOLD, files=files)

    assert "film.mp4 is too big. Largest is 1 MB." == sam.wrong("files")
    assert ("files", "Nobody called me back.") == (sam.focused, sam.value("text"))
    kept = sam.hidden("kept")
    sam.sends(**TOLD, kept=kept)
    assert "bill.txt" in sam.text
    assert "film.mp4" not in sam.text
    assert b"paid" == front_door.client.get(f"{sam.path}/files/{kept}").content


def test_a_file_can_be_left_out_after_all(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**{**TOLD, "text": ""}, files=[("secret.txt", b"mine", "text/plain")])
    assert "secret.txt" in sam.text

    assert "secret.txt" not in sam.sends(**TOLD).text


def test_a_file_of_another_form_stays_there(front_door: Doorstep) -> None:
    """Mallory names the number of Sam's upload."""
    sam = Customer(front_door).sends(**{**TOLD, "text": ""}, files=[("secret.txt", b"mine", "text/plain")])
    mallory = Customer(front_door).sends(**{**TOLD, "name": "Mallory"}, kept=sam.hidden("kept"))

    assert "C-" in mallory.text
    assert "secret.txt" not in mallory.text


@pytest.mark.parametrize("field", ["text", "wanted", "reference", "name"])
def test_hostile_words_are_words(front_door: Doorstep, field: str) -> None:
    sam = Customer(front_door).sends(**{**TOLD, field: HOSTILE, "email": "", "phone": "020 7946 0018"})

    assert "C-" in sam.text
    assert "<script>alert" not in sam.page.text
    assert "<img src=x" not in sam.page.text
    bad = Customer(front_door).sends(**{**TOLD, field: HOSTILE, "category": ""})
    assert HOSTILE == bad.value(field)
    assert "<script>alert" not in bad.page.text


def test_a_robot_that_fills_in_everything_is_asked_once_more(front_door: Doorstep) -> None:
    """So is whoever brings a key of their own: nothing is lost, and a person just presses again."""
    before, sam = counts(front_door, Ticket), Customer(front_door)
    for trick in ({"website": "https://spam.example"}, {"key": "0" * 32 + "-" + "a" * 20}, {"key": ""}):
        sam = Customer(front_door).sends(**TOLD, **trick)
        assert "Please send this once more." in sam.text
        assert 409 == sam.page.status_code
        assert "Nobody called me back." == sam.value("text")
    assert before == counts(front_door, Ticket)
    assert "C-" in sam.sends(**TOLD).text


def test_a_form_on_somebody_elses_page_is_refused(front_door: Doorstep) -> None:
    data = {**TOLD, "key": Customer(front_door).hidden("key")}
    files = [("files", ("", b"", "text/plain"))]
    for manners in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = front_door.client.post(
            "/complaint/sent?site=shop", data=data, files=files, headers={**front_door.manners, **manners}
        )
        assert 403 == answer.status_code
        assert "Back to the console" not in answer.text
    null = {**front_door.manners, "origin": "null"}
    assert 303 == front_door.client.post("/complaint/sent?site=shop", data=data, files=files, headers=null).status_code


def test_after_five_complaints_an_hour_patience_is_asked_for_and_nothing_is_lost(front_door: Doorstep) -> None:
    for n in range(5):
        assert "C-" in Customer(front_door).sends(**{**TOLD, "email": f"sam{n}@mail.example"}).text
    sam = Customer(front_door).sends(**{**TOLD, "email": "sam9@mail.example"})

    assert 429 == sam.page.status_code
    assert "retry-after" in sam.page.headers
    assert "Slow down a little. Your text is kept." in sam.text
    assert "Nobody called me back." == sam.value("text")


def test_one_address_cannot_be_flooded_from_many_networks(front_door: Doorstep) -> None:
    for n in range(5):
        front_door.comes_from(f"192.0.2.{n}")
        Customer(front_door).sends(**TOLD)

    front_door.comes_from("192.0.2.9")
    assert 429 == Customer(front_door).sends(**TOLD).page.status_code


def test_an_unknown_site_is_said_so_and_no_site_is_a_plain_page(front_door: Doorstep) -> None:
    assert 404 == front_door.open("/complaint?site=nowhere").status_code
    plain = Customer(front_door, "/complaint").sends(**TOLD)
    assert "C-" in plain.text
    assert "Lumen" not in plain.text


def test_inside_the_chat_it_stands_on_the_sites_pages_only_and_without_a_frame(front_door: Doorstep) -> None:
    alone, inside = front_door.open(FORM), Customer(front_door, f"{FORM}&in=widget&lang=zh")

    assert "frame-ancestors 'self'" == alone.headers["content-security-policy"].rpartition("; ")[2]
    assert inside.page.headers["content-security-policy"].endswith("frame-ancestors 'self' https://shop.example")
    assert 'class="site"' not in inside.page.text
    assert "提交投诉" in inside.text
    inside.sends(**TOLD)
    assert 'class="portal framed"' in inside.page.text
    assert "我们已收到您的投诉" in inside.text
