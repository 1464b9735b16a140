"""Machines are told from people, so that they are never answered by machines (RFC 3834)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.tickets.email.mailroom import written
from tickets.email.parse import parse
from tickets.email.robots import is_ping_pong, robot

SAM = "sam@customer.example"


@pytest.mark.parametrize(
    ("headers", "sender", "found"),
    [
        ({}, SAM, ""),
        ({"auto_submitted": "no"}, SAM, ""),
        ({"auto_submitted": "auto-replied (vacation)"}, SAM, "away"),
        ({"auto_submitted": "auto-generated"}, SAM, "auto"),
        ({"auto_submitted": "Auto-Notified; owner-email=x"}, SAM, "auto"),
        ({"precedence": "bulk"}, SAM, "auto"),
        ({"precedence": "Auto_Reply"}, SAM, "reply"),
        ({"auto_submitted": "auto-replied"}, SAM, "reply"),
        ({"precedence": "first-class"}, SAM, ""),
        ({"x_auto_response_suppress": "All"}, SAM, "auto"),
        ({"x_autoreply": "yes"}, SAM, "reply"),
        ({"x_loop": "support@other.example"}, SAM, "auto"),
        ({"list_id": "<news.shop.example>"}, SAM, "list"),
        ({"list_unsubscribe": "<mailto:out@news.example>"}, SAM, "list"),
        ({"return_path": "<>"}, SAM, "auto"),
        ({"x_failed_recipients": "sam@customer.example"}, SAM, "bounce"),
        ({}, "", "auto"),
        ({"sender": "Mail Delivery <MAILER-DAEMON@customer.example>"}, "", "bounce"),
        ({"subject": "Automatic reply: My parcel"}, SAM, "away"),
        ({"subject": "自动回复：包裹"}, SAM, "away"),
        ({"subject": "Abwesenheitsnotiz: Paket"}, SAM, "away"),
        ({"subject": "Re: Help - out of office"}, SAM, "away"),
        ({"subject": "Out of Office AutoReply: Help"}, SAM, "away"),
        ({"subject": "Automatiskt svar: Hjälp"}, SAM, "away"),
        ({"subject": "Odpowiedź automatyczna: Pomoc"}, SAM, "away"),
        ({"subject": "Автоматический ответ: Помощь"}, SAM, "away"),
        ({"subject": "【自動返信】お問い合わせありがとうございます"}, SAM, "away"),
        ({"subject": "[자동응답] 부재중입니다"}, SAM, "away"),
        ({"subject": "Răspuns automat: Ajutor"}, SAM, "away"),
        ({"subject": "Frånvaro: Re: Hjälp", "in_reply_to": "<a@b.example>"}, SAM, "away"),
        ({"subject": "On vacation", "in_reply_to": "<a@b.example>"}, SAM, "away"),
        ({"subject": "On vacation"}, SAM, ""),
        ({"subject": "Urlaub im August, geht das?", "in_reply_to": "<a@b.example>"}, SAM, ""),
        ({"subject": "My automatic reply does not work"}, SAM, ""),
        ({"subject": "Thank you", "text": "This is an automated response. Your number is 123."}, SAM, "reply"),
        ({"subject": "Re: x", "text": "To complete this verification, reply to this message."}, SAM, "reply"),
        ({"subject": "Re: x", "text": "I am out of the office until Monday, please call me then."}, SAM, ""),
        ({"subject": "Hi", "x_boxtrapper": "abc"}, SAM, "reply"),
        ({"subject": "Delivery problem", "text": "I get this:\n\n550 5.1.1 user unknown\n\nWhy?"}, SAM, ""),
        ({"subject": "Fwd: Undelivered Mail", "text": "See.\n\n<x@y.example>: 550 5.1.1 User unknown"}, SAM, ""),
        ({"subject": "About delivery", "sender": "Pat Postmaster <pat@customer.example>"}, SAM, ""),
        ({"subject": "Out of office supplies, where are they?"}, SAM, ""),
        ({"subject": "Automatic reply machines: do you sell them?"}, SAM, ""),
    ],
)
def test_who_wrote_it(headers: dict[str, str], sender: str, found: str) -> None:
    told = {"sender": "Sam <sam@customer.example>", **headers}
    letter = parse(written(**told))
    assert found == robot(letter.head, letter, sender=sender, own=False)


def test_our_own_mail_is_a_machines() -> None:
    letter = parse(written())
    assert "own" == robot(letter.head, letter, sender=SAM, own=True)


@pytest.mark.parametrize(
    ("turns", "each", "loops"),
    [
        ([False, True] * 5, 5, True),
        ([False, True] * 5, 60, False),  # people who are quick
        ([False] * 40, 1, False),  # somebody who cannot stop
        ([False, True] * 4, 5, False),
    ],
)
def test_two_machines_are_quicker_than_people(turns: list[bool], each: int, loops: bool) -> None:
    at = [MONDAY + timedelta(seconds=each * n) for n in range(len(turns))]
    assert loops == is_ping_pong(list(zip(at, turns, strict=True)), at[-1])
