"""The complaint form and the customer's own page, for a browser without scripts (reliability.md, rows 39 and 40)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session, func, select
from starlette.testclient import TestClient

from chat.site import SiteForm, add_site
from routing.placing import place
from routing.queues import add_queue
from routing.sla.clock import Metric, SlaClock, State
from server.app import House, create_app
from server.config import Config
from server.settings import Database, Files, Secrets, Server
from tests.cast import MovedClock
from tests.server.doorstep import Doorstep, hire
from tickets.change import Change
from tickets.complaints.categories import ComplaintCategory
from tickets.complaints.complaint import Complaint
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.people import Role
from tickets.ticket import Ticket

URL = "https://desk.example"
FORM = "/complaint?site=shop"
TOLD = {
    "category": "conduct",
    "text": "Nobody called me back.",
    "wanted": "An apology",
    "reference": "5590-221",
    "name": "Sam Okafor",
    "email": "sam@mail.example",
    "phone": "",
}
HOSTILE = '<script>alert(1)</script>\u202e"><img src=x onerror=alert(1)>{{7*7}} %s 你好'
WORDS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """The whole house, with Ada at Complaints and a shop."""
    folder = tmp_path_factory.mktemp("house")
    config = Config(
        server=Server(public_url=URL),
        database=Database(url=f"sqlite:///{folder}/desk.db"),
        files=Files(folder=str(folder / "files"), largest_mb=1),
        secrets=Secrets(kept_in=str(folder / "secret.key")),
    )
    clock = MovedClock()
    app = create_app(config, House(config, clock=clock))
    with TestClient(app, base_url=URL, follow_redirects=False) as client:
        step = Doorstep(client, clock, app, config)
        step.agents["Ada"] = step.change(hire, "Ada", Role.AGENT)
        step.agents["Ines"] = step.change(hire, "Ines", Role.ADMIN)
        step.change(_furnish, step.agents["Ada"])
        yield step


def _furnish(change: Change, ada: int) -> None:
    queue = add_queue(change, "Complaints", members=[ada])
    place(change, "complaint", "", queue.id)
    add_site(change, SiteForm("shop", "Lumen Lamps", origins=["https://shop.example"], colour="#0b6b7f"))


@pytest.fixture(autouse=True)
def _unhurried(house: Doorstep) -> None:
    """Each story begins with all its tries left, and nobody signed in."""
    limits = house.client.app_state["limits"]
    for limit in (limits._form, limits._form_from, limits._try):
        limit._full_at.clear()
    house.client.cookies.clear()


class Customer:
    """Sam's browser, which runs no scripts."""

    def __init__(self, house: Doorstep, path: str = FORM) -> None:
        self.house = house
        self.page = house.open(path)

    @property
    def text(self) -> str:
        return unescape(WORDS.sub(" ", self.page.text))

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        assert found is not None, name
        return found[1]

    @property
    def action(self) -> str:
        found = re.search(r'<form method="post" action="([^"]+)"', self.page.text)
        assert found is not None
        return unescape(found[1])

    def sends(self, *, files: Any = (), **fields: Any) -> Customer:
        """The form with what is typed, and the page that follows."""
        data = {"key": self.hidden("key"), "website": "", **fields}
        parts = [("files", file) for file in files] or [("files", ("", b"", "application/octet-stream"))]
        self.page = self.house.client.post(self.action, data=data, files=parts, headers=self.house.manners)
        if self.page.status_code == 303:
            self.page = self.house.open(self.page.headers["location"].partition("#")[0])
        return self

    @property
    def number(self) -> str:
        found = re.search(r"C-\d+", self.text)
        assert found is not None, self.text
        return found[0]

    @property
    def path(self) -> str:
        return str(self.page.url.path)

    def value(self, name: str) -> str:
        """What stands in a field of the page."""
        area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', self.page.text, re.DOTALL)
        found = area or re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.page.text)
        assert found is not None, name
        return unescape(found[1])

    def wrong(self, name: str) -> str:
        """What is said beside a field; empty where nothing is."""
        found = re.search(rf'id="f-{name}-wrong">(.*?)</p>', self.page.text)
        return unescape(found[1]) if found else ""

    @property
    def focused(self) -> str:
        found = re.search(r'name="(\w+)"[^>]*autofocus', self.page.text)
        return found[1] if found else ""


def counts(house: Doorstep, *models: Any) -> list[int]:
    def count(session: Session) -> list[int]:
        return [session.exec(select(func.count()).select_from(model)).one() for model in models]

    found: list[int] = house.look(count)
    return found


