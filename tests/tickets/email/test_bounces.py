"""What mail servers say about mail that they could not deliver."""

from __future__ import annotations

import pytest

from tickets.email.bounces import bounce_of
from tickets.email.parse import parse

REPORT = b"""From: Mail Delivery <mailer-daemon@mx.customer.example>
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

It did not work.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; <Sam@Customer.example>
Action: %s
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--x
Content-Type: %s

Message-ID: <t.7.9.mark@shop.example>
Subject: Re: My parcel

--x--
""".replace(b"\n", b"\r\n")


@pytest.mark.parametrize("kind", [b"message/rfc822", b"text/rfc822-headers"])
def test_it_names_the_mail_the_person_and_the_reason(kind: bytes) -> None:
    found = parse(REPORT % (b"failed", kind)).bounce
    assert found is not None
    assert ("<t.7.9.mark@shop.example>", ["sam@customer.example"], "5.2.2", "552 5.2.2 Mailbox full") == (
        found.mail_id,
        found.failed,
        found.status,
        found.said,
    )


@pytest.mark.parametrize(
    ("lines", "failed"),
    [
        (b"Final-Recipient: sam@customer.example", ["sam@customer.example"]),
        (b"Final-Recipient: LOCAL;sam\r\nOriginal-Recipient: rfc822;sam@customer.example", ["sam@customer.example"]),
        (
            b"Final-Recipient: rfc822;sam@elsewhere.example\r\nOriginal-Recipient: rfc822;sam@customer.example",
            ["sam@customer.example", "sam@elsewhere.example"],
        ),
        (
            b"Final-Recipient: x-unix; |/bin/x\r\nX-Actual-Recipient: rfc822; sam@customer.example",
            ["sam@customer.example"],
        ),
    ],
)
def test_who_was_written_to_comes_before_to_whom_it_was_passed_on(lines: bytes, failed: list[str]) -> None:
    report = REPORT % (b"failed", b"message/rfc822")
    found = parse(report.replace(b"Final-Recipient: rfc822; <Sam@Customer.example>", lines)).bounce
    assert found is not None
    assert failed == found.failed


def test_failed_without_a_code_is_for_good() -> None:
    found = parse((REPORT % (b"failed", b"message/rfc822")).replace(b"Status: 5.2.2\r\n", b"")).bounce
    assert found is not None
    assert (True, "5.2.2") == (found.hard, found.status)  # the server's own words have it


def test_a_delay_is_no_failure() -> None:
    found = parse(REPORT % (b"delayed", b"message/rfc822")).bounce
    assert found is not None
    assert [] == found.failed


def test_other_mail_is_no_report() -> None:
    assert parse(b"Subject: hi\r\n\r\nhi").bounce is None
    assert parse(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x--\r\n").bounce is None
    assert callable(bounce_of)
