"""A mail that was passed on inside of another one is shown as what it is: somebody's message."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.tickets.email.mailroom import a_mailroom, written
from tickets.email.forwarded import Forwarded, forwarded
from tickets.email.parse import parse
from widgets.received import Received

PRIYA = "Priya Nair <priya@mail.example>"


def passing_on(*mails: bytes, text: str = "Please see to this.") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "sam@customer.example", "Fwd: a bill"
    mail.set_content(text)
    for one in mails:
        mail.add_attachment(message_from_bytes(one, policy=default))
    return mail.as_bytes()


def test_its_sender_date_subject_and_words_are_told() -> None:
    inner = written("Twice?\n\n> quoted", sender=PRIYA, subject="账单")
    (found,) = forwarded(parse(passing_on(inner)))
    assert Forwarded(PRIYA, "2026-11-23T09:00:00+00:00", "账单", "Twice?\n\n> quoted") == found


def test_one_inside_of_another_is_told_too_down_to_the_third() -> None:
    mail = written("0")
    for at in range(1, 6):
        mail = passing_on(mail, text=str(at))
    assert ["4", "3", "2"] == [one.text for one in forwarded(parse(mail))]


def test_a_mail_of_ours_that_comes_back_was_not_passed_on() -> None:
    report = (
        b"From: MAILER-DAEMON@x.example\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        b"Final-Recipient: rfc822; sam@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + written() + b"\r\n--b--\r\n"
    )
    assert [] == forwarded(parse(report))


def test_staff_unfold_it(tmp_path: Path) -> None:
    """Whatever it says is text."""
    room = a_mailroom(tmp_path)
    inner = written("<b>Twice</b>", sender=PRIYA, subject="<i>Bill</i>")
    shown = Received(room.mail(room.arrives(passing_on(inner)))).below("en")
    for words in ("&lt;i&gt;Bill&lt;/i&gt;", "Priya Nair &lt;priya@mail.example&gt;", "&lt;b&gt;Twice&lt;/b&gt;"):
        assert words in shown