def ticket_of(house: Doorstep, customer: Customer) -> Ticket:
    number = int(customer.number.removeprefix("C-"))
    found: Ticket = house.look(lambda session: session.exec(select(Ticket).where(Ticket.number == number)).one())
    return found


def agent_posts(house: Doorstep, path: str, **fields: str) -> Any:
    house.client.cookies.clear()
    assert 303 == house.sign_in("Ada").status_code
    token = re.search(r'name="csrf" value="([^"]+)"', house.open("/app/profile").text)
    assert token is not None
    return house.client.post(path, data=fields, headers={**house.manners, "x-csrf-token": token[1], "accept": "*/*"})


def test_a_complaint_is_made_and_confirmed_with_its_number_and_a_link(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)

    assert "We have your complaint. Its number is C-" in sam.text
    assert f"{URL}{sam.path}?site=shop" in sam.text
    for word in ("How we treated you", "An apology", "5590-221", "Nobody called me back.", "Received"):
        assert word in sam.text
    ticket = ticket_of(house, sam)
    assert ("complaint", "high", "en") == (ticket.channel, ticket.priority, ticket.language)
    assert ticket.queue_id is not None


def test_sent_twice_it_is_one_complaint_with_the_same_confirmation(house: Doorstep) -> None:
    """Row 39: a double click, and the back button with other words in the form."""
    sam = Customer(house)
    key, before = sam.hidden("key"), counts(house, Ticket, Message, Attachment)
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
    assert (number, path) == (other.number, other.path)
    assert "This complaint was already sent." in other.text
    assert "And another thing." not in other.text
    assert [before[0] + 1, before[1] + 1, before[2] + 1] == counts(house, Ticket, Message, Attachment)


def test_what_is_missing_is_told_beside_its_field_and_all_else_is_kept(house: Doorstep) -> None:
    """Row 40."""
    before = counts(house, Ticket, Complaint, Message)
    sam = Customer(house).sends(**{**TOLD, "category": "", "text": " ", "email": "sam", "phone": "x"})

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
    assert before == counts(house, Ticket, Complaint, Message)


def test_what_is_too_long_is_kept_and_told(house: Doorstep) -> None:
    sam = Customer(house).sends(**{**TOLD, "text": "x" * 10_003, "wanted": "y" * 2_001})

    assert "This is longer than it can be, by 3." == sam.wrong("text")
    assert "This is longer than it can be, by 1." == sam.wrong("wanted")
    assert ("text", "x" * 10_003) == (sam.focused, sam.value("text"))


def test_somebody_has_to_be_reachable(house: Doorstep) -> None:
    sam = Customer(house).sends(**{**TOLD, "email": ""})

    assert "We need an email address or a phone number to answer you." == sam.wrong("email")
    assert "C-" in sam.sends(**{**TOLD, "email": "", "phone": "+49 30 1234567"}).text


def test_a_bad_file_spoils_nothing_and_a_good_one_need_not_be_chosen_again(house: Doorstep) -> None:
    files = [("bill.txt", b"paid", "text/plain"), ("film.mp4", b"x" * 1_100_000, "video/mp4")]
    sam = Customer(house).sends(**TOLD, files=files)

    assert "film.mp4 is too big. Largest is 1 MB." == sam.wrong("files")
    assert ("files", "Nobody called me back.") == (sam.focused, sam.value("text"))
    kept = sam.hidden("kept")
    sam.sends(**TOLD, kept=kept)
    assert "bill.txt" in sam.text
    assert "film.mp4" not in sam.text
    assert b"paid" == house.client.get(f"{sam.path}/files/{kept}").content


def test_a_file_can_be_left_out_after_all(house: Doorstep) -> None:
    sam = Customer(house).sends(**{**TOLD, "text": ""}, files=[("secret.txt", b"mine", "text/plain")])
    assert "secret.txt" in sam.text

    assert "secret.txt" not in sam.sends(**TOLD).text


def test_a_file_of_another_form_stays_there(house: Doorstep) -> None:
    """Mallory names the number of Sam's upload."""
    sam = Customer(house).sends(**{**TOLD, "text": ""}, files=[("secret.txt", b"mine", "text/plain")])
    mallory = Customer(house).sends(**{**TOLD, "name": "Mallory"}, kept=sam.hidden("kept"))

    assert "C-" in mallory.text
    assert "secret.txt" not in mallory.text


