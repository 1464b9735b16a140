"""A report is one from its top on: who passes one on in a mail of their own is a person, whatever it is about."""

from __future__ import annotations

import pytest

from tests.tickets.email.test_servers_and_people import kind
from tickets.email.parse import Letter, parse

STATUS = """Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; sam@home.example
Action: failed
Status: 5.1.1
"""
FEEDBACK = "Feedback-Type: {type}\nUser-Agent: Provider/1.0\nVersion: 1\nOriginal-Rcpt-To: sam@home.example\n"
COPY = "Message-ID: <t.7.9.mark@shop.example>\nSubject: Your order\n"
SERVER = "This is the mail system at host mx.home.example.\n\n<sam@home.example>: 550 5.1.1 User unknown"


def multipart(kind: str, *parts: tuple[str, str], head: str = "", border: str = "x") -> str:
    inside = "".join(f"--{border}\nContent-Type: {type}\n\n{text}\n" for type, text in parts)
    return f"{head}Content-Type: multipart/{kind}; boundary={border}\n\n{inside}--{border}--\n"


def letter(text: str, *, sender: str = "Sam <sam@home.example>", subject: str = "Fwd: your mail") -> Letter:
    return parse(f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\nMIME-Version: 1.0\n{text}".encode())


def a_report(text: str = SERVER, status: str = STATUS, kind: str = "report; report-type=delivery-status") -> str:
    parts = (("text/plain", text), ("message/delivery-status", status), ("message/rfc822", COPY))
    return multipart(kind, *parts)


def nested(report: str, words: str) -> str:
    """A report inside of a mail, with words before it."""
    head, _, body = report.partition("\n\n")
    whole = f"--y\nContent-Type: text/plain\n\n{words}\n" if words else ""
    return f"Content-Type: multipart/mixed; boundary=y\n\n{whole}--y\n{head}\n\n{body}--y--\n"


@pytest.mark.parametrize("words", ["This came back, what is wrong?", "FYI", "Siehe unten. Gruß, Bo", "请看下面的退信"])
def test_who_passes_a_report_on_is_a_person(words: str) -> None:
    """Their mail program may keep it whole, take it apart, or attach it."""
    apart = (
        ("text/plain", words),
        ("text/plain", SERVER),
        ("message/delivery-status", STATUS),
        ("message/rfc822", COPY),
    )
    attached = (("text/plain", words), ("message/rfc822", "Subject: failure notice\n" + a_report()))
    for text in (nested(a_report(), words), multipart("mixed", *apart), multipart("mixed", *attached)):
        for subject in ("Fwd: Undelivered Mail Returned to Sender", "Undelivered Mail Returned to Sender"):
            found = letter(text, subject=subject)
            assert ("", None) == (kind(found), found.bounce)


@pytest.mark.parametrize(
    "text",
    [
        a_report(),
        a_report("Etwas ging schief."),
        nested(a_report(), ""),  # a gateway put it into a mail of its own
        a_report(kind="mixed"),  # a server that never heard of multipart/report
        "Return-Path: <>\n" + nested(a_report(), "[This mail comes from outside]"),
        f"Content-Type: message/delivery-status\n\n{STATUS}",
    ],
)
def test_a_servers_report_is_one_however_it_is_wrapped(text: str) -> None:
    found = letter(text, sender="Home Hosting <noreply@hosting.example>", subject="Your mail")
    assert found.bounce is not None
    assert ("bounce", ["sam@home.example"], True) == (kind(found), found.bounce.failed, found.bounce.hard)


def test_a_report_without_its_part_is_one_all_the_same() -> None:
    """Its own name tells so, and bars nobody; of another one nobody knows what it reports, but that a machine wrote."""
    words = ("text/plain", "Kaikki meni pieleen: bo@home.example")
    found = letter(multipart("report; report-type=delivery-status", words), subject="Viestisi")
    assert found.bounce is not None
    assert ("bounce", "", False) == (kind(found), found.bounce.status, found.bounce.hard)
    assert "auto" == kind(letter(multipart("report; report-type=something-new", words), subject="Viestisi"))


@pytest.mark.parametrize(
    "line", ["From MAILER-DAEMON Mon Nov 23 09:00:00 2026", "X-Envelope-From: <>", "Return-path: < >"]
)
def test_a_null_return_path_is_known_wherever_it_stands(line: str) -> None:
    """Above the headers in a mail folder (RFC 4155), or under another name."""
    head = "From: Sam <sam@home.example>\nSubject: Your order\n\n"
    assert "bounce" == kind(parse(f"{line}\n{head}550 5.1.1 <bo@home.example>: unknown".encode()))
    assert "auto" == kind(parse(f"{line}\n{head}Hello".encode()))


@pytest.mark.parametrize("subject", ["Spam complaint", "Abuse report", "Complaint about message from your shop"])
def test_who_complains_with_a_mail_attached_is_a_person(subject: str) -> None:
    parts = (("text/plain", "Your shop sends me this. Please stop."), ("message/rfc822", COPY))
    found = letter(multipart("mixed", *parts), subject=subject)
    assert ("", False) == (kind(found), found.complaint)


def test_who_passes_a_complaint_on_is_a_person() -> None:
    parts = (("text/plain", "Is that about us?"), ("message/feedback-report", FEEDBACK.format(type="abuse")))
    found = letter(multipart("mixed", *parts))
    assert ("", False) == (kind(found), found.complaint)


@pytest.mark.parametrize(
    ("type", "said"),
    [
        ("abuse", "complaint"),
        ("Fraud (phishing)", "complaint"),
        ("opt-out", "complaint"),
        ("virus", "complaint"),
        ("not-spam", "feedback"),
        ("auth-failure", "feedback"),
    ],
)
def test_not_every_report_of_a_provider_is_a_complaint(type: str, said: str) -> None:
    """RFC 6430: no spam after all. RFC 6591: whoever sent it could not be proved."""
    parts = (("text/plain", "A report."), ("message/feedback-report", FEEDBACK.format(type=type)))
    found = letter(multipart("report; report-type=feedback-report", *parts), sender="fbl@provider.example")
    assert (said, said == "complaint", None) == (kind(found), found.complaint, found.bounce)


@pytest.mark.parametrize(
    ("lines", "status", "hard"),
    [
        ("Action: failed (bad address)\nStatus: 5.1.1 (no such mailbox)", "5.1.1", True),
        ("Action: Failed (a (nested) word)\nStatus: 5.1.1", "5.1.1", True),
        ("Action: failure\nDiagnostic-Code: smtp; 550 5.1.1 unknown", "5.1.1", True),
        ("Action: delayed\nStatus: 4.4.7", "4.4.7", False),
        ("Action: delayed (will try on)\nStatus: 5.4.7", "5.4.7", False),
        ("Action: delivered\nStatus: 2.0.0", "2.0.0", False),
        ("Action: relayed (to one without DSN)\nStatus: 2.0.0", "2.0.0", False),
        ("Action: expanded\nStatus: 2.0.0", "2.0.0", False),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full", "4.2.2", False),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 mailbox full", "4.0.0", False),
        ("Action: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown", "5.1.1", True),
        ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 450 try later", "4.1.1", False),
        ("Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; 550 5.1.1 unknown", "4.4.7", False),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 unknown", "5.0.0", True),
        ("Action: failed\nDiagnostic-Code: x-unix; out of paper", "5.0.0", True),
        ("Status: 5.1.1", "5.1.1", True),
    ],
)
def test_a_failure_is_for_good_where_every_server_says_so(lines: str, status: str, hard: bool) -> None:
    """Comments may stand in any field (RFC 3464, 2.1.1); what was delayed, passed on or delivered is no failure."""
    block = f"Reporting-MTA: dns; mx (a comment)\n\nFinal-Recipient: rfc822; sam@home.example (Sam)\n{lines}\n"
    bounce = letter(a_report("A report.", block)).bounce
    assert bounce is not None
    assert (status, hard, ["sam@home.example"]) == (bounce.status, bounce.hard, bounce.about)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_did_not_fail_is_no_failure_where_nobody_is_named(action: str) -> None:
    bounce = letter(
        a_report("It is on its way.", f"Reporting-MTA: dns; mx\n\nAction: {action}\nStatus: 5.0.0\n")
    ).bounce
    assert bounce is not None
    assert (False, []) == (bounce.hard, bounce.failed)


def test_a_success_in_words_alone_is_no_failure() -> None:
    words = "Your message has been successfully relayed to the following recipients:\n\nsam@home.example\n"
    text = f"Content-Type: text/plain\n\n{words}"
    bounce = letter(text, sender="postmaster@home.example", subject="Delivery Status Notification (Relay)").bounce
    assert bounce is not None
    assert ("2.0.0", False, []) == (bounce.status, bounce.hard, bounce.failed)
