"""What somebody newly wrote is told from what their mail program put under it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import within
from tests.elsewhere import elsewhere
from tickets.email.quotes import MOST_LINES, newly_written

REPLIES, EXPECTED = 90, 43
HERE = Path(__file__).parent
ABOVE_OLD_MAILS = (HERE / "above_old_mails.txt").read_text("utf-8").strip("\n").split("\n%\n")
OWN_WORDS = (HERE / "own_words.txt").read_text("utf-8").splitlines()
DEVICE_LINES = (HERE / "device_lines.txt").read_text("utf-8").splitlines()


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


@pytest.mark.parametrize("mark", ABOVE_OLD_MAILS)
def test_what_mail_programs_put_above_an_older_mail_is_known_in_any_language(mark: str) -> None:
    new = "Thank you.\n\nThe invoice is missing."
    assert new == newly_written(f"{new}\n\n{mark}\n\nHello,\nplease try again.\n\nAda\n")


@pytest.mark.parametrize("mark", DEVICE_LINES)
def test_what_a_phone_says_of_itself_is_known_in_any_language(mark: str) -> None:
    new = "Thank you.\n\nThe invoice is missing."
    wrote = "On 5 Mar 2024, at 10:12, Ada <a@example.com> wrote:"
    assert new == newly_written(f"{new}\n\n{mark}\n") == newly_written(f"{new}\n\n{mark}\n\n{wrote}\n\nHello")


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes please do that.\nSent from my iPhone", "Yes please do that."),
        ("Sent from my iPhone\n\nBut this is my answer.", "Sent from my iPhone\n\nBut this is my answer."),
        ("Hello\nOn Tue, Mar 5, 2024 at 10:12 AM Ada <a@b.example> wrote:\n> Hi", "Hello"),
        (
            "We wait for it, thanks,\nOn Mar 5, 2024, at 3:00 PM, Ada <a@b.example> wrote:\n> Hi",
            "We wait for it, thanks,",
        ),
        ("Yes.\n\n##- Please type your reply above this line -##\n\nYour request was updated.", "Yes."),
        ('Yes.\n\n"Ada" <a@b.example> \n03/05/2024 10:12 AM\n\nTo\n"Sam" <s@b.example>\n\nHello', "Yes."),
        ("Yes.\n\n> -----原始邮件-----\n> 发件人: Ada <a@b.example>\n> 主题: x\n>\n\nHello", "Yes."),
        ("好的。\n\n\nli@b.example\n \n发件人： Ada\n发送时间： 2024-03-05 10:12\n主题： 求助\n你好", "好的。"),
    ],
)
def test_where_a_mark_stands_counts_too(text: str, new: str) -> None:
    assert new == newly_written(text)


def test_of_a_very_long_mail_the_top_is_read() -> None:
    wrote = "On 5 Mar 2024, at 10:12, Ada <a@b.example> wrote:"
    assert "Yes." == newly_written(f"Yes.\n\n{wrote}\n" + "> line\n" * (MOST_LINES + 10))


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 my sister wrote:\nDear all,\nit is broken.",
        "Please call bob@customer.example on 12.05.2026 at 10:00, here is the list:\n- one\n- two",
        "From: our flat\nto yours",
        "The price:\n-----\n10 €",
        "Sent from the warehouse, it never came.",
        "On 3 May I wrote:\nnothing of the kind.",
        "He said on 3 March 2024: no.\nOn 3 March 2024 my boss wrote:\nplease refund this.\n\nThat is all.",
        "Der Termin am 05.03.2024 um 10:12 passt:\n\nbitte bestätigen.",
        "On 5 March 2024 I wrote to support@b.example:\n\nnobody answered.",
        "It was not delivered.\n\nSent from my warehouse to yours\n\nPlease check.",
        "I have sent it from my iPhone.",
        "The details:\n\nFrom: Berlin\nTo: Paris\nDate: 5 May\n\nCan you book it?",
        "信息如下：\n\n发件人：李静\n收件人：王明\n日期：5月5日\n\n请帮我查一下快递。",
        "Things:\n--\nfirst thing\nsecond thing\n\nWhich is better?",
        "Name: Sam\nEmail: sam@b.example\nBought on: 05.03.2024 10:12\nOrder: 1234",
    ],
)
def test_when_in_doubt_a_line_stays(text: str) -> None:
    assert text == newly_written(text)


@pytest.mark.parametrize("line", OWN_WORDS)
def test_a_line_of_ones_own_that_is_nearly_a_programs_stays_wherever_it_stands(line: str) -> None:
    within = f"Hello,\n\nit did not come.\n\n{line}\n\nIt comes tomorrow.\n\nIt did not.\n\nSam"
    assert within == newly_written(within)
    assert line == newly_written(f"{line}\n\nPlease help.").split("\n")[0]


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


@pytest.mark.parametrize("by", ["Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:"])
def test_so_is_what_is_forwarded_with_a_word_instead_of_a_rule(by: str) -> None:
    text = f"See.\n\n{by}\n\nFrom: Bo <bo@x.example>\nSubject: Broken\nDate: 5 March 2024 at 10:12\n\nIt is broken."
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
    within(0.5, lambda: newly_written(piece * (65_536 // len(piece))))
