"""Somebody else's formatted mail does nothing in an agent's browser, and a mail from nobody can still be answered.

The watch over every story fails it when a box opens, a script throws, a policy is broken, or a page asks another host.
"""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Frame, expect

from tests.elsewhere import elsewhere
from tests.journeys.conftest import PATIENT
from tests.journeys.people import AtConsole
from tests.journeys.stage import Stage
from tests.running import RunningDesk, free_port

INBOX = free_port()
HOSTILE = 223
DANGEROUS = (
    "script, style ~ style, svg, math, iframe, object, embed, form, input, button, base ~ base, meta ~ meta, link"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    settings = {**PATIENT, "FRONTDESK_MAIL_LISTEN_PORT": str(INBOX)}
    with RunningDesk(tmp_path_factory.mktemp("desk"), settings=settings) as desk:
        yield desk


def hands_in(mail: EmailMessage, sender: str = "mallory@outside.example") -> None:
    mail["To"] = "support@lumen.example"
    with smtplib.SMTP("127.0.0.1", INBOX, timeout=20) as line:
        line.send_message(mail, from_addr=sender, to_addrs=["support@lumen.example"])


def opens(ada: AtConsole, words: str) -> None:
    row = ada.page.locator(".rows a", has_text=words).first
    ada.views("open")
    expect(row).to_be_visible()
    row.click()
    expect(ada.page.locator(".log .msg").last).to_contain_text(words)


def test_hostile_mail_does_nothing(stage: Stage) -> None:
    """All of the collection in one mail, each in a part of its own, so that none swallows the next."""
    payloads = [
        case["payload"] for case in json.loads(elsewhere("xss/payloads.json", cases=HOSTILE).read_text("utf-8"))
    ]
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "<Mallory&> <mallory@outside.example>", "<img src=x onerror=alert(1)>"
    mail.set_content("Look at my pictures")
    mail.make_mixed()
    for payload in [*payloads, "<p>The end of it</p>"]:
        part = EmailMessage()
        part.set_content(payload, subtype="html")
        mail.attach(part)
    hands_in(mail)
    ada = stage.agent("Ada", available=False)
    opens(ada, "Look at my pictures")
    message = ada.page.locator(".log .msg.in").last
    message.get_by_text("Original").click()
    iframe = message.locator("iframe")
    expect(message.frame_locator("iframe").get_by_text("The end of it")).to_be_visible()

    assert "allow-popups allow-popups-to-escape-sandbox" == iframe.get_attribute("sandbox")
    frame = _frame(ada)
    assert 0 == frame.locator(DANGEROUS).count()
    assert (
        0
        == frame.locator("[onerror], [onload], [onclick], [onmouseover], [style*=url], [srcset], [id], [name]").count()
    )
    assert [] == [a for a in frame.locator("a[href]").all() if not _is_fine(a.get_attribute("href") or "")]
    assert 0 == ada.page.locator(".log script, .log svg:not(.icon), .log [onerror]").count()
    assert [] == Axe().run(ada.page, context=".log").response["violations"]


def _frame(ada: AtConsole) -> Frame:
    return next(frame for frame in ada.page.frames if "/mailview/" in frame.url)


def _is_fine(address: str) -> bool:
    return address.lower().startswith(("http://", "https://", "mailto:", "tel:"))


def test_a_mail_from_nobody_is_answered_once_somebody_says_where(stage: Stage) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "sam@customer.example, bo@customer.example", "Two of us"
    mail.set_content("Guess who\n\nOn 16 Nov 2026 at 10:00, Bo <bo@lumen.example> wrote:\n> Who is there?")
    hands_in(mail)
    ada = stage.agent("Ada", available=False)
    opens(ada, "Guess who")
    page, message = ada.page, ada.page.locator(".log .msg.in").last
    expect(message).to_contain_text("Unknown sender")
    expect(message.get_by_text("Who is there?")).to_be_hidden()
    message.get_by_text("Show all").click()
    expect(message.get_by_text("Who is there?")).to_be_visible()

    ada.box.fill("Hello you two")
    expect(page.locator("[data-send]")).to_be_disabled()
    page.locator(".recipients").get_by_label("Email address").fill("sam@customer.example")
    page.locator(".recipients").get_by_role("button", name="Set").click()
    expect(page.locator(".recipients")).to_contain_text("To sam@customer.example")
    page.locator("[data-send]").click()
    expect(page.locator(".posted")).to_have_text("Sent by email")
