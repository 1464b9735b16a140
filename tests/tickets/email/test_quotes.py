"""What somebody newly wrote is told from what their mail program put under it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.elsewhere import elsewhere
from tickets.email.quotes import newly_written

REPLIES, EXPECTED = 90, 43


def test_other_peoples_replies_in_twelve_languages() -> None:
    folder = elsewhere("replies/crisp", cases=REPLIES)
    expected = json.loads(folder.with_name("expected.json").read_text("utf-8"))
    assert (REPLIES, EXPECTED) == (len(list(folder.glob("*.txt"))), len(expected))
    for path in folder.glob("*.txt"):
        text = path.read_text("utf-8")
        found = newly_written(text)
        assert 0 < len(found.strip()) <= len(text), path.name
        if path.name in expected:
            assert expected[path.name].strip() == found.strip(), path.name


@pytest.mark.parametrize(
    "quoted",
    [
        "在 2026年11月16日，10:02，张三 <zs@mail.example> 写道：\n\n> 您好\n> 请看",
        "------------------ 原始邮件 ------------------\n发件人: 客服\n发送时间: x\n收件人: y\n\n您好",
        'At 2026-11-16 10:02:00, "客服" <a@b.cn> wrote:\n>您好\n>再见',
        "发件人: 客服 <a@b.cn>\n发送时间: 2026年11月16日 10:02\n收件人: c\n主题: x\n\n您好",
        "-----原始邮件-----\n发件人: x\n发送时间: y\n\n您好",
        "发自我的iPhone\n\n在 2026年11月16日，10:02，张三 写道：\n您好",
        "于2026年11月16日周一 10:02写道：\n> 您好",
        "2024年1月5日(金) 10:00 山田 <x@y.jp>:\n> こんにちは",
        "-- \n李静\n上海",
    ],
)
def test_chinese_mail_programs_are_known_too(quoted: str) -> None:
    """Their marks are in no library (stack.md, E-mail)."""
    assert "收到，谢谢！" == newly_written(f"收到，谢谢！\n\n{quoted}")


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 my sister wrote:\nDear all,\nit is broken.",
        "Please call bob@customer.example on 12.05.2026 at 10:00, here is the list:\n- one\n- two",
        "From: our flat\nto yours",
        "The price:\n-----\n10 €",
        "Sent from the warehouse, it never came.",
        "On 3 May I wrote:\nnothing of the kind.",
    ],
)
def test_when_in_doubt_a_line_stays(text: str) -> None:
    assert text == newly_written(text)


def test_answers_between_the_quoted_lines_keep_what_they_answer() -> None:
    text = "On 23 Nov 2026, at 09:00, Bo <bo@shop.example> wrote:\n> When?\nToday.\n> Where?\nHere."
    assert text == newly_written(text)


def test_an_answer_below_the_quotation_is_found() -> None:
    text = "On 23 Nov 2026, at 09:00, Bo <bo@shop.example> wrote:\n> When?\n> Where?\n\nToday, here."
    assert "Today, here." == newly_written(text)


def test_what_somebody_forwards_is_to_be_read() -> None:
    forwarded = "---------- Forwarded message ---------\nFrom: Bo <bo@x.example>\nDate: today\nSubject: y\nTo: z\n\nHi"
    text = f"Please see below.\n\n{forwarded}"
    assert text == newly_written(text)


LINES = st.sampled_from(
    [
        *(
            "",
            "Hello",
            "> quoted",
            ">> deeper",
            "-- ",
            "--",
            "____________",
            "From: a@b.example",
            "Sent: today",
            "To: c",
        ),
        *(
            "Subject: d",
            "On 23 Nov 2026, at 09:00, Bo <bo@shop.example> wrote:",
            "在 2026年11月16日 张三 写道：",
            "发自我的iPhone",
        ),
        *("-----Original Message-----", "Sent from my iPhone", "Best regards,", "   ", "\t", "\u200b"),
    ]
)


@given(st.lists(LINES | st.text(max_size=60), max_size=40))
def test_what_is_left_are_lines_of_the_text_in_their_order_and_never_none(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = newly_written(text)
    left = iter(text.split("\n"))
    assert all(any(line == other for other in left) for line in found.split("\n"))
    assert bool(found.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    "piece",
    [
        "On ",
        "> ",
        "a@",
        "-",
        "From:",
        "On 2024\n",
        "1 <a@b.c\n",
        "在 2024:\n",
        "_",
        " ",
        "--\n",
        "发自我的",
        "On 1:\n",
        "From: a\nTo: b\n",
    ],
)
def test_64_kilobytes_of_anything_take_a_moment(piece: str) -> None:
    began = time.process_time()
    newly_written(piece * (65_536 // len(piece)))
    assert time.process_time() - began < 0.5