@pytest.mark.parametrize("field", ["text", "wanted", "reference", "name"])
def test_hostile_words_are_words(house: Doorstep, field: str) -> None:
    sam = Customer(house).sends(**{**TOLD, field: HOSTILE, "email": "", "phone": "020 7946 0018"})

    assert "C-" in sam.text
    assert "<script>alert" not in sam.page.text
    assert "<img src=x" not in sam.page.text
    bad = Customer(house).sends(**{**TOLD, field: HOSTILE, "category": ""})
    assert HOSTILE == bad.value(field)
    assert "<script>alert" not in bad.page.text


def test_a_robot_that_fills_in_everything_is_asked_once_more(house: Doorstep) -> None:
    """So is whoever brings a key of their own: nothing is lost, and a person just presses again."""
    before, sam = counts(house, Ticket), Customer(house)
    for trick in ({"website": "https://spam.example"}, {"key": "0" * 32 + "-" + "a" * 20}, {"key": ""}):
        sam = Customer(house).sends(**TOLD, **trick)
        assert "Please send this once more." in sam.text
        assert 409 == sam.page.status_code
        assert "Nobody called me back." == sam.value("text")
    assert before == counts(house, Ticket)
    assert "C-" in sam.sends(**TOLD).text


def test_a_form_on_somebody_elses_page_is_refused(house: Doorstep) -> None:
    data = {**TOLD, "key": Customer(house).hidden("key")}
    files = [("files", ("", b"", "text/plain"))]
    for manners in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = house.client.post(FORM, data=data, files=files, headers={**house.manners, **manners})
        assert 403 == answer.status_code
        assert "Back to the console" not in answer.text
    null = {**house.manners, "origin": "null"}
    assert 303 == house.client.post(FORM, data=data, files=files, headers=null).status_code


def test_after_five_complaints_an_hour_patience_is_asked_for_and_nothing_is_lost(house: Doorstep) -> None:
    for n in range(5):
        assert "C-" in Customer(house).sends(**{**TOLD, "email": f"sam{n}@mail.example"}).text
    sam = Customer(house).sends(**{**TOLD, "email": "sam9@mail.example"})

    assert 429 == sam.page.status_code
    assert "retry-after" in sam.page.headers
    assert "Slow down a little. Your text is kept." in sam.text
    assert "Nobody called me back." == sam.value("text")


def test_one_address_cannot_be_flooded_from_many_networks(house: Doorstep) -> None:
    for _ in range(5):
        Customer(house).sends(**TOLD)
        house.client.app_state["limits"]._form._full_at.clear()

    assert 429 == Customer(house).sends(**TOLD).page.status_code


def test_an_unknown_site_is_said_so_and_no_site_is_a_plain_page(house: Doorstep) -> None:
    assert 404 == house.open("/complaint?site=nowhere").status_code
    plain = Customer(house, "/complaint").sends(**TOLD)
    assert "C-" in plain.text
    assert "Lumen" not in plain.text


def test_inside_the_chat_it_stands_on_the_sites_pages_only_and_without_a_frame(house: Doorstep) -> None:
    alone, inside = house.open(FORM), Customer(house, f"{FORM}&in=widget&lang=zh")

    assert "frame-ancestors 'self'" == alone.headers["content-security-policy"].rpartition("; ")[2]
    assert inside.page.headers["content-security-policy"].endswith("frame-ancestors 'self' https://shop.example")
    assert 'class="site"' not in inside.page.text
    assert "提交投诉" in inside.text
    inside.sends(**TOLD)
    assert 'class="portal framed"' in inside.page.text
    assert "我们已收到您的投诉" in inside.text


def test_the_page_is_kept_by_nobody(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)

    headers = sam.page.headers
    assert ("no-store", "no-referrer", "noindex") == (
        headers["cache-control"],
        headers["referrer-policy"],
        headers["x-robots-tag"],
    )


def test_another_link_opens_nothing(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)
    id, _, rest = sam.path.rpartition("/")[2].partition("-")

    for token in (f"{int(id) + 1}-{rest}", f"{id}-{rest[:-1]}", id, "x", "%F0%9F%92%A3", "1-2-3"):
        assert 404 == house.open(f"/complaint/{token}").status_code
        assert 404 == house.client.get(f"/complaint/{token}/files/1").status_code


