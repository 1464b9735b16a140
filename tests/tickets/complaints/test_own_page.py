"""The page on which a customer follows their complaint, and what an agent's and an admin's buttons do to it."""

from __future__ import annotations

from routing.queues import add_queue
from routing.sla.clock import SlaClock
from routing.sla.metrics import Metric, State
from tests.server.doorstep import Doorstep
from tests.tickets.complaints.customer import FORM, TOLD, Customer, agent_posts, newest_file, says, ticket_of
from tickets.change import Change
from tickets.complaints.categories import ComplaintCategory
from tickets.ticket import Ticket


def test_the_page_is_kept_by_nobody(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)

    headers = sam.page.headers
    assert ("no-store", "no-referrer", "noindex") == (
        headers["cache-control"],
        headers["referrer-policy"],
        headers["x-robots-tag"],
    )


def test_the_way_back_finds_the_form_as_it_was_with_its_key(front_door: Doorstep) -> None:
    """A form that is fetched anew has another key: a second sending would be a second complaint."""
    sam = Customer(front_door)
    assert "/complaint" == sam.path != sam.action.partition("?")[0]  # else browsers forget it as soon as it is sent

    assert "private, no-cache" == sam.page.headers["cache-control"]
    assert "no-store" == sam.sends(**{**TOLD, "text": ""}).page.headers["cache-control"]
    assert "/complaint?site=shop" == front_door.open(sam.action).headers["location"]


def test_another_link_opens_nothing(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)
    id, _, rest = sam.path.rpartition("/")[2].partition("-")

    for token in (f"{int(id) + 1}-{rest}", f"{id}-{rest[:-1]}", id, "x", "%F0%9F%92%A3", "1-2-3"):
        assert 404 == front_door.open(f"/complaint/{token}").status_code
        assert 404 == front_door.client.get(f"/complaint/{token}/files/1").status_code


def test_the_customer_sees_what_was_said_to_them_and_nothing_else(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)
    ticket = ticket_of(front_door, sam)
    says(front_door, ticket, "notes", "n-1", "He complains a lot", [("note.txt", b"ours")])
    note = front_door.look(newest_file)
    says(front_door, ticket, "replies", "a-1", "We look into it.", [("offer.pdf", b"%PDF-1.7")])
    answer = front_door.look(newest_file)

    sam.page = front_door.open(f"{sam.path}?site=shop")
    assert "We look into it." in sam.text
    assert "offer.pdf" in sam.text
    assert "He complains a lot" not in sam.text
    assert "note.txt" not in sam.text
    assert "Somebody will read it soon." not in sam.text
    front_door.client.cookies.clear()
    assert 200 == front_door.client.get(f"{sam.path}/files/{answer}").status_code
    assert 404 == front_door.client.get(f"{sam.path}/files/{note}").status_code


def test_more_words_and_files_reach_the_ticket_once(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)
    ticket, form = ticket_of(front_door, sam), sam.page
    for _ in range(2):
        sam.page = form
        sam.sends(text="Here is a photo.", files=[("photo.txt", b"a photo", "text/plain")])
    assert 1 == sam.text.count("Here is a photo.")
    assert "photo.txt" in sam.text
    assert "Added. We have it now." in sam.text

    sam.sends(text="  ")
    assert "This is needed." == sam.wrong("text")
    sam.sends(files=[("more.txt", b"more", "text/plain")], text="")
    assert "more.txt" in sam.text
    assert 3 == front_door.look(lambda session: session.get_one(Ticket, ticket.id).last_seq)


def test_what_was_promised_is_told_and_what_is_late_too(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)
    ticket = ticket_of(front_door, sam)
    now = front_door.clock.now()

    def promise(change: Change) -> None:
        for metric, target in ((Metric.COMPLAINT_ACK, 86_400.0), (Metric.COMPLAINT_FINAL, 864_000.0)):
            clock = SlaClock(
                id=change.new_id(),
                ticket_id=ticket.id,
                metric=metric.value,
                state=State.RUNNING.value,
                started_at=now,
                since=now,
                target_seconds=target,
                due_at=now.replace(day=now.day + int(target // 172_800) + 1),
            )
            change.add(clock)

    front_door.change(promise)
    page = Customer(front_door, f"{sam.path}?site=shop")
    assert "You hear from us by 24 November 2026, 09:00 UTC" in " ".join(page.text.split())
    assert "You have our answer by 29 November 2026, 09:00 UTC" in " ".join(page.text.split())
    assert "We are sorry" not in page.text

    front_door.clock.moves(days=2)
    late = Customer(front_door, f"{sam.path}?site=shop")
    assert 1 == late.text.count("This takes longer than we promised.")


def test_a_decision_through_the_consoles_form_stands_on_the_customers_page(front_door: Doorstep) -> None:
    sam = Customer(front_door).sends(**TOLD)
    ticket = ticket_of(front_door, sam)
    path = f"/app/tickets/{ticket.id}"

    refused = agent_posts(front_door, f"{path}/resolution")
    assert (422, "outcome") == (refused.status_code, refused.json()["field"])
    assert 204 == agent_posts(front_door, f"{path}/acknowledgement").status_code
    assert 422 == agent_posts(front_door, f"{path}/decision", outcome="upheld", client_id="d-1").status_code
    told = {"outcome": "upheld", "reason": "You are right, and we are sorry.", "client_id": "d-1", "shown": ""}
    assert 204 == agent_posts(front_door, f"{path}/decision", **told).status_code

    sam.page = front_door.open(f"{sam.path}?site=shop")
    assert "We agree with your complaint." in sam.text
    assert 1 == sam.text.count("You are right, and we are sorry.")
    sam.sends(text="Thank you")
    assert "We are looking at it again." in sam.text


def test_an_admin_says_what_can_be_complained_about(front_door: Doorstep) -> None:
    front_door.sign_in("Ines")
    form = {"key": "noise", "name_en": "Noise", "name_zh": "噪音", "priority": "urgent", "active": "yes"}
    assert 303 == front_door.submit("/app/admin/complaints/new", form).status_code
    assert 422 == front_door.submit("/app/admin/complaints/new", {**form, "key": "new"}).status_code
    assert 409 == front_door.submit("/app/admin/complaints/new", form).status_code
    assert "Noise" in front_door.open(FORM).text

    edited = {"name_en": "Noise at night", "priority": "low", "active": ""}
    assert 303 == front_door.submit("/app/admin/complaints/noise", edited).status_code
    assert "Noise" not in front_door.open(FORM).text
    assert "Noise at night" in front_door.open("/app/admin/complaints").text
    noise = front_door.look(lambda session: session.get(ComplaintCategory, "noise"))
    assert ({"en": "Noise at night"}, "low", False) == (noise.names, noise.priority, noise.active)


def test_an_admin_says_where_complaints_wait(front_door: Doorstep) -> None:
    """All of them in one queue, and those of one category in another."""
    front_door.sign_in("Ines")
    names = front_door.change(lambda change: [add_queue(change, name).id for name in ("Care", "Data protection")])
    assert 303 == front_door.submit("/app/admin/complaints/queue", {"queue_id": str(names[0])}).status_code
    edited = {"name_en": "Your personal data", "priority": "high", "active": "yes", "queue_id": str(names[1])}
    assert 303 == front_door.submit("/app/admin/complaints/privacy", edited).status_code
    assert "Data protection" in front_door.open("/app/admin/complaints").text

    usual = ticket_of(front_door, Customer(front_door).sends(**TOLD))
    private = ticket_of(front_door, Customer(front_door).sends(**{**TOLD, "category": "privacy"}))
    assert names == [usual.queue_id, private.queue_id]
