"""Each example of docs/routing.md stands here word by word, beside the test that lives through it.

Who writes another number on the page reads here which test has to tell it, too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "routing.md").read_text("utf-8")
EXAMPLES = [" ".join(told.split()) for told in re.findall(r"^\*Example\.\* (.*?)(?=\n\n|\Z)", PAGE, re.S | re.M)]
TOLD = {
    "test_page_examples.py::test_whose_turn_is_next": (
        "Sam wrote on Sunday at eight. On Monday at seven 李静 writes, urgently: she is next, since she stands at "
        "Sunday, seven. Had Sam written on Sunday at six, he would be next: no urgency passes him any more."
    ),
    "test_page_examples.py::test_members_who_come_later": (
        "Ada answers Support at once, Bo after 60 seconds. Ada is talking when Sam's chat comes at ten. At 10:01 "
        "it rings at Bo."
    ),
    "test_stays.py::test_the_example_of_the_page": (
        "Support asks for *Bicycles*, of which Ada, alone at her desk there, knows nothing. The first step, after "
        "60 seconds, lets Repairs help; the second, after 120, gives up *Bicycles*. At ten o'clock Sam's chat "
        "joins the line, and nobody is asked. At 10:01 it rings at Eve of Repairs, who knows bicycles; she "
        "declines. At 10:02 it rings at Ada."
    ),
    "test_page_examples.py::test_a_full_queue": (
        "Support is full at two. Ada talks, Sam and 李静 wait. Priya comes: she reads that we answer in writing, "
        "and her ticket waits to be answered by mail."
    ),
    "test_page_examples.py::test_offers_that_nobody_takes": (
        "Support lets Repairs help after an hour, or after two refused offers. Ada and Bo decline: it rings at "
        "Noor of Repairs."
    ),
    "test_explained.py::test_when_the_last_goes_to_lunch_everybody_in_line_is_told_so_at_once_and_when_she_is_back": (
        "Ada, alone in Support, talks, and forty wait: all of them read that everyone is busy. She goes to lunch: all "
        "of them read that nobody is there yet. The supervisor's list, and the ticket of each, say the same."
    ),
    "test_states.py::test_what_is_chosen_for_later_waits_until_the_talk_is_over": (
        "Ada talks with Sam and chooses Lunch for afterwards. A second chat goes to Bo. Sam leaves, and Ada is at "
        "lunch."
    ),
    "test_states.py::test_time_in_each_state_is_written_down_with_the_connection_apart": (
        "Ada is available from nine, at lunch from 9:30, and loses her connection at 9:36. At 9:40 she has been "
        "available for 30 minutes, at lunch for 6 with a connection and for 4 without."
    ),
    "test_loads.py::test_a_chat_comes_on_top_of_letters_and_another_talk_does_not": (
        "An agent of 30 units holds six tickets of 5. A chat rings all the same: 55 of 30, flagged. A second one waits."
    ),
    "test_loads.py::test_a_silent_chat_gives_its_room_to_the_next_and_takes_it_back": (
        "Ada answers Sam at 9:00 and hears nothing. At 9:10 her chat with him takes nothing, and four others "
        "come. Sam writes: she holds 125 of 100, flagged, and nothing new reaches her."
    ),
    "test_wrapping.py::test_after_a_talk_its_room_is_kept_until_the_time_is_over": (
        "With a minute for it, a chat that is resolved at 9:00:00 keeps its 25 units until 9:01:00, or until Ada "
        "is done."
    ),
    "test_wrapping.py::test_after_three_refusals_in_a_row_it_is_more_urgent": (
        "Sam's chat is declined by Ada, Bo and Grace. It is of high priority now, and as old as before."
    ),
    "test_examples_of_waiting.py::test_sam_is_told_one_to_eight_minutes": (
        "Talks take five minutes, and Ada has room for one more chat. Sam, who is next, is told 68 to 480 "
        "seconds: about 1 to 8 minutes. If he is answered after eight minutes, the promise was kept; a second "
        "later it was not."
    ),
    "test_merging.py::test_the_example_of_the_page": (
        "Sam writes a mail at nine and, impatient, another at half past nine. Ada merges the first into the "
        "second: that waits since nine, and stands in line since then. What answers the first mail comes to the "
        "second."
    ),
    "callbacks/test_turning.py::test_a_chat_becomes_a_call_at_its_place_and_rings": (
        "Sam waits in the chat since ten, 李静 since five past. Sam asks to be called: he is next all the same, and "
        "she is second. Priya, who filled in the form for calls, comes after both."
    ),
    "test_examples_of_waiting.py::test_sam_is_reached_at_the_second_try": (
        "At eleven Sam asks to be rung between one and three. At two Ada rings, and nobody answers; at a quarter "
        "past two the request is in line again, and five minutes later she reaches him. The promise is kept. He "
        "waited three hours and twenty minutes, one hour and five minutes of them in line."
    ),
}


def test_no_example_is_on_the_page_that_nobody_tells() -> None:
    assert EXAMPLES == [*TOLD.values()]


@pytest.mark.parametrize("test", TOLD)
def test_each_example_has_its_test(test: str) -> None:
    module, _, name = test.partition("::")
    assert f"def {name}" in (HERE / module).read_text("utf-8")
