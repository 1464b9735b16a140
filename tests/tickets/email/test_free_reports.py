"""Servers say in a hundred ways that a mail did not arrive; people who complain of deliveries are none of them."""

from __future__ import annotations

import pytest

from tickets.email.parse import parse

DAEMON = "MAILER-DAEMON@mx.example"


def a_mail(subject: str, text: str, *, sender: str = DAEMON, more: str = "") -> bytes:
    head = f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n{more}"
    return f"{head}\n{text}\n".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("subject", "text", "status"),
    [
        (
            "failure notice",
            "This is qmail-send at mx.example.\n\n<sam@home.example>:\nno mailbox here (#5.1.1)",
            "5.1.1",
        ),
        ("Mail delivery failed", "These addresses failed:\n\n  sam@home.example\n    550 unknown user", "5.0.0"),
        ("Returned mail: see inside", "RCPT To:<sam@home.example>\n<<< 550 5.7.1 no", "5.7.1"),
        ("Undeliverable: Your order", "sam@home.example\nThe mailbox is full. 552-5.2.2", "5.2.2"),
        ("Warning: still in the queue", "<sam@home.example>: delayed; we will keep trying for 4 days", "4.0.0"),
        ("Unzustellbar: Ihre Bestellung", "Empfänger: <sam@home.example>", "5.0.0"),
        ("系统退信", "无法投递到 <sam@home.example>", "5.0.0"),
        ("配信不能", "宛先不明: sam@home.example", "5.0.0"),
        ("Delivery failure", "The mail for support@shop.example went to\n<sam@home.example>", "5.0.0"),
    ],
)
def test_a_servers_words_are_understood(subject: str, text: str, status: str) -> None:
    bounce = parse(a_mail(subject, text)).bounce
    assert bounce is not None
    assert (["sam@home.example"], status) == (bounce.about, bounce.status)
    assert status.startswith("5") == bounce.hard == bool(bounce.failed)


def test_the_mail_that_it_is_about_is_found_in_the_copy_below() -> None:
    text = (
        "I could not deliver this to <sam@home.example>: user unknown. The whole of what you sent stands below, as it\n"
        "was when it came here, with all of its headers, so that you can see which one it was and send it anew.\n\n"
        "--- Below this line is a copy of the message.\n\nTo: bo@other.example\nMessage-ID: <t.7.9.mark@shop.example>\n"
    )
    bounce = parse(a_mail("failure notice", text)).bounce
    assert bounce is not None
    assert ("<t.7.9.mark@shop.example>", ["sam@home.example"]) == (bounce.mail_id, bounce.failed)


def test_who_failed_may_stand_in_a_header() -> None:
    mail = a_mail(
        "Mail delivery failed", "Sorry.", sender="x@mx.example", more="X-Failed-Recipients: sam@home.example\n"
    )
    bounce = parse(mail).bounce
    assert bounce is not None
    assert ["sam@home.example"] == bounce.failed


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery failed", "My parcel could not be delivered to the following address: 1 Main Street."),
        ("Returned to sender", "The courier says that it was returned. Mail me at sam@home.example."),
        ("Mail problem", "I did not receive your message with the invoice."),
        ("Re: Mail delivery failed", "What is this?\n> 550 5.1.1 user unknown"),
        ("Warning: wrong colour", "The shoes are not red."),
    ],
)
def test_a_customer_who_complains_is_no_server(subject: str, text: str) -> None:
    letter = parse(a_mail(subject, text, sender="Sam <sam@home.example>", more="In-Reply-To: <one@shop.example>\n"))
    assert letter.bounce is None
    assert not letter.complaint


def test_a_postmaster_may_write_a_letter() -> None:
    assert parse(a_mail("Our new address", "We have moved.", sender="postmaster@mx.example")).bounce is None


COMPLAINT = """From: feedback@provider.example
Subject: {subject}
Content-Type: multipart/{kind}; boundary=x

--x
Content-Type: text/plain

Somebody does not want this.
--x
Content-Type: {part}

Feedback-Type: abuse
Original-Rcpt-To: sam@home.example

--x--
"""


@pytest.mark.parametrize(
    ("subject", "kind", "part"),
    [
        ("FW: Your order", "report; report-type=feedback-report", "message/feedback-report"),
        ("complaint about message from 192.0.2.1", "mixed", "message/rfc822"),
    ],
)
def test_a_mail_of_ours_was_marked_as_spam(subject: str, kind: str, part: str) -> None:
    letter = parse(COMPLAINT.format(subject=subject, kind=kind, part=part).encode())
    assert letter.complaint
    assert letter.bounce is None


def test_a_receipt_is_a_machines() -> None:
    mail = COMPLAINT.format(subject="Read", kind="report", part="message/disposition-notification")
    assert parse(mail.encode()).receipt
