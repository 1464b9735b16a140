"""Mail goes round in a browser: in from a customer, out from Ada, and back in the same thread, live on both ends."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENT
from tests.journeys.people import AtConsole
from tests.journeys.stage import Stage
from tests.running import RunningDesk, free_port

INBOX = free_port()
SUPPORT, SAM, PRIYA, MALLORY = (
    "support@lumen.example",
    "sam@customer.example",
    "priya@customer.example",
    "mallory@elsewhere.example",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A demo desk that takes mail on a port that we know."""
    settings = {**PATIENT, "FRONTDESK_MAIL_LISTEN_PORT": str(INBOX)}
    with RunningDesk(tmp_path_factory.mktemp("desk"), settings=settings) as desk:
        yield desk


def write_in(subject: str, *, cc: str = "") -> None:
    """As Sam's mail server hands it over."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Sam Okafor <{SAM}>", SUPPORT, subject
    mail["Message-ID"] = f"<{abs(hash(subject))}@customer.example>"
    if cc:
        mail["Cc"] = cc
    mail.set_content("Where is my lamp?")
    with smtplib.SMTP("127.0.0.1", INBOX, timeout=20) as line:
        line.send_message(mail)


def opens(ada: AtConsole, subject: str) -> None:
    """From her list, as soon as it stands there."""
    row = ada.page.locator(".rows a", has_text="Where is my lamp?").first
    ada.views("open")
    expect(row).to_be_visible()
    row.click()
    expect(ada.page.locator(".ticket-head")).to_have_attribute("data-title", f"{subject} #{ada.number}")


def inbox(stage: Stage) -> Page:
    page = stage.browser()
    page.goto(f"{stage.url}/demo/mail")
    return page


def test_mail_in_an_answer_out_and_the_answer_to_it_threads(stage: Stage) -> None:
    ada = stage.agent("Ada", available=False)
    write_in("A lamp in two pieces")
    opens(ada, "A lamp in two pieces")
    number = ada.number
    expect(ada.page.locator(".recipients")).to_contain_text(SAM)

    ada.answers("A new one leaves today.")
    expect(ada.page.locator(".posted")).to_have_text("Sent by email")
    sam = inbox(stage)
    mail = sam.locator("article", has_text="A new one leaves today.")
    expect(mail.get_by_role("heading")).to_have_text("Re: A lamp in two pieces")

    mail.get_by_text("Answer as the customer").click()
    mail.get_by_label("Answer").fill("Thank you, Ada")
    mail.get_by_role("button", name="Send").click()
    expect(sam.get_by_role("status")).to_be_visible()
    expect(ada.page.locator(".log .msg.in", has_text="Thank you, Ada")).to_be_visible()
    assert number == ada.number
    assert [] == Axe().run(sam).response["violations"]


def test_who_stands_in_copy_gets_nothing_until_ada_says_so(stage: Stage) -> None:
    ada = stage.agent("Ada", available=False)
    write_in("With company", cc=f"{PRIYA}, {MALLORY}")
    opens(ada, "With company")
    row = ada.page.locator(".recipients")
    row.get_by_role("button", name=PRIYA).click()
    expect(row.locator("li.copy")).to_have_text(f"Cc {PRIYA}")
    row.get_by_label("Add Cc").fill("grace@shop.example")
    row.get_by_label("Add Cc").press("Enter")
    expect(row.locator("li.copy")).to_have_count(2)
    row.get_by_role("button", name="No copy to grace@shop.example").click()
    expect(row.locator("li.copy")).to_have_count(1)
    assert [] == Axe().run(ada.page, context=".recipients").response["violations"]

    ada.answers("It comes with friends.")
    expect(ada.page.locator(".posted.sent")).to_have_text(f"Sent by email · Cc {PRIYA}")
    page = inbox(stage)
    assert PRIYA in page.locator("article").first.inner_text()
    assert MALLORY not in page.locator("article").first.inner_text()


def test_everybody_is_answered_in_one_click_and_one_answer_is_for_sam_alone(stage: Stage) -> None:
    """Reply all, a chip that is taken away, and Reply: for this answer only."""
    ada = stage.agent("Ada", available=False)
    write_in("A party", cc=f"{PRIYA}, {MALLORY}")
    opens(ada, "A party")
    row = ada.page.locator(".recipients")
    row.get_by_role("button", name="Reply all").click()
    expect(row.locator("li.copy")).to_have_count(2)
    row.get_by_role("button", name=f"No copy to {MALLORY}").click()
    expect(row.locator("li.copy")).to_have_count(1)
    row.get_by_role("button", name="Reply", exact=True).click()
    expect(row.locator("li.copy")).to_be_hidden()

    ada.answers("Between us.")
    expect(ada.page.locator(".posted.sent")).to_have_text("Sent by email")
    expect(row.get_by_role("button", name="Reply all")).to_have_attribute("aria-pressed", "true")
    ada.answers("For both of you.")
    expect(ada.page.locator(".posted.sent").last).to_have_text(f"Sent by email · Cc {PRIYA}")

    row.get_by_role("link", name="Forward").click()
    expect(ada.page.get_by_role("heading", name="Forward")).to_be_visible()
    expect(ada.page.locator(".preview")).to_contain_text("For both of you.")
