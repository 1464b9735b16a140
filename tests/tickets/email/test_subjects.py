"""An answer has the subject that it answers, whatever the programs on the way wrote before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.subjects import same_subject, without_answers

ANSWERS = (
    *(
        "Re:",
        "RE :",
        "re:",
        "Re[2]:",
        "Re (3):",
        "Re^2:",
        "Re-2:",
        "RE2:",
        "Ｒｅ：",
        "Re：",
        "AW:",
        "Antwort:",
        "Antw:",
    ),
    *(
        "SV:",
        "VS:",
        "Odp.:",
        "Odp:",
        "YNT:",
        "RES:",
        "R:",
        "RIF:",
        "Rép :",
        "ΑΠ:",
        "Vá:",
        "Bls:",
        "Ответ:",
        "На:",
        "Отг:",
    ),
    *(
        "回复:",
        "回复：",
        "回覆:",
        "答复：",
        "答覆:",
        "返信:",
        "답장:",
        "회신:",
        "השב:",
        "رد:",
        "پاسخ:",
        "Trả lời:",
        "Ats:",
    ),
)
PASSED = (
    *("Fwd:", "FW:", "Fw：", "WG:", "TR:", "RV:", "ENC:", "I:", "VL:", "PD:", "İLT:", "ΠΡΘ:", "Továbbítás:", "Пересл:"),
    *("转发:", "转发：", "轉寄:", "轉發：", "転送:", "전달:", "הועבר:", "إعادة توجيه:", "Chuyển tiếp:", "Prosl:"),
)
GATES = (
    "[EXT]",
    "[EXTERNAL]",
    "[External Sender]",
    "***SPAM***",
    "*****SPAM*****",
    "{Spam?}",
    "[SPAM 7.3]",
    "【外部邮件】",
)
SUBJECTS = st.sampled_from(["My parcel", "包裹在哪里？", "R&D: 3 questions", "Order 12: Re-sent?", "Приветствие"])


@pytest.mark.parametrize("before", [*ANSWERS, *PASSED, *GATES])
def test_what_was_put_before_it_is_no_part_of_it(before: str) -> None:
    before = before.replace("Odp.:", "Odp:")
    assert same_subject(f"{before} My parcel", ["My parcel"])
    assert not same_subject(f"{before} My lamp", ["My parcel"])


@given(SUBJECTS, st.lists(st.sampled_from([*ANSWERS, *PASSED, *GATES]), max_size=6))
def test_however_often_and_whoever_puts_it_there(subject: str, before: list[str]) -> None:
    """Programs that do not know the other's word write theirs before it, and gates write theirs again."""
    long = " ".join([*before, subject])
    assert same_subject(long, [subject])
    assert same_subject(subject, ["Something else", long])


@pytest.mark.parametrize("before", ANSWERS)
def test_our_own_answer_says_it_once(before: str) -> None:
    before = before.replace("Odp.:", "Odp:")
    assert "My parcel" == without_answers(f"[EXT] {before} {before} My parcel")
    assert "Fwd: My parcel" == without_answers(f"{before} Fwd: My parcel")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "R&D: 3 questions",
            "Reply: what to do",
            "Refund:",
            "Research: a lamp",
            "Resend: my order",
            "I:1 scale model",
        ),
        *("SV:12 is broken", "VS-500: no light", "Are: the units", "TR:90 lamp", "Irenes: Re", "Return: order 12"),
        *(
            "[Extension cord] is broken",
            "[External drive] is dead",
            "External: a drive",
            "[SPAM]",
            "[EXT]",
            "spam: why?",
        ),
    ],
)
def test_words_of_the_senders_stay(words: str) -> None:
    assert words == without_answers(words)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Re: [shop-users] My parcel", "My parcel", True),
        ("[shop-users] Re: My parcel", "[shop-users] My parcel", True),
        ("[Order 1] Where is it?", "[Order 2] Where is it?", False),
        ("Re: [#1042] My parcel", "My parcel", True),
        ("My parcel (fwd)", "My parcel", True),
        ("[urgent]", "[parcel]", False),
        ("Re:", "My parcel", True),
    ],
)
def test_names_in_brackets_are_put_there_by_lists(one: str, other: str, same: bool) -> None:
    assert same is same_subject(one, [other])