def test_the_customer_sees_what_was_said_to_them_and_nothing_else(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)
    ticket = ticket_of(house, sam)
    _say(house, ticket, "notes", "n-1", "He complains a lot", [("note.txt", b"ours")])
    note = house.look(_newest_file)
    _say(house, ticket, "replies", "a-1", "We look into it.", [("offer.pdf", b"%PDF-1.7")])
    answer = house.look(_newest_file)

    sam.page = house.open(f"{sam.path}?site=shop")
    assert "We look into it." in sam.text
    assert "offer.pdf" in sam.text
    assert "He complains a lot" not in sam.text
    assert "note.txt" not in sam.text
    assert "Somebody will read it soon." not in sam.text
    house.client.cookies.clear()
    assert 200 == house.client.get(f"{sam.path}/files/{answer}").status_code
    assert 404 == house.client.get(f"{sam.path}/files/{note}").status_code


def test_more_words_and_files_reach_the_ticket_once(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)
    ticket, form = ticket_of(house, sam), sam.page
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
    assert 3 == house.look(lambda session: session.get_one(Ticket, ticket.id).last_seq)


def test_what_was_promised_is_told_and_what_is_late_too(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)
    ticket = ticket_of(house, sam)
    now = house.clock.now()

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

    house.change(promise)
    page = Customer(house, f"{sam.path}?site=shop")
    assert "You hear from us by 24 November 2026, 09:00 UTC" in " ".join(page.text.split())
    assert "You have our answer by 29 November 2026, 09:00 UTC" in " ".join(page.text.split())
    assert "We are sorry" not in page.text

    house.clock.moves(days=2)
    late = Customer(house, f"{sam.path}?site=shop")
    assert 1 == late.text.count("This takes longer than we promised.")


def test_a_decision_through_the_consoles_form_stands_on_the_customers_page(house: Doorstep) -> None:
    sam = Customer(house).sends(**TOLD)
    ticket = ticket_of(house, sam)
    path = f"/app/tickets/{ticket.id}"

    refused = agent_posts(house, f"{path}/resolution")
    assert (422, "outcome") == (refused.status_code, refused.json()["field"])
    assert 204 == agent_posts(house, f"{path}/acknowledgement").status_code
    assert 422 == agent_posts(house, f"{path}/decision", outcome="upheld", client_id="d-1").status_code
    told = {"outcome": "upheld", "reason": "You are right, and we are sorry.", "client_id": "d-1", "shown": ""}
    assert 204 == agent_posts(house, f"{path}/decision", **told).status_code

    sam.page = house.open(f"{sam.path}?site=shop")
    assert "We agree with your complaint." in sam.text
    assert 1 == sam.text.count("You are right, and we are sorry.")
    sam.sends(text="Thank you")
    assert "We are looking at it again." in sam.text


def test_an_admin_says_what_can_be_complained_about(house: Doorstep) -> None:
    house.sign_in("Ines")
    form = {"key": "noise", "name_en": "Noise", "name_zh": "噪音", "priority": "urgent", "active": "yes"}
    assert 303 == house.submit("/app/admin/complaints/new", form).status_code
    assert 422 == house.submit("/app/admin/complaints/new", {**form, "key": "new"}).status_code
    assert 409 == house.submit("/app/admin/complaints/new", form).status_code
    assert "Noise" in house.open(FORM).text

    edited = {"name_en": "Noise at night", "priority": "low", "active": ""}
    assert 303 == house.submit("/app/admin/complaints/noise", edited).status_code
    assert "Noise" not in house.open(FORM).text
    assert "Noise at night" in house.open("/app/admin/complaints").text
    noise = house.look(lambda session: session.get(ComplaintCategory, "noise"))
    assert ({"en": "Noise at night"}, "low", False) == (noise.names, noise.priority, noise.active)


def _say(house: Doorstep, ticket: Ticket, what: str, id: str, text: str, files: list[tuple[str, bytes]]) -> None:
    """Ada, with a file."""
    ids = []
    for name, content in files:
        agent_posts(house, "/app/presence", intent="available")
        token = re.search(r'name="csrf" value="([^"]+)"', house.open("/app/profile").text)
        assert token is not None
        sent = house.client.post(
            f"/app/tickets/{ticket.id}/files",
            data={"client_id": f"f-{id}"},
            files={"file": (name, content)},
            headers={**house.manners, "x-csrf-token": token[1], "accept": "*/*"},
        )
        ids.append(str(sent.json()["file"]["id"]))
    answer = agent_posts(house, f"/app/tickets/{ticket.id}/{what}", text=text, client_id=id, files=",".join(ids))
    assert 204 == answer.status_code, answer.text


def _newest_file(session: Session) -> int:
    found = session.exec(select(func.max(Attachment.id))).one()
    assert found is not None
    return int(found)
